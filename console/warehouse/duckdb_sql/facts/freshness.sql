-- Generated from checks/facts/freshness.sql by `python -m console.warehouse.translate`: do not edit.
WITH watched AS (
  SELECT
    'nba_raw.nbac_schedule' AS table_name,
    COUNT(*) AS row_count,
    MAX(s.processed_at) AS newest_write
  FROM nba_raw.nbac_schedule AS s
  WHERE
    s.game_date BETWEEN $first AND $last AND s.processed_at <= $as_of
  UNION ALL
  SELECT
    'nba_raw.bdl_player_boxscores' AS table_name,
    COUNT(*) AS row_count,
    MAX(CASE WHEN b.processed_at <= $as_of THEN b.processed_at ELSE b.created_at END) AS newest_write
  FROM nba_raw.bdl_player_boxscores AS b
  WHERE
    b.game_date BETWEEN $first AND $last
    AND COALESCE(b.created_at, b.processed_at) <= $as_of
  UNION ALL
  SELECT
    'nba_raw.odds_api_player_points_props' AS table_name,
    COUNT(*) AS row_count,
    MAX(l.snapshot_timestamp) AS newest_write
  FROM nba_raw.odds_api_player_points_props AS l
  WHERE
    l.game_date BETWEEN $first AND $last AND l.snapshot_timestamp <= $as_of
  UNION ALL
  SELECT
    'nba_analytics.player_game_summary' AS table_name,
    COUNT(*) AS row_count,
    MAX(CASE WHEN a.processed_at <= $as_of THEN a.processed_at ELSE a.created_at END) AS newest_write
  FROM nba_analytics.player_game_summary AS a
  WHERE
    a.game_date BETWEEN $first AND $last
    AND COALESCE(a.created_at, a.processed_at) <= $as_of
  UNION ALL
  SELECT
    'nba_predictions.ml_feature_store_v2' AS table_name,
    COUNT(*) AS row_count,
    MAX(CASE WHEN f.updated_at <= $as_of THEN f.updated_at ELSE f.created_at END) AS newest_write
  FROM nba_predictions.ml_feature_store_v2 AS f
  WHERE
    f.game_date BETWEEN $first AND $last
    AND COALESCE(f.created_at, f.updated_at) <= $as_of
  UNION ALL
  SELECT
    'nba_predictions.player_prop_predictions' AS table_name,
    COUNT(*) AS row_count,
    MAX(CASE WHEN p.updated_at <= $as_of THEN p.updated_at ELSE p.created_at END) AS newest_write
  FROM nba_predictions.player_prop_predictions AS p
  WHERE
    p.game_date BETWEEN $first AND $last
    AND COALESCE(p.created_at, p.updated_at) <= $as_of
  UNION ALL
  SELECT
    'nba_predictions.prediction_accuracy' AS table_name,
    COUNT(*) AS row_count,
    MAX(g.graded_at) AS newest_write
  FROM nba_predictions.prediction_accuracy AS g
  WHERE
    g.game_date BETWEEN $first AND $last AND g.graded_at <= $as_of
  UNION ALL
  SELECT
    'nba_orchestration.scraper_execution_log' AS table_name,
    COUNT(*) AS row_count,
    MAX(CASE WHEN x.completed_at <= $as_of THEN x.completed_at ELSE x.triggered_at END) AS newest_write
  FROM nba_orchestration.scraper_execution_log AS x
  WHERE
    x.triggered_at >= CAST($first AS TIMESTAMPTZ)
    AND x.triggered_at < CAST(CAST($last + INTERVAL '1' DAY AS DATE) AS TIMESTAMPTZ) + INTERVAL '1' DAY
    AND x.triggered_at <= $as_of
)
SELECT
  w.table_name AS table_name,
  w.row_count AS "rows",
  EPOCH_US(w.newest_write) AS newest_write
FROM watched AS w
ORDER BY
  table_name NULLS FIRST
