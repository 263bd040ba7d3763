-- When was each watched table last written, and how many rows does it hold in the window?
-- A row that was rewritten after @as_of counts with its first write.
WITH watched AS (
  SELECT
    'nba_raw.nbac_schedule' AS table_name,
    COUNT(*) AS row_count,
    MAX(s.processed_at) AS newest_write
  FROM nba_raw.nbac_schedule AS s
  WHERE s.game_date BETWEEN @first AND @last AND s.processed_at <= @as_of
  UNION ALL
  SELECT
    'nba_raw.bdl_player_boxscores' AS table_name,
    COUNT(*) AS row_count,
    MAX(IF(b.processed_at <= @as_of, b.processed_at, b.created_at)) AS newest_write
  FROM nba_raw.bdl_player_boxscores AS b
  WHERE b.game_date BETWEEN @first AND @last AND COALESCE(b.created_at, b.processed_at) <= @as_of
  UNION ALL
  SELECT
    'nba_raw.odds_api_player_points_props' AS table_name,
    COUNT(*) AS row_count,
    MAX(l.snapshot_timestamp) AS newest_write
  FROM nba_raw.odds_api_player_points_props AS l
  WHERE l.game_date BETWEEN @first AND @last AND l.snapshot_timestamp <= @as_of
  UNION ALL
  SELECT
    'nba_analytics.player_game_summary' AS table_name,
    COUNT(*) AS row_count,
    MAX(IF(a.processed_at <= @as_of, a.processed_at, a.created_at)) AS newest_write
  FROM nba_analytics.player_game_summary AS a
  WHERE a.game_date BETWEEN @first AND @last AND COALESCE(a.created_at, a.processed_at) <= @as_of
  UNION ALL
  SELECT
    'nba_predictions.ml_feature_store_v2' AS table_name,
    COUNT(*) AS row_count,
    MAX(IF(f.updated_at <= @as_of, f.updated_at, f.created_at)) AS newest_write
  FROM nba_predictions.ml_feature_store_v2 AS f
  WHERE f.game_date BETWEEN @first AND @last AND COALESCE(f.created_at, f.updated_at) <= @as_of
  UNION ALL
  SELECT
    'nba_predictions.player_prop_predictions' AS table_name,
    COUNT(*) AS row_count,
    MAX(IF(p.updated_at <= @as_of, p.updated_at, p.created_at)) AS newest_write
  FROM nba_predictions.player_prop_predictions AS p
  WHERE p.game_date BETWEEN @first AND @last AND COALESCE(p.created_at, p.updated_at) <= @as_of
  UNION ALL
  SELECT
    'nba_predictions.prediction_accuracy' AS table_name,
    COUNT(*) AS row_count,
    MAX(g.graded_at) AS newest_write
  FROM nba_predictions.prediction_accuracy AS g
  WHERE g.game_date BETWEEN @first AND @last AND g.graded_at <= @as_of
  UNION ALL
  SELECT
    'nba_orchestration.scraper_execution_log' AS table_name,
    COUNT(*) AS row_count,
    MAX(IF(x.completed_at <= @as_of, x.completed_at, x.triggered_at)) AS newest_write
  FROM nba_orchestration.scraper_execution_log AS x
  WHERE DATE(x.triggered_at) BETWEEN @first AND CAST(DATE_ADD(@last, INTERVAL 1 DAY) AS DATE)
    AND x.triggered_at <= @as_of
)
SELECT
  w.table_name AS table_name,
  w.row_count AS `rows`,
  w.newest_write AS newest_write
FROM watched AS w
ORDER BY table_name
