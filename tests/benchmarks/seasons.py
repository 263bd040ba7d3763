"""Synthetic seasons of production size behind one ordinary week, for measuring how cost grows with history."""

from __future__ import annotations

from pathlib import Path

from console.warehouse.embedded import EmbeddedWarehouse

GAMES_A_SEASON = 1_230
GAMES_A_DAY = 8
LAST_DAY = "DATE '2026-01-24'"
SYSTEMS = ("catboost_v8", "xgboost_v1", "moving_average", "zone_matchup", "similarity", "ensemble_v1")

_GAMES = """
CREATE TEMP TABLE games AS
SELECT
  CAST(22500000 + i AS VARCHAR) AS game_id,
  CAST({last} - INTERVAL (i // {a_day}) DAY AS DATE) AS game_date,
  'A' || lpad(CAST(i % {a_day} AS VARCHAR), 2, '0') AS away,
  'H' || lpad(CAST(i % {a_day} AS VARCHAR), 2, '0') AS home,
  CAST({last} - INTERVAL (i // {a_day}) DAY AS TIMESTAMP) + INTERVAL 24 HOUR AS tip
FROM range({games}) AS r(i)
ORDER BY game_date
"""

_STATEMENTS = (
    """
    INSERT INTO nba_raw.nbac_schedule (game_id, game_date, game_date_est, game_status, game_status_text,
      home_team_tricode, away_team_tricode, arena_timezone, home_team_score, away_team_score, created_at, processed_at)
    SELECT game_id, game_date, tip AT TIME ZONE 'UTC', IF(s = 2, 3, 1), IF(s = 2, 'Final', '7:00 pm ET'), home, away,
      'America/New_York', IF(s = 2, 110, NULL), IF(s = 2, 104, NULL),
      (tip - INTERVAL 30 HOUR) AT TIME ZONE 'UTC', (tip - INTERVAL 30 HOUR + INTERVAL (s * 17) HOUR) AT TIME ZONE 'UTC'
    FROM games, range(3) AS scrapes(s) ORDER BY game_date
    """,
    """
    INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, team_abbr, player_lookup, minutes, points,
      created_at, processed_at)
    SELECT strftime(game_date, '%Y%m%d') || '_' || away || '_' || home, game_date, IF(p < 17, away, home),
      home || 'player' || p, IF(p % 17 < 10, '24:10', '00'), p, (tip + INTERVAL 3 HOUR) AT TIME ZONE 'UTC',
      (tip + INTERVAL 3 HOUR) AT TIME ZONE 'UTC'
    FROM games, range(34) AS players(p) ORDER BY game_date
    """,
    """
    INSERT INTO nba_analytics.player_game_summary (player_lookup, game_id, game_date, minutes_played, is_active,
      created_at, processed_at)
    SELECT player_lookup, game_id, game_date, 24, TRUE, created_at + INTERVAL 8 HOUR, created_at + INTERVAL 8 HOUR
    FROM nba_raw.bdl_player_boxscores WHERE minutes <> '00' ORDER BY game_date
    """,
    """
    INSERT INTO nba_predictions.ml_feature_store_v2 (player_lookup, game_date, game_id, feature_quality_score,
      is_production_ready, expected_games_count, actual_games_count, completeness_percentage, created_at)
    SELECT player_lookup, game_date, game_id, 76 + points % 7, TRUE, 10, 10, 100.0, created_at - INTERVAL 11 HOUR
    FROM nba_raw.bdl_player_boxscores WHERE minutes <> '00' ORDER BY game_date
    """,
    """
    INSERT INTO nba_predictions.player_prop_predictions (prediction_id, system_id, player_lookup, game_date, game_id,
      prediction_version, is_active, created_at)
    SELECT f.game_id || f.player_lookup || system, system, f.player_lookup, f.game_date, f.game_id, 1, TRUE,
      f.created_at + INTERVAL 30 MINUTE
    FROM nba_predictions.ml_feature_store_v2 AS f, (SELECT unnest({systems}) AS system) ORDER BY f.game_date
    """,
    """
    INSERT INTO nba_predictions.prediction_accuracy (player_lookup, game_id, game_date, system_id, graded_at)
    SELECT player_lookup, game_id, game_date, system_id, created_at + INTERVAL 22 HOUR
    FROM nba_predictions.player_prop_predictions ORDER BY game_date
    """,
    """
    INSERT INTO nba_raw.odds_api_player_points_props (game_id, game_date, player_lookup, bookmaker, points_line,
      snapshot_timestamp)
    SELECT game_id, game_date, player_lookup, 'book' || b, 12.5, created_at - INTERVAL 1 HOUR
    FROM nba_predictions.ml_feature_store_v2, range(4) AS books(b) ORDER BY game_date
    """,
    """
    INSERT INTO nba_orchestration.workflow_decisions (decision_id, decision_time, workflow_name, action)
    SELECT 'd' || h || '-' || w, (TIMESTAMP '2026-01-25 12:00:00' - INTERVAL (h) HOUR) AT TIME ZONE 'UTC',
      'workflow_' || w, 'SKIP'
    FROM range({hours}) AS hours(h), range(12) AS workflows(w) ORDER BY h DESC
    """,
    """
    INSERT INTO nba_reference.processor_run_history (processor_name, run_id, status, started_at, processed_at,
      data_date, phase)
    SELECT 'player_game_summary', 'r' || i, IF(s = 0, 'running', 'success'),
      (CAST({last} - INTERVAL (i) DAY AS TIMESTAMP) + INTERVAL 30 HOUR) AT TIME ZONE 'UTC',
      IF(s = 0, NULL, (CAST({last} - INTERVAL (i) DAY AS TIMESTAMP) + INTERVAL 31 HOUR) AT TIME ZONE 'UTC'),
      CAST({last} - INTERVAL (i) DAY AS DATE), 'phase_3'
    FROM range({days}) AS days(i), range(2) AS states(s) ORDER BY i DESC
    """,
)


def build_seasons(path: Path, seasons: int) -> None:
    """Build an embedded warehouse whose last date is 24 January 2026, with `seasons` of 1,230 games before it.

    About 270,000 rows a season, box scores, features, predictions of six systems, grades, odds and hourly decisions.
    """
    games = GAMES_A_SEASON * seasons
    days = games // GAMES_A_DAY
    sizes = {
        "last": LAST_DAY,
        "games": games,
        "a_day": GAMES_A_DAY,
        "days": days,
        "hours": days * 24,
        "systems": list(SYSTEMS),
    }

    warehouse = EmbeddedWarehouse(path)
    warehouse.apply_schema()
    with warehouse.write() as connection:
        for statement in (_GAMES, *_STATEMENTS):
            connection.execute(statement.format(**sizes))
