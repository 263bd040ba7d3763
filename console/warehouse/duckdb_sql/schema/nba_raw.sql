-- Generated from console/warehouse/schema/nba_raw.sql by `python -m console.warehouse.translate`: do not edit.

CREATE TABLE IF NOT EXISTS nba_raw.nbac_schedule (
  game_id TEXT NOT NULL,
  game_code TEXT,
  season_year BIGINT,
  game_date DATE NOT NULL,
  game_date_est TIMESTAMPTZ,
  game_status BIGINT,
  game_status_text TEXT,
  home_team_id BIGINT,
  home_team_tricode TEXT,
  home_team_name TEXT,
  away_team_id BIGINT,
  away_team_tricode TEXT,
  away_team_name TEXT,
  is_regular_season BOOLEAN,
  is_playoffs BOOLEAN,
  is_all_star BOOLEAN,
  arena_timezone TEXT,
  home_team_score BIGINT,
  away_team_score BIGINT,
  data_source TEXT,
  created_at TIMESTAMPTZ,
  processed_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_raw.bdl_player_boxscores (
  game_id TEXT NOT NULL,
  game_date DATE NOT NULL,
  season_year BIGINT,
  game_status TEXT,
  home_team_abbr TEXT,
  away_team_abbr TEXT,
  team_abbr TEXT,
  player_full_name TEXT,
  player_lookup TEXT NOT NULL,
  minutes TEXT,
  points BIGINT,
  data_hash TEXT,
  created_at TIMESTAMPTZ,
  processed_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS nba_raw.odds_api_player_points_props (
  game_id TEXT,
  game_date DATE NOT NULL,
  home_team_abbr TEXT,
  away_team_abbr TEXT,
  player_lookup TEXT,
  bookmaker TEXT,
  points_line DOUBLE,
  snapshot_timestamp TIMESTAMPTZ
);
