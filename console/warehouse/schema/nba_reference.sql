-- The processors' own log. Append-only: a running row, and later one row with the end, under the same run_id.

CREATE TABLE IF NOT EXISTS nba_reference.processor_run_history (
  processor_name STRING NOT NULL,
  run_id STRING NOT NULL,
  status STRING, -- running, success, failed, partial, skipped
  started_at TIMESTAMP,
  processed_at TIMESTAMP,
  duration_seconds FLOAT64,
  records_processed INT64,
  data_date DATE,
  phase STRING,
  output_table STRING,
  trigger_source STRING,
  errors JSON,
  warnings JSON,
  retry_attempt INT64,
  skipped BOOL,
  skip_reason STRING,
  failure_category STRING,
  cloud_run_service STRING
)
PARTITION BY data_date;
