-- The run logs of the controller, the workflows, the scrapers and the retry worker.

CREATE TABLE IF NOT EXISTS nba_orchestration.workflow_decisions (
  decision_id STRING NOT NULL,
  decision_time TIMESTAMP NOT NULL,
  workflow_name STRING NOT NULL,
  action STRING, -- RUN, SKIP, ABORT
  reason STRING,
  context JSON,
  scrapers_triggered ARRAY<STRING>,
  target_games ARRAY<STRING>,
  next_check_time TIMESTAMP,
  priority STRING,
  alert_level STRING,
  environment STRING,
  triggered_by STRING,
  created_at TIMESTAMP
)
PARTITION BY DATE(decision_time);

CREATE TABLE IF NOT EXISTS nba_orchestration.workflow_executions (
  execution_id STRING NOT NULL,
  execution_time TIMESTAMP NOT NULL,
  workflow_name STRING,
  decision_id STRING,
  scrapers_triggered INT64,
  scrapers_succeeded INT64,
  scrapers_failed INT64,
  status STRING,
  duration_seconds FLOAT64,
  error_message STRING
)
PARTITION BY DATE(execution_time);

CREATE TABLE IF NOT EXISTS nba_orchestration.daily_expected_schedule (
  date DATE NOT NULL,
  locked_at TIMESTAMP,
  workflow_name STRING NOT NULL,
  expected_run_time TIMESTAMP,
  reason STRING,
  scrapers ARRAY<STRING>,
  games_today INT64,
  priority STRING
)
PARTITION BY date;

CREATE TABLE IF NOT EXISTS nba_orchestration.phase_execution_log (
  execution_timestamp TIMESTAMP,
  phase_name STRING, -- phase2_to_phase3 … phase5_to_phase6
  game_date DATE,
  correlation_id STRING,
  start_time TIMESTAMP,
  duration_seconds FLOAT64,
  games_processed INT64,
  status STRING, -- started, complete, partial, deadline_exceeded, blocked
  metadata JSON,
  created_at TIMESTAMP
)
PARTITION BY game_date;

CREATE TABLE IF NOT EXISTS nba_orchestration.pipeline_event_log (
  event_id STRING NOT NULL,
  timestamp TIMESTAMP NOT NULL,
  event_type STRING, -- phase_start, phase_complete, processor_start, processor_complete, error, retry
  phase STRING, -- phase_2 … phase_6
  processor_name STRING,
  game_date DATE,
  correlation_id STRING,
  trigger_source STRING,
  duration_seconds FLOAT64,
  records_processed INT64,
  error_type STRING,
  error_message STRING,
  stack_trace STRING,
  metadata JSON
)
PARTITION BY DATE(timestamp);

CREATE TABLE IF NOT EXISTS nba_orchestration.scraper_execution_log (
  execution_id STRING NOT NULL,
  scraper_name STRING,
  workflow STRING,
  game_date DATE,
  status STRING, -- success, no_data, failed
  triggered_at TIMESTAMP,
  completed_at TIMESTAMP,
  duration_seconds FLOAT64,
  source STRING,
  error_type STRING,
  error_message STRING,
  retry_count INT64
)
PARTITION BY DATE(triggered_at);

CREATE TABLE IF NOT EXISTS nba_orchestration.bdl_game_scrape_attempts (
  scrape_timestamp TIMESTAMP NOT NULL,
  execution_id STRING,
  workflow STRING,
  game_date DATE,
  home_team STRING,
  away_team STRING,
  was_available BOOL,
  player_count INT64,
  game_status STRING,
  bdl_game_id INT64, -- the source's own number, not YYYYMMDD_AWAY_HOME
  was_expected BOOL,
  expected_start_time TIMESTAMP,
  estimated_end_time TIMESTAMP, -- start + 2 h 30 min
  is_west_coast BOOL
)
PARTITION BY DATE(scrape_timestamp);

CREATE TABLE IF NOT EXISTS nba_orchestration.circuit_breaker_state (
  processor_name STRING NOT NULL,
  state STRING, -- CLOSED, OPEN, HALF_OPEN
  failure_count INT64,
  success_count INT64,
  last_failure TIMESTAMP,
  last_success TIMESTAMP,
  opened_at TIMESTAMP,
  half_opened_at TIMESTAMP,
  updated_at TIMESTAMP,
  last_error_message STRING,
  last_error_type STRING,
  threshold INT64,
  timeout_seconds INT64,
  half_open_max_calls INT64
);

CREATE TABLE IF NOT EXISTS nba_orchestration.failed_processor_queue (
  id STRING NOT NULL,
  game_date DATE NOT NULL,
  phase STRING, -- phase_2 … phase_5
  processor_name STRING,
  error_message STRING, -- at most 4,000 characters
  error_type STRING, -- transient, permanent, missing_game
  retry_count INT64,
  max_retries INT64,
  first_failure_at TIMESTAMP,
  last_retry_at TIMESTAMP,
  next_retry_at TIMESTAMP,
  status STRING, -- pending, retrying, succeeded, failed_permanent
  correlation_id STRING,
  resolution_notes STRING, -- missing from older deployments
  metadata JSON, -- missing from older deployments
  created_at TIMESTAMP,
  updated_at TIMESTAMP
)
PARTITION BY game_date;

CREATE TABLE IF NOT EXISTS nba_orchestration.streaming_conflict_log (
  conflict_id STRING NOT NULL,
  timestamp TIMESTAMP NOT NULL,
  processor_name STRING,
  game_id STRING,
  game_date DATE,
  conflict_type STRING,
  retry_count INT64,
  resolved BOOL,
  resolution_time TIMESTAMP,
  resolution_method STRING,
  details JSON
)
PARTITION BY game_date;
