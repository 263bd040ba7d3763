-- The console's own tables: what operators said and did, and what the console saw. Append-only, so that no row is ever
-- changed while it stands in a streaming buffer.

CREATE TABLE IF NOT EXISTS nba_orchestration.console_acknowledgements (
  acknowledgement_id STRING NOT NULL,
  fingerprint STRING NOT NULL, -- of the finding
  check_id STRING,
  subject STRING,
  event STRING, -- acknowledged, withdrawn
  note STRING,
  acknowledged_by STRING,
  acknowledged_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP
)
PARTITION BY DATE(acknowledged_at);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_actions (
  action_id STRING NOT NULL, -- the idempotency key
  action STRING NOT NULL,
  event STRING, -- planned, applied, verified, failed
  target_table STRING,
  target_key STRING,
  game_date DATE,
  reason STRING,
  plan JSON,
  outcome STRING,
  error_message STRING,
  performed_by STRING,
  performed_at TIMESTAMP NOT NULL
)
PARTITION BY DATE(performed_at);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_gate_overrides (
  override_id STRING NOT NULL,
  game_date DATE NOT NULL,
  phase_name STRING NOT NULL, -- phase2_to_phase3 … phase5_to_phase6
  decision STRING, -- proceed, proceed_degraded, block
  coverage_percent FLOAT64,
  reason STRING,
  overridden_by STRING,
  overridden_at TIMESTAMP,
  expires_at TIMESTAMP
)
PARTITION BY game_date;

CREATE TABLE IF NOT EXISTS nba_orchestration.console_check_runs (
  run_id STRING NOT NULL,
  as_of TIMESTAMP NOT NULL,
  first_date DATE,
  last_date DATE,
  verdict STRING, -- OK, WARNING, ERROR, CRITICAL, UNKNOWN
  exit_status INT64,
  findings INT64,
  report JSON,
  duration_seconds FLOAT64,
  version STRING,
  host STRING,
  created_at TIMESTAMP
)
PARTITION BY DATE(as_of);
