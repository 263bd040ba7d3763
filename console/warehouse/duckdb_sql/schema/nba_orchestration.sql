-- Generated from console/warehouse/schema/nba_orchestration.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_orchestration.workflow_decisions (
  decision_id TEXT NOT NULL,
  decision_time TIMESTAMPTZ NOT NULL,
  workflow_name TEXT NOT NULL,
  action TEXT,
  reason TEXT,
  context JSON,
  scrapers_triggered TEXT[],
  target_games TEXT[],
  next_check_time TIMESTAMPTZ,
  priority TEXT,
  alert_level TEXT,
  environment TEXT,
  triggered_by TEXT,
  created_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.workflow_executions (
  execution_id TEXT NOT NULL,
  execution_time TIMESTAMPTZ NOT NULL,
  workflow_name TEXT,
  decision_id TEXT,
  scrapers_triggered BIGINT,
  scrapers_succeeded BIGINT,
  scrapers_failed BIGINT,
  status TEXT,
  duration_seconds DOUBLE,
  error_message TEXT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.daily_expected_schedule (
  date DATE NOT NULL,
  locked_at TIMESTAMPTZ,
  workflow_name TEXT NOT NULL,
  expected_run_time TIMESTAMPTZ,
  reason TEXT,
  scrapers TEXT[],
  games_today BIGINT,
  priority TEXT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.phase_execution_log (
  execution_timestamp TIMESTAMPTZ,
  phase_name TEXT,
  game_date DATE,
  correlation_id TEXT,
  start_time TIMESTAMPTZ,
  duration_seconds DOUBLE,
  games_processed BIGINT,
  status TEXT,
  metadata JSON,
  created_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.pipeline_event_log (
  event_id TEXT NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL,
  event_type TEXT,
  phase TEXT,
  processor_name TEXT,
  game_date DATE,
  correlation_id TEXT,
  trigger_source TEXT,
  duration_seconds DOUBLE,
  records_processed BIGINT,
  error_type TEXT,
  error_message TEXT,
  stack_trace TEXT,
  metadata JSON
);

CREATE TABLE IF NOT EXISTS nba_orchestration.scraper_execution_log (
  execution_id TEXT NOT NULL,
  scraper_name TEXT,
  workflow TEXT,
  game_date DATE,
  status TEXT,
  triggered_at TIMESTAMPTZ,
  completed_at TIMESTAMPTZ,
  duration_seconds DOUBLE,
  source TEXT,
  error_type TEXT,
  error_message TEXT,
  retry_count BIGINT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.bdl_game_scrape_attempts (
  scrape_timestamp TIMESTAMPTZ NOT NULL,
  execution_id TEXT,
  workflow TEXT,
  game_date DATE,
  home_team TEXT,
  away_team TEXT,
  was_available BOOLEAN,
  player_count BIGINT,
  game_status TEXT,
  bdl_game_id BIGINT,
  was_expected BOOLEAN,
  expected_start_time TIMESTAMPTZ,
  estimated_end_time TIMESTAMPTZ,
  is_west_coast BOOLEAN
);

CREATE TABLE IF NOT EXISTS nba_orchestration.circuit_breaker_state (
  processor_name TEXT NOT NULL,
  state TEXT,
  failure_count BIGINT,
  success_count BIGINT,
  last_failure TIMESTAMPTZ,
  last_success TIMESTAMPTZ,
  opened_at TIMESTAMPTZ,
  half_opened_at TIMESTAMPTZ,
  updated_at TIMESTAMPTZ,
  last_error_message TEXT,
  last_error_type TEXT,
  threshold BIGINT,
  timeout_seconds BIGINT,
  half_open_max_calls BIGINT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.failed_processor_queue (
  id TEXT NOT NULL,
  game_date DATE NOT NULL,
  phase TEXT,
  processor_name TEXT,
  error_message TEXT,
  error_type TEXT,
  retry_count BIGINT,
  max_retries BIGINT,
  first_failure_at TIMESTAMPTZ,
  last_retry_at TIMESTAMPTZ,
  next_retry_at TIMESTAMPTZ,
  status TEXT,
  correlation_id TEXT,
  resolution_notes TEXT,
  metadata JSON,
  created_at TIMESTAMPTZ,
  updated_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.streaming_conflict_log (
  conflict_id TEXT NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL,
  processor_name TEXT,
  game_id TEXT,
  game_date DATE,
  conflict_type TEXT,
  retry_count BIGINT,
  resolved BOOLEAN,
  resolution_time TIMESTAMPTZ,
  resolution_method TEXT,
  details JSON
);
