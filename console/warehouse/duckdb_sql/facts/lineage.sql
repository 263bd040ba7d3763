-- Generated from checks/facts/lineage.sql by `python -m console.warehouse.translate`: do not edit.
WITH scrapes AS (
  SELECT
    s.game_id,
    s.game_date,
    COALESCE(s.game_date_est, CAST(s.game_date AS TIMESTAMP) AT TIME ZONE 'America/New_York') AS tip_off,
    s.arena_timezone,
    s.away_team_tricode AS away,
    s.home_team_tricode AS home,
    s.game_status,
    s.game_status_text AS status_text,
    s.away_team_score AS away_score,
    s.home_team_score AS home_score,
    COALESCE(s.processed_at, s.created_at) AS seen_at
  FROM nba_raw.nbac_schedule AS s
  WHERE
    s.game_date BETWEEN CAST($first - INTERVAL '3' DAY AS DATE) AND CAST($last + INTERVAL '21' DAY AS DATE)
    AND COALESCE(s.processed_at, s.created_at) <= $as_of
    AND NOT s.away_team_tricode IS NULL
    AND NOT s.home_team_tricode IS NULL
    AND COALESCE(s.is_all_star, FALSE) = FALSE
), standing AS (
  SELECT
    *
  FROM scrapes AS s
  WHERE
    TRUE
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY s.game_id, s.game_date
      ORDER BY s.game_status DESC, s.seen_at DESC, s.status_text NULLS FIRST, s.tip_off NULLS FIRST
    ) = 1
), words AS (
  SELECT
    s.game_id,
    s.game_date,
    BOOL_OR(
      CAST(LOWER(s.status_text) LIKE '%postpon%'
      OR LOWER(s.status_text) LIKE '%cancel%'
      OR LOWER(s.status_text) LIKE 'ppd%' AS BOOLEAN)
    ) AS ever_postponed
  FROM scrapes AS s
  WHERE
    s.game_date BETWEEN $first AND $last
  GROUP BY
    s.game_id,
    s.game_date
), meetings AS (
  SELECT
    t.game_id,
    t.game_date,
    CASE
      WHEN o.game_id = t.game_id AND o.game_date <> t.game_date
      THEN CAST(o.game_date AS TEXT)
      ELSE NULL
    END AS other_date,
    CASE WHEN o.game_id <> t.game_id THEN CAST(o.game_date AS TEXT) ELSE NULL END AS rematch_date
  FROM standing AS t
  JOIN standing AS o
    ON (
      o.game_id = t.game_id OR (
        o.away = t.away AND o.home = t.home
      )
    )
    AND DATE_DIFF('DAY', t.game_date, o.game_date) BETWEEN -3 AND 21
  WHERE
    t.game_date BETWEEN $first AND $last
), dates AS (
  SELECT
    m.game_id,
    m.game_date,
    LISTAGG(DISTINCT m.other_date, ','
    ORDER BY
      m.other_date NULLS FIRST) AS other_dates,
    LISTAGG(DISTINCT m.rematch_date, ','
    ORDER BY
      m.rematch_date NULLS FIRST) AS rematch_dates
  FROM meetings AS m
  GROUP BY
    m.game_id,
    m.game_date
), entries AS (
  SELECT
    b.game_id,
    b.player_lookup,
    'box_scores' AS stage,
    COALESCE(TRY_CAST(REPLACE(b.minutes, ':', '.') AS DOUBLE) > 0, FALSE) AS marked,
    COALESCE(b.created_at, b.processed_at) AS first_write,
    CASE WHEN b.processed_at <= $as_of THEN b.processed_at ELSE b.created_at END AS last_write
  FROM nba_raw.bdl_player_boxscores AS b
  WHERE
    b.game_date BETWEEN $first AND $last
    AND COALESCE(b.created_at, b.processed_at) <= $as_of
  UNION ALL
  SELECT
    a.game_id,
    a.player_lookup,
    'analytics' AS stage,
    COALESCE(a.is_active, TRUE) AS marked,
    COALESCE(a.created_at, a.processed_at) AS first_write,
    CASE WHEN a.processed_at <= $as_of THEN a.processed_at ELSE a.created_at END AS last_write
  FROM nba_analytics.player_game_summary AS a
  WHERE
    a.game_date BETWEEN $first AND $last
    AND COALESCE(a.created_at, a.processed_at) <= $as_of
  UNION ALL
  SELECT
    f.game_id,
    f.player_lookup,
    'features' AS stage,
    COALESCE(f.is_production_ready, TRUE) AS marked,
    COALESCE(f.created_at, f.updated_at) AS first_write,
    CASE WHEN f.updated_at <= $as_of THEN f.updated_at ELSE f.created_at END AS last_write
  FROM nba_predictions.ml_feature_store_v2 AS f
  WHERE
    f.game_date BETWEEN $first AND $last
    AND COALESCE(f.created_at, f.updated_at) <= $as_of
  UNION ALL
  SELECT
    p.game_id,
    p.player_lookup,
    'predictions' AS stage,
    TRUE AS marked,
    COALESCE(p.created_at, p.updated_at) AS first_write,
    CASE WHEN p.updated_at <= $as_of THEN p.updated_at ELSE p.created_at END AS last_write
  FROM nba_predictions.player_prop_predictions AS p
  WHERE
    p.game_date BETWEEN $first AND $last
    AND COALESCE(p.created_at, p.updated_at) <= $as_of
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
  WHERE
    g.game_date BETWEEN $first AND $last
    AND g.graded_at <= $as_of
    AND g.system_id = 'catboost_v8'
), players AS (
  SELECT
    e.game_id,
    e.player_lookup,
    BOOL_OR(CAST(e.stage = 'box_scores' AS BOOLEAN)) AS in_box_scores,
    BOOL_OR(CAST(e.stage = 'box_scores' AND e.marked AS BOOLEAN)) AS appeared,
    BOOL_OR(CAST(e.stage = 'analytics' AND e.marked AS BOOLEAN)) AS in_analytics,
    BOOL_OR(CAST(e.stage = 'features' AS BOOLEAN)) AS in_features,
    BOOL_OR(CAST(e.stage = 'features' AND e.marked AS BOOLEAN)) AS is_ready,
    BOOL_OR(CAST(e.stage = 'predictions' AS BOOLEAN)) AS in_predictions,
    BOOL_OR(CAST(e.stage = 'grading' AS BOOLEAN)) AS in_grading,
    BOOL_OR(CAST(e.stage = 'grading' AND NOT e.marked AS BOOLEAN)) AS is_judged,
    COUNT(CASE WHEN e.stage = 'box_scores' THEN 1 ELSE NULL END) AS box_scores_rows,
    MIN(CASE WHEN e.stage = 'box_scores' THEN e.first_write ELSE NULL END) AS box_scores_first_write,
    MAX(CASE WHEN e.stage = 'box_scores' THEN e.last_write ELSE NULL END) AS box_scores_last_write,
    COUNT(CASE WHEN e.stage = 'analytics' THEN 1 ELSE NULL END) AS analytics_rows,
    MIN(CASE WHEN e.stage = 'analytics' THEN e.first_write ELSE NULL END) AS analytics_first_write,
    MAX(CASE WHEN e.stage = 'analytics' THEN e.last_write ELSE NULL END) AS analytics_last_write,
    COUNT(CASE WHEN e.stage = 'features' THEN 1 ELSE NULL END) AS features_rows,
    MIN(CASE WHEN e.stage = 'features' THEN e.first_write ELSE NULL END) AS features_first_write,
    MAX(CASE WHEN e.stage = 'features' THEN e.last_write ELSE NULL END) AS features_last_write,
    COUNT(CASE WHEN e.stage = 'predictions' THEN 1 ELSE NULL END) AS predictions_rows,
    MIN(CASE WHEN e.stage = 'predictions' THEN e.first_write ELSE NULL END) AS predictions_first_write,
    MAX(CASE WHEN e.stage = 'predictions' THEN e.last_write ELSE NULL END) AS predictions_last_write,
    COUNT(CASE WHEN e.stage = 'grading' THEN 1 ELSE NULL END) AS grading_rows,
    MIN(CASE WHEN e.stage = 'grading' THEN e.first_write ELSE NULL END) AS grading_first_write,
    MAX(CASE WHEN e.stage = 'grading' THEN e.last_write ELSE NULL END) AS grading_last_write
  FROM entries AS e
  GROUP BY
    e.game_id,
    e.player_lookup
), games AS (
  SELECT
    p.game_id,
    SUM(p.box_scores_rows) AS box_scores_rows,
    COUNT(CASE WHEN p.in_box_scores THEN p.player_lookup ELSE NULL END) AS box_scores_listed,
    COUNT(CASE WHEN p.appeared THEN p.player_lookup ELSE NULL END) AS box_scores_appeared,
    MIN(p.box_scores_first_write) AS box_scores_first_write,
    MAX(p.box_scores_last_write) AS box_scores_last_write,
    SUM(p.analytics_rows) AS analytics_rows,
    COUNT(CASE WHEN p.in_analytics THEN p.player_lookup ELSE NULL END) AS analytics_listed,
    COUNT(CASE WHEN p.in_analytics AND p.appeared THEN p.player_lookup ELSE NULL END) AS analytics_appeared,
    LISTAGG(
      
        CASE WHEN p.appeared AND NOT p.in_analytics THEN p.player_lookup ELSE NULL END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS analytics_missing,
    LISTAGG(
      
        CASE WHEN p.in_analytics AND NOT p.appeared THEN p.player_lookup ELSE NULL END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS analytics_extra,
    MIN(p.analytics_first_write) AS analytics_first_write,
    MAX(p.analytics_last_write) AS analytics_last_write,
    SUM(p.features_rows) AS features_rows,
    COUNT(CASE WHEN p.in_features THEN p.player_lookup ELSE NULL END) AS features_listed,
    COUNT(CASE WHEN p.in_features AND p.appeared THEN p.player_lookup ELSE NULL END) AS features_appeared,
    LISTAGG(
      
        CASE WHEN p.in_analytics AND NOT p.in_features THEN p.player_lookup ELSE NULL END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS features_missing,
    CASE
      WHEN COUNT(CASE WHEN p.in_analytics THEN 1 ELSE NULL END) = 0
      THEN NULL
      ELSE LISTAGG(
        
          CASE WHEN p.in_features AND NOT p.in_analytics THEN p.player_lookup ELSE NULL END,
          ','
        
        ORDER BY
          p.player_lookup NULLS FIRST
      )
    END AS features_extra,
    MIN(p.features_first_write) AS features_first_write,
    MAX(p.features_last_write) AS features_last_write,
    SUM(p.predictions_rows) AS predictions_rows,
    COUNT(CASE WHEN p.in_predictions THEN p.player_lookup ELSE NULL END) AS predictions_listed,
    COUNT(CASE WHEN p.in_predictions AND p.appeared THEN p.player_lookup ELSE NULL END) AS predictions_appeared,
    LISTAGG(
      
        CASE WHEN p.is_ready AND NOT p.in_predictions THEN p.player_lookup ELSE NULL END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS predictions_missing,
    LISTAGG(
      
        CASE WHEN p.in_predictions AND NOT p.is_ready THEN p.player_lookup ELSE NULL END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS predictions_extra,
    MIN(p.predictions_first_write) AS predictions_first_write,
    MAX(p.predictions_last_write) AS predictions_last_write,
    SUM(p.grading_rows) AS grading_rows,
    COUNT(CASE WHEN p.in_grading THEN p.player_lookup ELSE NULL END) AS grading_listed,
    COUNT(CASE WHEN p.in_grading AND p.appeared THEN p.player_lookup ELSE NULL END) AS grading_appeared,
    LISTAGG(
      
        CASE
          WHEN p.in_predictions AND p.appeared AND NOT p.in_grading
          THEN p.player_lookup
          ELSE NULL
        END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS grading_missing,
    LISTAGG(
      
        CASE
          WHEN (
            p.in_grading AND NOT p.in_predictions
          )
          OR (
            p.is_judged AND NOT p.appeared
          )
          THEN p.player_lookup
          ELSE NULL
        END,
        ','
      
      ORDER BY
        p.player_lookup NULLS FIRST
    ) AS grading_extra,
    MIN(p.grading_first_write) AS grading_first_write,
    MAX(p.grading_last_write) AS grading_last_write
  FROM players AS p
  GROUP BY
    p.game_id
)
SELECT
  s.game_id AS nba_game_id,
  STRFTIME(CAST(s.game_date AS DATE), '%Y%m%d') || '_' || s.away || '_' || s.home AS bdl_game_id,
  s.game_date AS game_date,
  EPOCH_US(s.tip_off) AS tip_off,
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
  EPOCH_US(s.seen_at) AS schedule_seen_at,
  COALESCE(g.box_scores_rows, 0) AS box_scores_rows,
  COALESCE(g.box_scores_listed, 0) AS box_scores_listed,
  COALESCE(g.box_scores_appeared, 0) AS box_scores_appeared,
  CAST(NULL AS TEXT) AS box_scores_missing,
  CAST(NULL AS TEXT) AS box_scores_extra,
  EPOCH_US(g.box_scores_first_write) AS box_scores_first_write,
  EPOCH_US(g.box_scores_last_write) AS box_scores_last_write,
  COALESCE(g.analytics_rows, 0) AS analytics_rows,
  COALESCE(g.analytics_listed, 0) AS analytics_listed,
  COALESCE(g.analytics_appeared, 0) AS analytics_appeared,
  g.analytics_missing AS analytics_missing,
  g.analytics_extra AS analytics_extra,
  EPOCH_US(g.analytics_first_write) AS analytics_first_write,
  EPOCH_US(g.analytics_last_write) AS analytics_last_write,
  COALESCE(g.features_rows, 0) AS features_rows,
  COALESCE(g.features_listed, 0) AS features_listed,
  COALESCE(g.features_appeared, 0) AS features_appeared,
  g.features_missing AS features_missing,
  g.features_extra AS features_extra,
  EPOCH_US(g.features_first_write) AS features_first_write,
  EPOCH_US(g.features_last_write) AS features_last_write,
  COALESCE(g.predictions_rows, 0) AS predictions_rows,
  COALESCE(g.predictions_listed, 0) AS predictions_listed,
  COALESCE(g.predictions_appeared, 0) AS predictions_appeared,
  g.predictions_missing AS predictions_missing,
  g.predictions_extra AS predictions_extra,
  EPOCH_US(g.predictions_first_write) AS predictions_first_write,
  EPOCH_US(g.predictions_last_write) AS predictions_last_write,
  COALESCE(g.grading_rows, 0) AS grading_rows,
  COALESCE(g.grading_listed, 0) AS grading_listed,
  COALESCE(g.grading_appeared, 0) AS grading_appeared,
  g.grading_missing AS grading_missing,
  g.grading_extra AS grading_extra,
  EPOCH_US(g.grading_first_write) AS grading_first_write,
  EPOCH_US(g.grading_last_write) AS grading_last_write
FROM standing AS s
JOIN words AS w
  ON w.game_id = s.game_id AND w.game_date = s.game_date
JOIN dates AS d
  ON d.game_id = s.game_id AND d.game_date = s.game_date
LEFT JOIN games AS g
  ON g.game_id = STRFTIME(CAST(s.game_date AS DATE), '%Y%m%d') || '_' || s.away || '_' || s.home
WHERE
  s.game_date BETWEEN $first AND $last
ORDER BY
  game_date NULLS FIRST,
  tip_off NULLS FIRST,
  nba_game_id NULLS FIRST
