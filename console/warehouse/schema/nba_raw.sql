-- What the scrapers write. One column per line: console.warehouse.schema reads these files without a parser.

CREATE TABLE IF NOT EXISTS nba_raw.nbac_schedule (
  game_id STRING NOT NULL, -- the NBA's ten digits; a row per game and scrape
  game_code STRING,
  season_year INT64,
  game_date DATE NOT NULL,
  game_date_est TIMESTAMP, -- tip-off
  game_status INT64, -- 1 scheduled, 2 in progress, 3 final
  game_status_text STRING,
  home_team_id INT64,
  home_team_tricode STRING,
  home_team_name STRING,
  away_team_id INT64,
  away_team_tricode STRING,
  away_team_name STRING,
  is_regular_season BOOL,
  is_playoffs BOOL,
  is_all_star BOOL,
  arena_timezone STRING, -- IANA
  home_team_score INT64,
  away_team_score INT64,
  data_source STRING,
  created_at TIMESTAMP,
  processed_at TIMESTAMP
)
PARTITION BY game_date
OPTIONS (require_partition_filter = TRUE);

CREATE TABLE IF NOT EXISTS nba_raw.bdl_player_boxscores (
  game_id STRING NOT NULL, -- YYYYMMDD_AWAY_HOME
  game_date DATE NOT NULL,
  season_year INT64,
  game_status STRING,
  home_team_abbr STRING,
  away_team_abbr STRING,
  team_abbr STRING,
  player_full_name STRING,
  player_lookup STRING NOT NULL,
  minutes STRING, -- '34', '34:12'; '00', '' or NULL did not play
  points INT64,
  data_hash STRING,
  created_at TIMESTAMP,
  processed_at TIMESTAMP
)
PARTITION BY game_date
OPTIONS (require_partition_filter = TRUE);

CREATE TABLE IF NOT EXISTS nba_raw.odds_api_player_points_props (
  game_id STRING,
  game_date DATE NOT NULL,
  home_team_abbr STRING,
  away_team_abbr STRING,
  player_lookup STRING,
  bookmaker STRING,
  points_line FLOAT64,
  snapshot_timestamp TIMESTAMP
)
PARTITION BY game_date;
