-- What phases 4 to 6 write: features, predictions and their grades.

CREATE TABLE IF NOT EXISTS nba_predictions.ml_feature_store_v2 (
  player_lookup STRING NOT NULL,
  game_date DATE NOT NULL,
  game_id STRING,
  feature_count INT64,
  feature_version STRING,
  feature_quality_score NUMERIC, -- 0 to 100
  data_source STRING, -- phase4, phase3, mixed, early_season
  is_production_ready BOOL,
  expected_games_count INT64,
  actual_games_count INT64,
  completeness_percentage FLOAT64, -- of the rolling window
  insufficient_data_reason STRING,
  created_at TIMESTAMP,
  updated_at TIMESTAMP
)
PARTITION BY game_date
OPTIONS (require_partition_filter = TRUE);

CREATE TABLE IF NOT EXISTS nba_predictions.player_prop_predictions (
  prediction_id STRING NOT NULL,
  system_id STRING NOT NULL, -- production: catboost_v8
  player_lookup STRING NOT NULL,
  game_date DATE NOT NULL,
  game_id STRING,
  prediction_version INT64,
  predicted_points NUMERIC,
  confidence_score NUMERIC,
  recommendation STRING,
  has_prop_line BOOL,
  current_points_line NUMERIC,
  line_source STRING, -- ACTUAL_PROP, ESTIMATED_AVG, …
  is_active BOOL,
  is_production_ready BOOL,
  invalidation_reason STRING,
  created_at TIMESTAMP,
  updated_at TIMESTAMP
)
PARTITION BY game_date
OPTIONS (require_partition_filter = TRUE);

CREATE TABLE IF NOT EXISTS nba_predictions.prediction_accuracy (
  player_lookup STRING NOT NULL,
  game_id STRING,
  game_date DATE NOT NULL,
  system_id STRING NOT NULL,
  predicted_points NUMERIC,
  actual_points INT64,
  prediction_correct BOOL,
  is_voided BOOL,
  graded_at TIMESTAMP
)
PARTITION BY game_date
OPTIONS (require_partition_filter = TRUE);
