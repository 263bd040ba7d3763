-- Generated from checks/facts/prop_coverage.sql by `python -m console.warehouse.translate`: do not edit.
WITH entries AS (
  SELECT
    l.game_date,
    l.player_lookup,
    TRUE AS is_line,
    l.snapshot_timestamp AS line_at
  FROM nba_raw.odds_api_player_points_props AS l
  WHERE
    l.game_date BETWEEN $first AND $last
    AND l.snapshot_timestamp <= $as_of
    AND NOT l.points_line IS NULL
    AND NOT l.player_lookup IS NULL
  UNION ALL
  SELECT
    p.game_date,
    p.player_lookup,
    FALSE AS is_line,
    CAST(NULL AS TIMESTAMPTZ) AS line_at
  FROM nba_predictions.player_prop_predictions AS p
  WHERE
    p.game_date BETWEEN $first AND $last
    AND COALESCE(p.created_at, p.updated_at) <= $as_of
    AND p.system_id = 'catboost_v8'
    AND p.is_active
), players AS (
  SELECT
    e.game_date,
    e.player_lookup,
    BOOL_OR(CAST(NOT e.is_line AS BOOLEAN)) AS is_predicted,
    MIN(e.line_at) AS first_line_at,
    MAX(e.line_at) AS last_line_at
  FROM entries AS e
  GROUP BY
    e.game_date,
    e.player_lookup
  HAVING
    BOOL_OR(CAST(e.is_line AS BOOLEAN))
)
SELECT
  p.game_date AS game_date,
  COUNT(*) AS players_with_line,
  COUNT(CASE WHEN p.is_predicted THEN 1 ELSE NULL END) AS predicted,
  LISTAGG(
    CASE WHEN p.is_predicted THEN NULL ELSE p.player_lookup END, ','
    ORDER BY
      p.player_lookup NULLS FIRST
  ) AS unpredicted,
  EPOCH_US(MIN(p.first_line_at)) AS first_line_at,
  EPOCH_US(MAX(p.last_line_at)) AS last_line_at
FROM players AS p
GROUP BY
  p.game_date
ORDER BY
  game_date NULLS FIRST
