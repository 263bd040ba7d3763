-- What is the last state of each processor run? The row with the end replaces the running row of the same run.
SELECT
  r.run_id AS run_id,
  r.processor_name AS processor_name,
  r.phase AS phase,
  r.data_date AS data_date,
  r.status AS status,
  COALESCE(r.started_at, MIN(r.started_at) OVER (PARTITION BY r.run_id)) AS started_at,
  IF(r.status = 'running', NULL, r.processed_at) AS ended_at,
  IF(r.status = 'running', NULL, r.duration_seconds) AS duration_seconds,
  r.records_processed AS records_processed,
  r.retry_attempt AS retry_attempt,
  r.skip_reason AS skip_reason,
  r.failure_category AS failure_category
FROM nba_reference.processor_run_history AS r
WHERE r.data_date BETWEEN @first AND @last
  AND COALESCE(r.processed_at, r.started_at) <= @as_of
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY r.run_id
  ORDER BY IF(r.status = 'running', 1, 0), COALESCE(r.processed_at, r.started_at) DESC, r.status
) = 1
ORDER BY started_at, processor_name, run_id
