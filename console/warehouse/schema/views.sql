-- Views that the pipeline's own queries use. A view's column line carries its type behind the dashes.

CREATE VIEW IF NOT EXISTS nba_raw.v_nbac_schedule_latest (
  game_id, -- STRING
  game_code, -- STRING
  season_year, -- INT64
  game_date, -- DATE
  game_date_est, -- TIMESTAMP
  game_status, -- INT64
  game_status_text, -- STRING
  home_team_id, -- INT64
  home_team_tricode, -- STRING
  home_team_name, -- STRING
  away_team_id, -- INT64
  away_team_tricode, -- STRING
  away_team_name, -- STRING
  is_regular_season, -- BOOL
  is_playoffs, -- BOOL
  is_all_star, -- BOOL
  arena_timezone, -- STRING
  home_team_score, -- INT64
  away_team_score, -- INT64
  data_source, -- STRING
  created_at, -- TIMESTAMP
  processed_at -- TIMESTAMP
)
AS
SELECT
  game_id,
  game_code,
  season_year,
  game_date,
  game_date_est,
  game_status,
  game_status_text,
  home_team_id,
  home_team_tricode,
  home_team_name,
  away_team_id,
  away_team_tricode,
  away_team_name,
  is_regular_season,
  is_playoffs,
  is_all_star,
  arena_timezone,
  home_team_score,
  away_team_score,
  data_source,
  created_at,
  processed_at
FROM nba_raw.nbac_schedule
WHERE game_date BETWEEN CAST(DATE_SUB(CURRENT_DATE(), INTERVAL 90 DAY) AS DATE)
  AND CAST(DATE_ADD(CURRENT_DATE(), INTERVAL 30 DAY) AS DATE)
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_id
  ORDER BY game_status DESC NULLS LAST, processed_at DESC NULLS LAST, game_date DESC
) = 1;

CREATE VIEW IF NOT EXISTS nba_raw.v_game_id_mappings (
  nba_game_id, -- STRING
  bdl_game_id, -- STRING
  game_date, -- DATE
  game_code, -- STRING
  away_team_tricode, -- STRING
  home_team_tricode, -- STRING
  away_team_id, -- INT64
  home_team_id, -- INT64
  away_team_name, -- STRING
  home_team_name, -- STRING
  game_status, -- INT64
  game_status_name, -- STRING
  season_year -- INT64
)
AS
SELECT
  game_id AS nba_game_id,
  FORMAT_DATE('%Y%m%d', game_date) || '_' || away_team_tricode || '_' || home_team_tricode AS bdl_game_id,
  game_date,
  game_code,
  away_team_tricode,
  home_team_tricode,
  away_team_id,
  home_team_id,
  away_team_name,
  home_team_name,
  game_status,
  CASE game_status WHEN 1 THEN 'Scheduled' WHEN 2 THEN 'In Progress' WHEN 3 THEN 'Final' ELSE 'Unknown' END
    AS game_status_name,
  season_year
FROM nba_raw.v_nbac_schedule_latest
WHERE season_year >= 2024;
