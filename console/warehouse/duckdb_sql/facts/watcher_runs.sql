-- Generated from checks/facts/watcher_runs.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  EPOCH_US(r.created_at) AS ran_at,
  COALESCE(r.host, '') AS host,
  r.every_seconds AS every_seconds,
  COALESCE(r.verdict, '') AS verdict,
  COALESCE(JSON_VALUE(r.report, '$.chosen') ->> '$', '') AS checks
FROM nba_orchestration.console_check_runs AS r
WHERE
  r.as_of >= CAST($first AS TIMESTAMPTZ)
  AND r.as_of < CAST($last AS TIMESTAMPTZ) + INTERVAL '1' DAY
  AND NOT r.every_seconds IS NULL
  AND EPOCH_US(r.created_at) < EPOCH_US($as_of) + 60000000
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY COALESCE(JSON_VALUE(r.report, '$.chosen') ->> '$', '')
    ORDER BY r.created_at DESC, r.run_id DESC
  ) = 1
ORDER BY
  ran_at NULLS FIRST,
  checks NULLS FIRST
