-- Generated from checks/facts/scrape_attempts.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  EPOCH_US(a.scrape_timestamp) AS scrape_timestamp,
  a.workflow AS workflow,
  a.game_date AS game_date,
  a.away_team AS away,
  a.home_team AS home,
  a.was_available AS was_available,
  a.player_count AS player_count,
  a.game_status AS game_status
FROM nba_orchestration.bdl_game_scrape_attempts AS a
WHERE
  a.scrape_timestamp >= CAST($first AS TIMESTAMPTZ)
  AND a.scrape_timestamp < CAST(CAST($last + INTERVAL '1' DAY AS DATE) AS TIMESTAMPTZ) + INTERVAL '1' DAY
  AND a.scrape_timestamp <= $as_of
ORDER BY
  scrape_timestamp NULLS FIRST,
  game_date NULLS FIRST,
  away NULLS FIRST,
  home NULLS FIRST,
  workflow NULLS FIRST,
  game_status NULLS FIRST,
  player_count NULLS FIRST
