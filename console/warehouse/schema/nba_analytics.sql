-- What phase 3 writes.

CREATE TABLE IF NOT EXISTS nba_analytics.player_game_summary (
  player_lookup STRING NOT NULL,
  universal_player_id STRING,
  player_full_name STRING,
  game_id STRING NOT NULL, -- YYYYMMDD_AWAY_HOME
  game_date DATE NOT NULL,
  team_abbr STRING,
  opponent_team_abbr STRING,
  points INT64,
  minutes_played NUMERIC,
  is_active BOOL,
  data_quality_tier STRING,
  primary_source_used STRING,
  source_bdl_completeness_pct NUMERIC,
  processed_with_issues BOOL,
  created_at TIMESTAMP,
  processed_at TIMESTAMP
)
PARTITION BY game_date;
