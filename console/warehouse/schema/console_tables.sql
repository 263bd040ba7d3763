-- The console's own tables: what operators said and did, and what the console saw. Append-only, so that no row is ever
-- changed while it stands in a streaming buffer, but for the leases.

CREATE TABLE IF NOT EXISTS nba_orchestration.console_acknowledgements (
  acknowledgement_id STRING NOT NULL,
  fingerprint STRING NOT NULL, -- of the finding
  check_id STRING,
  subject STRING,
  event STRING, -- acknowledged, silenced, withdrawn
  note STRING, -- the reason
  acknowledged_by STRING,
  acknowledged_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP -- none of what was withdrawn
)
PARTITION BY DATE(acknowledged_at);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_actions (
  action_id STRING NOT NULL, -- the idempotency key
  action STRING NOT NULL,
  event STRING, -- plan, attempt, outcome, verify
  target_table STRING,
  target_key STRING,
  game_date DATE,
  reason STRING,
  plan JSON,
  outcome STRING,
  error_message STRING,
  performed_by STRING,
  performed_at TIMESTAMP NOT NULL,
  entry_number INT64, -- in the chain of the journal that it comes from
  entry_hash STRING, -- its hash in that chain
  host STRING
)
PARTITION BY DATE(performed_at);

CREATE TABLE IF NOT EXISTS nba_orchestration.console_gate_overrides (
  override_id STRING NOT NULL,
  game_date DATE NOT NULL,
  phase_name STRING NOT NULL, -- phase2_to_phase3 … phase5_to_phase6
  decision STRING, -- the operator's word: hold, release
  coverage_percent FLOAT64, -- always NULL: a word is not the data's
  reason STRING,
  overridden_by STRING,
  overridden_at TIMESTAMP,
  expires_at TIMESTAMP -- at most 7 days later; a word without an end counts for nothing
)
PARTITION BY game_date;

CREATE TABLE IF NOT EXISTS nba_orchestration.console_gate_decisions (
  decision_id STRING NOT NULL, -- the idempotency key: hand-over, date, as-of and outcome
  game_date DATE NOT NULL,
  phase_name STRING NOT NULL, -- phase2_to_phase3 … phase5_to_phase6
  outcome STRING, -- proceed, proceed_degraded, block
  is_alarm BOOL, -- a block that is not only too early, nor an operator's hold
  coverage_percent FLOAT64,
  expected INT64,
  present INT64,
  reasons JSON, -- a list of sentences
  word STRING, -- hold, release: the operator's word in force, if any
  word_by STRING,
  as_of TIMESTAMP NOT NULL,
  recorded_by STRING,
  recorded_at TIMESTAMP
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
  created_at TIMESTAMP,
  every_seconds INT64 -- how often the watcher runs
)
PARTITION BY DATE(as_of);

-- Which of several hosts does what only one may do. A row a name, inserted and changed by MERGE only, never streamed or loaded.
CREATE TABLE IF NOT EXISTS nba_orchestration.console_leases (
  name STRING NOT NULL,
  holder STRING NOT NULL, -- the journal of whoever holds it, by a random id
  host STRING,
  held_until TIMESTAMP NOT NULL,
  changed_at TIMESTAMP,
  told STRING -- what the watcher that holds it has told people, for the one that takes it over; JSON
);
