-- What did each attempt to scrape a game's box score see? The last Eastern evening ends on the next UTC date.
SELECT
  a.scrape_timestamp AS scrape_timestamp,
  a.workflow AS workflow,
  a.game_date AS game_date,
  a.away_team AS away,
  a.home_team AS home,
  a.was_available AS was_available,
  a.player_count AS player_count,
  a.game_status AS game_status
FROM nba_orchestration.bdl_game_scrape_attempts AS a
WHERE DATE(a.scrape_timestamp) BETWEEN @first AND CAST(DATE_ADD(@last, INTERVAL 1 DAY) AS DATE)
  AND a.scrape_timestamp <= @as_of
ORDER BY scrape_timestamp, game_date, away, home, workflow, game_status, player_count
