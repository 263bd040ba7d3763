-- Generated from console/warehouse/schema/nba_predictions.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_predictions.ml_feature_store_v2 (
  player_lookup TEXT NOT NULL,
  game_date DATE NOT NULL,
  game_id TEXT,
  feature_count BIGINT,
  feature_version TEXT,
  feature_quality_score DECIMAL(38, 9),
  data_source TEXT,
  is_production_ready BOOLEAN,
  expected_games_count BIGINT,
  actual_games_count BIGINT,
  completeness_percentage DOUBLE,
  insufficient_data_reason TEXT,
  created_at TIMESTAMPTZ,
  updated_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_predictions.player_prop_predictions (
  prediction_id TEXT NOT NULL,
  system_id TEXT NOT NULL,
  player_lookup TEXT NOT NULL,
  game_date DATE NOT NULL,
  game_id TEXT,
  prediction_version BIGINT,
  predicted_points DECIMAL(38, 9),
  confidence_score DECIMAL(38, 9),
  recommendation TEXT,
  has_prop_line BOOLEAN,
  current_points_line DECIMAL(38, 9),
  line_source TEXT,
  is_active BOOLEAN,
  is_production_ready BOOLEAN,
  invalidation_reason TEXT,
  created_at TIMESTAMPTZ,
  updated_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_predictions.prediction_accuracy (
  player_lookup TEXT NOT NULL,
  game_id TEXT,
  game_date DATE NOT NULL,
  system_id TEXT NOT NULL,
  predicted_points DECIMAL(38, 9),
  actual_points BIGINT,
  prediction_correct BOOLEAN,
  is_voided BOOLEAN,
  graded_at TIMESTAMPTZ
);
