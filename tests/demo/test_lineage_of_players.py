"""Which players each stage of the demo holds, and when they were written."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.demo.queries import APPEARED

LOOKUPS = f"(SELECT player_lookup, game_id FROM nba_raw.bdl_player_boxscores WHERE {APPEARED})"
PREDICTED = (
    "(SELECT player_lookup, game_id FROM nba_predictions.player_prop_predictions "
    "WHERE system_id = 'catboost_v8' AND is_active)"
)


def rows(demo: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return demo.execute(sql).fetchall()


def test_everyone_who_appeared_is_in_the_analytics_with_minutes(demo: duckdb.DuckDBPyConnection) -> None:
    lost = rows(
        demo,
        f"SELECT * FROM {LOOKUPS} WHERE left(game_id, 8) < '20260126' AND (player_lookup, game_id) NOT IN "
        "(SELECT (player_lookup, game_id) FROM nba_analytics.player_game_summary WHERE minutes_played > 0)",
    )
    assert lost == []


def test_nobody_has_minutes_in_the_analytics_without_having_appeared(demo: duckdb.DuckDBPyConnection) -> None:
    invented = rows(
        demo,
        "SELECT player_lookup, game_id FROM nba_analytics.player_game_summary "
        f"WHERE minutes_played > 0 AND (player_lookup, game_id) NOT IN (SELECT (player_lookup, game_id) FROM {LOOKUPS})",
    )
    assert invented == []


def test_players_without_a_box_score_row_stand_in_the_analytics_of_three_games_of_the_24th(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    surplus = rows(
        demo,
        "SELECT game_id, count(*) FROM nba_analytics.player_game_summary WHERE (player_lookup, game_id) NOT IN "
        "(SELECT (player_lookup, game_id) FROM nba_raw.bdl_player_boxscores) GROUP BY game_id ORDER BY game_id",
    )
    assert surplus == [("20260124_BOS_CHI", 1), ("20260124_CLE_ORL", 1), ("20260124_MIA_UTA", 2)]


def test_a_player_who_did_not_play_is_spelled_in_three_ways(demo: duckdb.DuckDBPyConnection) -> None:
    spelled = rows(
        demo,
        f"SELECT DISTINCT minutes FROM nba_raw.bdl_player_boxscores WHERE ({APPEARED}) IS NOT TRUE ORDER BY minutes",
    )
    assert spelled == [("",), ("00",), (None,)]


def test_points_of_the_players_are_the_score_of_the_team(demo: duckdb.DuckDBPyConnection) -> None:
    wrong = rows(
        demo,
        """
        WITH scored AS (
          SELECT game_id, team_abbr, sum(points) AS points FROM nba_raw.bdl_player_boxscores GROUP BY ALL
        ), scores AS (
          SELECT DISTINCT strftime(game_date, '%Y%m%d_') || away_team_tricode || '_' || home_team_tricode AS game_id,
                 unnest([away_team_tricode, home_team_tricode]) AS team_abbr,
                 unnest([away_team_score, home_team_score]) AS points
          FROM nba_raw.nbac_schedule WHERE game_status = 3 AND home_team_score IS NOT NULL
        )
        SELECT game_id FROM scored JOIN scores USING (game_id, team_abbr) WHERE scored.points <> scores.points
        """,
    )
    assert wrong == []


@pytest.mark.parametrize("day", [20, 22, 23, 24, 25])
def test_features_hold_everyone_who_appeared_where_as_many_were_expected(
    demo: duckdb.DuckDBPyConnection, day: int
) -> None:
    lost = rows(
        demo,
        f"SELECT player_lookup FROM {LOOKUPS} WHERE left(game_id, 8) = '202601{day}' AND (player_lookup, game_id) NOT IN "
        "(SELECT (player_lookup, game_id) FROM nba_predictions.ml_feature_store_v2 WHERE is_production_ready)",
    )
    assert lost == []


def test_predicted_players_are_production_ready_feature_players_who_appeared_in_games_that_were_played(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    ready = "(SELECT (player_lookup, game_id) FROM nba_predictions.ml_feature_store_v2 WHERE is_production_ready)"
    assert rows(demo, f"SELECT * FROM {PREDICTED} WHERE (player_lookup, game_id) NOT IN {ready}") == []
    unplayed = rows(
        demo,
        f"SELECT DISTINCT game_id FROM {PREDICTED} WHERE (player_lookup, game_id) NOT IN "
        f"(SELECT (player_lookup, game_id) FROM {LOOKUPS}) ORDER BY game_id",
    )
    assert unplayed == [("20260124_GSW_MIN",), ("20260125_DAL_MIL",), ("20260125_DEN_MEM",)]


def test_each_predicted_player_has_one_active_row_of_the_production_system(demo: duckdb.DuckDBPyConnection) -> None:
    assert rows(demo, f"SELECT * FROM {PREDICTED} GROUP BY ALL HAVING count(*) > 1") == []


@pytest.mark.parametrize("table", ["bdl_player_boxscores", "odds_api_player_points_props"])
def test_no_player_stands_twice_where_once_is_right(demo: duckdb.DuckDBPyConnection, table: str) -> None:
    key = "game_id, player_lookup" + (", bookmaker, snapshot_timestamp" if table.startswith("odds") else "")
    assert rows(demo, f"SELECT {key} FROM nba_raw.{table} GROUP BY ALL HAVING count(*) > 1") == []


def test_grading_holds_the_predictions_of_players_who_appeared_once_per_system(demo: duckdb.DuckDBPyConnection) -> None:
    graded = "SELECT game_id, player_lookup, system_id FROM nba_predictions.prediction_accuracy"
    assert rows(demo, f"{graded} GROUP BY ALL HAVING count(*) > 1") == []
    active = "SELECT game_id, player_lookup, system_id FROM nba_predictions.player_prop_predictions WHERE is_active"
    assert rows(demo, f"{graded} EXCEPT {active}") == []
    appeared = f"(SELECT (player_lookup, game_id) FROM {LOOKUPS})"
    assert rows(demo, f"SELECT * FROM ({graded}) WHERE (player_lookup, game_id) NOT IN {appeared}") == []


def test_points_lines_are_of_exactly_the_predicted_players_in_two_snapshots(demo: duckdb.DuckDBPyConnection) -> None:
    lines = "SELECT player_lookup, game_id FROM nba_raw.odds_api_player_points_props"
    assert rows(demo, f"{lines} EXCEPT SELECT * FROM {PREDICTED}") == []
    assert rows(demo, f"SELECT * FROM {PREDICTED} EXCEPT {lines}") == []
    snapshots = rows(
        demo,
        "SELECT DISTINCT count(DISTINCT snapshot_timestamp) FROM nba_raw.odds_api_player_points_props GROUP BY game_date",
    )
    assert snapshots == [(2,)]


def test_scores_and_predictions_vary(demo: duckdb.DuckDBPyConnection) -> None:
    (varied,) = rows(
        demo,
        "SELECT min(scores), min(points) FROM "
        "(SELECT game_date, count(DISTINCT feature_quality_score) AS scores "
        "FROM nba_predictions.ml_feature_store_v2 GROUP BY 1) JOIN "
        "(SELECT game_date, count(DISTINCT predicted_points) AS points "
        "FROM nba_predictions.player_prop_predictions GROUP BY 1) USING (game_date)",
    )
    assert min(varied) > 50


def test_the_rolling_window_is_complete_on_average(demo: duckdb.DuckDBPyConnection) -> None:
    means = rows(
        demo, "SELECT avg(completeness_percentage) FROM nba_predictions.ml_feature_store_v2 GROUP BY game_date"
    )
    assert min(means)[0] >= 95


def test_every_box_score_is_written_25_minutes_after_the_planned_end_of_the_game(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    delays = rows(
        demo,
        """
        WITH tips AS (
          SELECT strftime(game_date, '%Y%m%d_') || away_team_tricode || '_' || home_team_tricode AS game_id,
                 arg_max(game_date_est, processed_at) AS tip FROM nba_raw.nbac_schedule GROUP BY 1
        )
        SELECT DISTINCT created_at - tip FROM nba_raw.bdl_player_boxscores JOIN tips USING (game_id)
        """,
    )
    assert [delay.total_seconds() / 60 for (delay,) in delays] == [165 + 25]
