-- Who has a points line, and who of them has an active prediction of the production system?
WITH entries AS (
  SELECT l.game_date, l.player_lookup, TRUE AS is_line, l.snapshot_timestamp AS line_at
  FROM nba_raw.odds_api_player_points_props AS l
  WHERE l.game_date BETWEEN @first AND @last
    AND l.snapshot_timestamp <= @as_of
    AND l.points_line IS NOT NULL
    AND l.player_lookup IS NOT NULL
  UNION ALL
  SELECT p.game_date, p.player_lookup, FALSE AS is_line, CAST(NULL AS TIMESTAMP) AS line_at
  FROM nba_predictions.player_prop_predictions AS p
  WHERE p.game_date BETWEEN @first AND @last
    AND COALESCE(p.created_at, p.updated_at) <= @as_of
    AND p.system_id = 'catboost_v8'
    AND p.is_active
),
players AS (
  SELECT
    e.game_date,
    e.player_lookup,
    LOGICAL_OR(NOT e.is_line) AS is_predicted,
    MIN(e.line_at) AS first_line_at,
    MAX(e.line_at) AS last_line_at
  FROM entries AS e
  GROUP BY e.game_date, e.player_lookup
  HAVING LOGICAL_OR(e.is_line)
)
SELECT
  p.game_date AS game_date,
  COUNT(*) AS players_with_line,
  COUNT(IF(p.is_predicted, 1, NULL)) AS predicted,
  STRING_AGG(IF(p.is_predicted, NULL, p.player_lookup), ',' ORDER BY p.player_lookup) AS unpredicted,
  MIN(p.first_line_at) AS first_line_at,
  MAX(p.last_line_at) AS last_line_at
FROM players AS p
GROUP BY p.game_date
ORDER BY game_date
