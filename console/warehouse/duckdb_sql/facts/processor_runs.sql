-- Generated from checks/facts/processor_runs.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  r.run_id AS run_id,
  r.processor_name AS processor_name,
  r.phase AS phase,
  r.data_date AS data_date,
  r.status AS status,
  EPOCH_US(COALESCE(r.started_at, MIN(r.started_at) OVER (PARTITION BY r.run_id))) AS started_at,
  EPOCH_US(CASE WHEN r.status = 'running' THEN NULL ELSE r.processed_at END) AS ended_at,
  CASE WHEN r.status = 'running' THEN NULL ELSE r.duration_seconds END AS duration_seconds,
  r.records_processed AS records_processed,
  r.retry_attempt AS retry_attempt,
  r.skip_reason AS skip_reason,
  r.failure_category AS failure_category
FROM nba_reference.processor_run_history AS r
WHERE
  r.data_date BETWEEN $first AND $last
  AND COALESCE(r.processed_at, r.started_at) <= $as_of
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY r.run_id
    ORDER BY CASE WHEN r.status = 'running' THEN 1 ELSE 0 END NULLS FIRST, COALESCE(r.processed_at, r.started_at) DESC, r.status NULLS FIRST
  ) = 1
ORDER BY
  started_at NULLS FIRST,
  processor_name NULLS FIRST,
  run_id NULLS FIRST
