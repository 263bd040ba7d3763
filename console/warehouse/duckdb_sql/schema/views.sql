-- Generated from console/warehouse/schema/views.sql by `python -m console.warehouse.translate`: do not edit.

CREATE VIEW IF NOT EXISTS nba_raw.v_nbac_schedule_latest (
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
) AS
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
WHERE
  game_date BETWEEN CAST(CURRENT_DATE - INTERVAL '90' DAY AS DATE) AND CAST(CURRENT_DATE + INTERVAL '30' DAY AS DATE)
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY game_id ORDER BY game_status DESC, processed_at DESC, game_date DESC) = 1;

CREATE VIEW IF NOT EXISTS nba_raw.v_game_id_mappings (
  nba_game_id,
  bdl_game_id,
  game_date,
  game_code,
  away_team_tricode,
  home_team_tricode,
  away_team_id,
  home_team_id,
  away_team_name,
  home_team_name,
  game_status,
  game_status_name,
  season_year
) AS
SELECT
  game_id AS nba_game_id,
  STRFTIME(CAST(game_date AS DATE), '%Y%m%d') || '_' || away_team_tricode || '_' || home_team_tricode AS bdl_game_id,
  game_date,
  game_code,
  away_team_tricode,
  home_team_tricode,
  away_team_id,
  home_team_id,
  away_team_name,
  home_team_name,
  game_status,
  CASE game_status
    WHEN 1
    THEN 'Scheduled'
    WHEN 2
    THEN 'In Progress'
    WHEN 3
    THEN 'Final'
    ELSE 'Unknown'
  END AS game_status_name,
  season_year
FROM nba_raw.v_nbac_schedule_latest
WHERE
  season_year >= 2024;
