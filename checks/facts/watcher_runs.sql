-- When did watchers last run the checks, each choice of them, up to the end of the minute of as-of?
SELECT
  r.created_at AS ran_at,
  COALESCE(r.host, '') AS host,
  r.every_seconds AS every_seconds,
  COALESCE(r.verdict, '') AS verdict,
  COALESCE(JSON_VALUE(r.report, '$.chosen'), '') AS checks
FROM nba_orchestration.console_check_runs AS r
WHERE DATE(r.as_of) BETWEEN @first AND @last
  AND r.every_seconds IS NOT NULL
  AND UNIX_MICROS(r.created_at) < UNIX_MICROS(@as_of) + 60000000
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY COALESCE(JSON_VALUE(r.report, '$.chosen'), '')
  ORDER BY r.created_at DESC, r.run_id DESC
) = 1
ORDER BY ran_at, checks
