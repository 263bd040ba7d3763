-- Which games stand in the schedule, and what does each stage hold of them? One row per game and date.
--
-- The schedule's id and the stages' id meet by date and tricodes, the rule of nba_raw.v_game_id_mappings. Each table is read
-- once: `entries` lists the rows of all stages, `players` has one row per game and player, `games` one per game. `marked` is
-- what a stage says of a row: the player appeared (box scores), is active (analytics), is ready for production (features),
-- is voided (grading). A row that was rewritten after @as_of counts with its first write. All-star games belong to no stage.
WITH scrapes AS (
  SELECT
    s.game_id,
    s.game_date,
    COALESCE(s.game_date_est, TIMESTAMP(s.game_date, 'America/New_York')) AS tip_off,
    s.arena_timezone,
    s.away_team_tricode AS away,
    s.home_team_tricode AS home,
    s.game_status,
    s.game_status_text AS status_text,
    s.away_team_score AS away_score,
    s.home_team_score AS home_score,
    COALESCE(s.processed_at, s.created_at) AS seen_at
  FROM nba_raw.nbac_schedule AS s
  WHERE s.game_date BETWEEN CAST(DATE_SUB(@first, INTERVAL 3 DAY) AS DATE) AND CAST(DATE_ADD(@last, INTERVAL 21 DAY) AS DATE)
    AND COALESCE(s.processed_at, s.created_at) <= @as_of
    AND s.away_team_tricode IS NOT NULL
    AND s.home_team_tricode IS NOT NULL
    AND COALESCE(s.is_all_star, FALSE) = FALSE
),
standing AS (
  SELECT *
  FROM scrapes AS s
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY s.game_id, s.game_date
    ORDER BY s.game_status DESC, s.seen_at DESC, s.status_text, s.tip_off
  ) = 1
),
words AS (
  SELECT
    s.game_id,
    s.game_date,
    LOGICAL_OR(
      LOWER(s.status_text) LIKE '%postpon%' OR LOWER(s.status_text) LIKE '%cancel%' OR LOWER(s.status_text) LIKE 'ppd%'
    ) AS ever_postponed
  FROM scrapes AS s
  WHERE s.game_date BETWEEN @first AND @last
  GROUP BY s.game_id, s.game_date
),
meetings AS (
  SELECT
    t.game_id,
    t.game_date,
    IF(o.game_id = t.game_id AND o.game_date != t.game_date, CAST(o.game_date AS STRING), NULL) AS other_date,
    IF(o.game_id != t.game_id, CAST(o.game_date AS STRING), NULL) AS rematch_date
  FROM standing AS t
  JOIN standing AS o
    ON (o.game_id = t.game_id OR (o.away = t.away AND o.home = t.home))
    AND DATE_DIFF(o.game_date, t.game_date, DAY) BETWEEN -3 AND 21
  WHERE t.game_date BETWEEN @first AND @last
),
dates AS (
  SELECT
    m.game_id,
    m.game_date,
    STRING_AGG(DISTINCT m.other_date, ',' ORDER BY m.other_date) AS other_dates,
    STRING_AGG(DISTINCT m.rematch_date, ',' ORDER BY m.rematch_date) AS rematch_dates
  FROM meetings AS m
  GROUP BY m.game_id, m.game_date
),
entries AS (
  SELECT
    b.game_id,
    b.player_lookup,
    'box_scores' AS stage,
    COALESCE(SAFE_CAST(REPLACE(b.minutes, ':', '.') AS FLOAT64) > 0, FALSE) AS marked,
    COALESCE(b.created_at, b.processed_at) AS first_write,
    IF(b.processed_at <= @as_of, b.processed_at, b.created_at) AS last_write
  FROM nba_raw.bdl_player_boxscores AS b
  WHERE b.game_date BETWEEN @first AND @last
    AND COALESCE(b.created_at, b.processed_at) <= @as_of
  UNION ALL
  SELECT
    a.game_id,
    a.player_lookup,
    'analytics' AS stage,
    COALESCE(a.is_active, TRUE) AS marked,
    COALESCE(a.created_at, a.processed_at) AS first_write,
    IF(a.processed_at <= @as_of, a.processed_at, a.created_at) AS last_write
  FROM nba_analytics.player_game_summary AS a
  WHERE a.game_date BETWEEN @first AND @last
    AND COALESCE(a.created_at, a.processed_at) <= @as_of
  UNION ALL
  SELECT
    f.game_id,
    f.player_lookup,
    'features' AS stage,
    COALESCE(f.is_production_ready, TRUE) AS marked,
    COALESCE(f.created_at, f.updated_at) AS first_write,
    IF(f.updated_at <= @as_of, f.updated_at, f.created_at) AS last_write
  FROM nba_predictions.ml_feature_store_v2 AS f
  WHERE f.game_date BETWEEN @first AND @last
    AND COALESCE(f.created_at, f.updated_at) <= @as_of
  UNION ALL
  SELECT
    p.game_id,
    p.player_lookup,
    'predictions' AS stage,
    TRUE AS marked,
    COALESCE(p.created_at, p.updated_at) AS first_write,
    IF(p.updated_at <= @as_of, p.updated_at, p.created_at) AS last_write
  FROM nba_predictions.player_prop_predictions AS p
  WHERE p.game_date BETWEEN @first AND @last
    AND COALESCE(p.created_at, p.updated_at) <= @as_of
    AND p.system_id = 'catboost_v8'
    AND p.is_active
  UNION ALL
  SELECT
    g.game_id,
    g.player_lookup,
    'grading' AS stage,
    COALESCE(g.is_voided, FALSE) AS marked,
    g.graded_at AS first_write,
    g.graded_at AS last_write
  FROM nba_predictions.prediction_accuracy AS g
  WHERE g.game_date BETWEEN @first AND @last
    AND g.graded_at <= @as_of
    AND g.system_id = 'catboost_v8'
),
players AS (
  SELECT
    e.game_id,
    e.player_lookup,
    LOGICAL_OR(e.stage = 'box_scores') AS in_box_scores,
    LOGICAL_OR(e.stage = 'box_scores' AND e.marked) AS appeared,
    LOGICAL_OR(e.stage = 'analytics' AND e.marked) AS in_analytics,
    LOGICAL_OR(e.stage = 'features') AS in_features,
    LOGICAL_OR(e.stage = 'features' AND e.marked) AS is_ready,
    LOGICAL_OR(e.stage = 'predictions') AS in_predictions,
    LOGICAL_OR(e.stage = 'grading') AS in_grading,
    LOGICAL_OR(e.stage = 'grading' AND NOT e.marked) AS is_judged,
    COUNT(IF(e.stage = 'box_scores', 1, NULL)) AS box_scores_rows,
    MIN(IF(e.stage = 'box_scores', e.first_write, NULL)) AS box_scores_first_write,
    MAX(IF(e.stage = 'box_scores', e.last_write, NULL)) AS box_scores_last_write,
    COUNT(IF(e.stage = 'analytics', 1, NULL)) AS analytics_rows,
    MIN(IF(e.stage = 'analytics', e.first_write, NULL)) AS analytics_first_write,
    MAX(IF(e.stage = 'analytics', e.last_write, NULL)) AS analytics_last_write,
    COUNT(IF(e.stage = 'features', 1, NULL)) AS features_rows,
    MIN(IF(e.stage = 'features', e.first_write, NULL)) AS features_first_write,
    MAX(IF(e.stage = 'features', e.last_write, NULL)) AS features_last_write,
    COUNT(IF(e.stage = 'predictions', 1, NULL)) AS predictions_rows,
    MIN(IF(e.stage = 'predictions', e.first_write, NULL)) AS predictions_first_write,
    MAX(IF(e.stage = 'predictions', e.last_write, NULL)) AS predictions_last_write,
    COUNT(IF(e.stage = 'grading', 1, NULL)) AS grading_rows,
    MIN(IF(e.stage = 'grading', e.first_write, NULL)) AS grading_first_write,
    MAX(IF(e.stage = 'grading', e.last_write, NULL)) AS grading_last_write
  FROM entries AS e
  GROUP BY e.game_id, e.player_lookup
),
games AS (
  SELECT
    p.game_id,
    SUM(p.box_scores_rows) AS box_scores_rows,
    COUNT(IF(p.in_box_scores, p.player_lookup, NULL)) AS box_scores_listed,
    COUNT(IF(p.appeared, p.player_lookup, NULL)) AS box_scores_appeared,
    MIN(p.box_scores_first_write) AS box_scores_first_write,
    MAX(p.box_scores_last_write) AS box_scores_last_write,
    SUM(p.analytics_rows) AS analytics_rows,
    COUNT(IF(p.in_analytics, p.player_lookup, NULL)) AS analytics_listed,
    COUNT(IF(p.in_analytics AND p.appeared, p.player_lookup, NULL)) AS analytics_appeared,
    STRING_AGG(
      IF(p.appeared AND NOT p.in_analytics, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS analytics_missing,
    STRING_AGG(
      IF(p.in_analytics AND NOT p.appeared, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS analytics_extra,
    MIN(p.analytics_first_write) AS analytics_first_write,
    MAX(p.analytics_last_write) AS analytics_last_write,
    SUM(p.features_rows) AS features_rows,
    COUNT(IF(p.in_features, p.player_lookup, NULL)) AS features_listed,
    COUNT(IF(p.in_features AND p.appeared, p.player_lookup, NULL)) AS features_appeared,
    STRING_AGG(
      IF(p.in_analytics AND NOT p.in_features, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS features_missing,
    IF(
      COUNT(IF(p.in_analytics, 1, NULL)) = 0,
      NULL,
      STRING_AGG(IF(p.in_features AND NOT p.in_analytics, p.player_lookup, NULL), ',' ORDER BY p.player_lookup)
    ) AS features_extra,
    MIN(p.features_first_write) AS features_first_write,
    MAX(p.features_last_write) AS features_last_write,
    SUM(p.predictions_rows) AS predictions_rows,
    COUNT(IF(p.in_predictions, p.player_lookup, NULL)) AS predictions_listed,
    COUNT(IF(p.in_predictions AND p.appeared, p.player_lookup, NULL)) AS predictions_appeared,
    STRING_AGG(
      IF(p.is_ready AND NOT p.in_predictions, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS predictions_missing,
    STRING_AGG(
      IF(p.in_predictions AND NOT p.is_ready, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS predictions_extra,
    MIN(p.predictions_first_write) AS predictions_first_write,
    MAX(p.predictions_last_write) AS predictions_last_write,
    SUM(p.grading_rows) AS grading_rows,
    COUNT(IF(p.in_grading, p.player_lookup, NULL)) AS grading_listed,
    COUNT(IF(p.in_grading AND p.appeared, p.player_lookup, NULL)) AS grading_appeared,
    STRING_AGG(
      IF(p.in_predictions AND p.appeared AND NOT p.in_grading, p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS grading_missing,
    STRING_AGG(
      IF((p.in_grading AND NOT p.in_predictions) OR (p.is_judged AND NOT p.appeared), p.player_lookup, NULL),
      ',' ORDER BY p.player_lookup
    ) AS grading_extra,
    MIN(p.grading_first_write) AS grading_first_write,
    MAX(p.grading_last_write) AS grading_last_write
  FROM players AS p
  GROUP BY p.game_id
)
SELECT
  s.game_id AS nba_game_id,
  CONCAT(FORMAT_DATE('%Y%m%d', s.game_date), '_', s.away, '_', s.home) AS bdl_game_id,
  s.game_date AS game_date,
  s.tip_off AS tip_off,
  s.arena_timezone AS arena_timezone,
  s.away AS away,
  s.home AS home,
  s.game_status AS game_status,
  s.status_text AS status_text,
  s.away_score AS away_score,
  s.home_score AS home_score,
  COALESCE(w.ever_postponed, FALSE) AS ever_postponed,
  d.other_dates AS other_dates,
  d.rematch_dates AS rematch_dates,
  s.seen_at AS schedule_seen_at,
  COALESCE(g.box_scores_rows, 0) AS box_scores_rows,
  COALESCE(g.box_scores_listed, 0) AS box_scores_listed,
  COALESCE(g.box_scores_appeared, 0) AS box_scores_appeared,
  CAST(NULL AS STRING) AS box_scores_missing,
  CAST(NULL AS STRING) AS box_scores_extra,
  g.box_scores_first_write AS box_scores_first_write,
  g.box_scores_last_write AS box_scores_last_write,
  COALESCE(g.analytics_rows, 0) AS analytics_rows,
  COALESCE(g.analytics_listed, 0) AS analytics_listed,
  COALESCE(g.analytics_appeared, 0) AS analytics_appeared,
  g.analytics_missing AS analytics_missing,
  g.analytics_extra AS analytics_extra,
  g.analytics_first_write AS analytics_first_write,
  g.analytics_last_write AS analytics_last_write,
  COALESCE(g.features_rows, 0) AS features_rows,
  COALESCE(g.features_listed, 0) AS features_listed,
  COALESCE(g.features_appeared, 0) AS features_appeared,
  g.features_missing AS features_missing,
  g.features_extra AS features_extra,
  g.features_first_write AS features_first_write,
  g.features_last_write AS features_last_write,
  COALESCE(g.predictions_rows, 0) AS predictions_rows,
  COALESCE(g.predictions_listed, 0) AS predictions_listed,
  COALESCE(g.predictions_appeared, 0) AS predictions_appeared,
  g.predictions_missing AS predictions_missing,
  g.predictions_extra AS predictions_extra,
  g.predictions_first_write AS predictions_first_write,
  g.predictions_last_write AS predictions_last_write,
  COALESCE(g.grading_rows, 0) AS grading_rows,
  COALESCE(g.grading_listed, 0) AS grading_listed,
  COALESCE(g.grading_appeared, 0) AS grading_appeared,
  g.grading_missing AS grading_missing,
  g.grading_extra AS grading_extra,
  g.grading_first_write AS grading_first_write,
  g.grading_last_write AS grading_last_write
FROM standing AS s
JOIN words AS w ON w.game_id = s.game_id AND w.game_date = s.game_date
JOIN dates AS d ON d.game_id = s.game_id AND d.game_date = s.game_date
LEFT JOIN games AS g ON g.game_id = CONCAT(FORMAT_DATE('%Y%m%d', s.game_date), '_', s.away, '_', s.home)
WHERE s.game_date BETWEEN @first AND @last
ORDER BY game_date, tip_off, nba_game_id
