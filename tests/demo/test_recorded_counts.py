"""Every number of the tables of the January 2026 outage holds in the built file."""

from __future__ import annotations

from typing import Any, NamedTuple

import duckdb
import pytest

from tests.demo.queries import APPEARED, january


class OfDate(NamedTuple):
    """One line of the recorded table per date, in its order."""

    day: int
    scheduled: int
    box_score_games: int
    played: int
    box_score_rows: int
    analytics: int
    appeared: int
    mean: float | None
    low_percent: float | None
    predicted: int
    expected: int
    predictions: int
    graded: int


PER_DATE = (
    OfDate(19, 9, 9, 9, 316, 227, 198, None, None, 52, 156, 825, 274),
    OfDate(20, 7, 7, 7, 245, 147, 147, 78.96, 1.8, 80, 169, 1283, 382),
    OfDate(21, 7, 7, 7, 247, 156, 156, 76.71, 0.4, 46, 143, 432, 241),
    OfDate(22, 8, 8, 8, 282, 282, 165, 75.49, 8.8, 82, 184, 609, 449),
    OfDate(23, 8, 8, 8, 281, 281, 160, 69.07, 23.1, 85, 247, 5193, 21),
    OfDate(24, 7, 6, 6, 209, 183, 121, 64.43, 74.6, 65, 181, 486, 124),
    OfDate(25, 8, 6, 6, 212, 139, 139, None, None, 99, 204, 936, 0),
)

BY_DATE = {
    "scheduled": "SELECT count(DISTINCT game_id) FROM nba_raw.nbac_schedule WHERE game_date = ?",
    "box_score_games": "SELECT count(DISTINCT game_id) FROM nba_raw.bdl_player_boxscores WHERE game_date = ?",
    "played": f"SELECT count(DISTINCT game_id) FROM nba_raw.bdl_player_boxscores WHERE game_date = ? AND {APPEARED}",
    "box_score_rows": "SELECT count(*) FROM nba_raw.bdl_player_boxscores WHERE game_date = ?",
    "analytics": "SELECT count(DISTINCT player_lookup) FROM nba_analytics.player_game_summary "
    "WHERE game_date = ? AND is_active",
    "appeared": "SELECT count(DISTINCT player_lookup) FROM nba_raw.bdl_player_boxscores "
    f"WHERE game_date = ? AND {APPEARED}",
    "mean": "SELECT avg(feature_quality_score)::DOUBLE FROM nba_predictions.ml_feature_store_v2 WHERE game_date = ?",
    "low_percent": "SELECT round(100.0 * count_if(feature_quality_score < 65) / count(*), 1) "
    "FROM nba_predictions.ml_feature_store_v2 WHERE game_date = ?",
    "predicted": "SELECT count(DISTINCT player_lookup) FROM nba_predictions.player_prop_predictions "
    "WHERE game_date = ? AND system_id = 'catboost_v8' AND is_active",
    "expected": "SELECT count(DISTINCT player_lookup) FROM nba_predictions.ml_feature_store_v2 "
    "WHERE game_date = ? AND is_production_ready",
    "predictions": "SELECT count(*) FROM nba_predictions.player_prop_predictions WHERE game_date = ?",
    "graded": "SELECT count(*) FROM nba_predictions.prediction_accuracy WHERE game_date = ?",
}


RECORDED = [(line.day, what, getattr(line, what)) for line in PER_DATE for what in BY_DATE]


@pytest.mark.parametrize(("day", "what", "recorded"), [item for item in RECORDED if item[2] is not None])
def test_the_recorded_number_of_the_date_holds(
    demo: duckdb.DuckDBPyConnection, day: int, what: str, recorded: float
) -> None:
    assert _one(demo, BY_DATE[what], january(day)) == pytest.approx(recorded, abs=1e-9)


PER_GAME = (
    # game, NBA id, box-score rows, analytics rows, appeared, prediction rows, graded rows
    ("NYK@PHI", "0022500643", 34, 19, 19, 94, 47),
    ("WAS@CHA", "0022500645", 35, 20, 20, 72, 42),
    ("CLE@ORL", "0022500646", 34, 35, 20, 71, 0),
    ("BOS@CHI", "0022500647", 35, 36, 20, 78, 0),
    ("LAL@DAL", "0022500648", 36, 36, 21, 80, 35),
    ("MIA@UTA", "0022500649", 35, 37, 21, 36, 0),
    ("GSW@MIN", "0022500644", 0, 0, 0, 55, 0),
)


@pytest.mark.parametrize("line", PER_GAME, ids=lambda line: line[0])
def test_the_recorded_numbers_of_the_game_of_the_24th_hold(
    demo: duckdb.DuckDBPyConnection, line: tuple[str, str, int, int, int, int, int]
) -> None:
    label, nba_id, *recorded = line
    away, home = label.split("@")
    game = f"20260124_{away}_{home}"
    scheduled = "SELECT DISTINCT away_team_tricode || '@' || home_team_tricode FROM nba_raw.nbac_schedule "
    assert _one(demo, f"{scheduled} WHERE game_id = ? AND game_date = '2026-01-24'", nba_id) == label
    counts = [
        _one(demo, f"SELECT count(*) FROM {source}", game)
        for source in (
            "nba_raw.bdl_player_boxscores WHERE game_id = ?",
            "nba_analytics.player_game_summary WHERE game_id = ?",
            f"nba_raw.bdl_player_boxscores WHERE game_id = ? AND {APPEARED}",
            "nba_predictions.player_prop_predictions WHERE game_id = ?",
            "nba_predictions.prediction_accuracy WHERE game_id = ?",
        )
    ]
    assert counts == recorded


def _one(demo: duckdb.DuckDBPyConnection, sql: str, value: object) -> Any:
    row = demo.execute(sql, [value]).fetchone()
    assert row is not None
    return row[0]
