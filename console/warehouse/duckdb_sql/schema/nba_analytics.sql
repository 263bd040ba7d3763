-- Generated from console/warehouse/schema/nba_analytics.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_analytics.player_game_summary (
  player_lookup TEXT NOT NULL,
  universal_player_id TEXT,
  player_full_name TEXT,
  game_id TEXT NOT NULL,
  game_date DATE NOT NULL,
  team_abbr TEXT,
  opponent_team_abbr TEXT,
  points BIGINT,
  minutes_played DECIMAL(38, 9),
  is_active BOOLEAN,
  data_quality_tier TEXT,
  primary_source_used TEXT,
  source_bdl_completeness_pct DECIMAL(38, 9),
  processed_with_issues BOOLEAN,
  created_at TIMESTAMPTZ,
  processed_at TIMESTAMPTZ
);
