-- Generated from console/warehouse/schema/console_tables.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_orchestration.console_acknowledgements (
  acknowledgement_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  check_id TEXT,
  subject TEXT,
  event TEXT,
  note TEXT,
  acknowledged_by TEXT,
  acknowledged_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_actions (
  action_id TEXT NOT NULL,
  action TEXT NOT NULL,
  event TEXT,
  target_table TEXT,
  target_key TEXT,
  game_date DATE,
  reason TEXT,
  plan JSON,
  outcome TEXT,
  error_message TEXT,
  performed_by TEXT,
  performed_at TIMESTAMPTZ NOT NULL,
  entry_number BIGINT,
  entry_hash TEXT,
  host TEXT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_gate_overrides (
  override_id TEXT NOT NULL,
  game_date DATE NOT NULL,
  phase_name TEXT NOT NULL,
  decision TEXT,
  coverage_percent DOUBLE,
  reason TEXT,
  overridden_by TEXT,
  overridden_at TIMESTAMPTZ,
  expires_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_gate_decisions (
  decision_id TEXT NOT NULL,
  game_date DATE NOT NULL,
  phase_name TEXT NOT NULL,
  outcome TEXT,
  is_alarm BOOLEAN,
  coverage_percent DOUBLE,
  expected BIGINT,
  present BIGINT,
  reasons JSON,
  word TEXT,
  word_by TEXT,
  as_of TIMESTAMPTZ NOT NULL,
  recorded_by TEXT,
  recorded_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_check_runs (
  run_id TEXT NOT NULL,
  as_of TIMESTAMPTZ NOT NULL,
  first_date DATE,
  last_date DATE,
  verdict TEXT,
  exit_status BIGINT,
  findings BIGINT,
  report JSON,
  duration_seconds DOUBLE,
  version TEXT,
  host TEXT,
  created_at TIMESTAMPTZ,
  every_seconds BIGINT
);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_leases (
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  host TEXT,
  held_until TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ,
  told TEXT
);
