-- Generated from console/warehouse/schema/nba_reference.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_reference.processor_run_history (
  processor_name TEXT NOT NULL,
  run_id TEXT NOT NULL,
  status TEXT,
  started_at TIMESTAMPTZ,
  processed_at TIMESTAMPTZ,
  duration_seconds DOUBLE,
  records_processed BIGINT,
  data_date DATE,
  phase TEXT,
  output_table TEXT,
  trigger_source TEXT,
  errors JSON,
  warnings JSON,
  retry_attempt BIGINT,
  skipped BOOLEAN,
  skip_reason TEXT,
  failure_category TEXT,
  cloud_run_service TEXT
);
