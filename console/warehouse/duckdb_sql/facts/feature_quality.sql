-- Generated from checks/facts/feature_quality.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  f.game_date AS game_date,
  COUNT(*) AS "rows",
  COUNT(DISTINCT f.player_lookup) AS players,
  AVG(CAST(f.feature_quality_score AS DOUBLE)) AS mean_score,
  MIN(CAST(f.feature_quality_score AS DOUBLE)) AS least_score,
  COUNT(CASE WHEN f.feature_quality_score < 65 THEN 1 ELSE NULL END) AS low_quality,
  COUNT(DISTINCT f.feature_quality_score) AS distinct_scores,
  COUNT(CASE WHEN f.is_production_ready THEN 1 ELSE NULL END) AS production_ready,
  COALESCE(SUM(f.expected_games_count), 0) AS window_expected,
  COALESCE(SUM(f.actual_games_count), 0) AS window_actual,
  AVG(f.completeness_percentage) AS mean_completeness_percent,
  COUNT(f.insufficient_data_reason) AS insufficient
FROM nba_predictions.ml_feature_store_v2 AS f
WHERE
  f.game_date BETWEEN $first AND $last
  AND COALESCE(f.created_at, f.updated_at) <= $as_of
GROUP BY
  f.game_date
ORDER BY
  game_date NULLS FIRST
