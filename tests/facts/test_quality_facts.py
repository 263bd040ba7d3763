"""Feature quality, prop coverage, streaming conflicts and freshness."""

from __future__ import annotations

from typing import Any

from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.freshness import FRESHNESS, TableFreshness
from checks.facts.prop_coverage import PROP_COVERAGE
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS
from tests.builders import at
from tests.facts.tables import DAY, LAL_DAL, NEXT_DAY, Tables


def test_the_scores_of_a_date_are_counted_and_averaged(tables: Tables) -> None:
    tables.features("a", feature_quality_score=60.5, expected_games_count=10, actual_games_count=7)
    tables.features("b", feature_quality_score=64.99, is_production_ready=False, completeness_percentage=70.0)
    tables.features("b", feature_quality_score=65, is_production_ready=None, completeness_percentage=80.0)
    tables.features("c", feature_quality_score=65, insufficient_data_reason="early season", expected_games_count=10)
    (found,) = tables.ask(FEATURE_QUALITY)
    assert (found.game_date, found.rows, found.players) == (DAY, 4, 3)
    assert (found.mean_score, found.least_score) == (63.8725, 60.5)
    assert (found.low_quality, found.distinct_scores, found.production_ready) == (2, 3, 2)
    assert (found.window_expected, found.window_actual, found.mean_completeness_percent) == (20, 7, 75.0)
    assert found.insufficient == 1


def test_a_date_whose_rows_have_no_score_has_no_mean(tables: Tables) -> None:
    tables.features("a")
    (found,) = tables.ask(FEATURE_QUALITY)
    assert (found.rows, found.mean_score, found.least_score) == (1, None, None)
    assert (found.low_quality, found.distinct_scores, found.window_expected) == (0, 0, 0)


def test_features_made_later_do_not_count_and_dates_come_in_order(tables: Tables) -> None:
    tables.features("a", game_date=NEXT_DAY, created_at=at("2026-01-25T16:00"))
    tables.features("a")
    tables.features("b", created_at=at("2026-01-24T16:01"))
    early = tables.ask(FEATURE_QUALITY, "2026-01-24T16:00", DAY, NEXT_DAY)
    late = tables.ask(FEATURE_QUALITY, "2026-01-25T16:00", DAY, NEXT_DAY)
    assert [(row.game_date, row.rows) for row in early] == [(DAY, 1)]
    assert [(row.game_date, row.rows) for row in late] == [(DAY, 2), (NEXT_DAY, 1)]


def line(tables: Tables, player: str, **changes: Any) -> None:
    values = {"game_date": DAY, "points_line": 24.5, "snapshot_timestamp": at("2026-01-24T15:00")}
    tables.add("nba_raw.odds_api_player_points_props", player_lookup=player, **{**values, **changes})


def test_a_player_with_a_line_and_no_active_production_prediction_is_unpredicted(tables: Tables) -> None:
    for player in ("predicted", "unpredicted", "othersystem", "withdrawn"):
        line(tables, player)
    tables.prediction("predicted")
    tables.prediction("othersystem", system_id="ensemble_v1")
    tables.prediction("withdrawn", is_active=False)
    tables.prediction("withoutline")
    (found,) = tables.ask(PROP_COVERAGE)
    assert (found.players_with_line, found.predicted) == (4, 1)
    assert found.unpredicted == ("othersystem", "unpredicted", "withdrawn")


def test_many_snapshots_of_a_line_are_one_player_with_a_first_and_a_last(tables: Tables) -> None:
    for hour in (16, 14, 18):
        line(tables, "a", snapshot_timestamp=at(f"2026-01-24T{hour}:00"))
    tables.prediction("a")
    tables.prediction("a", prediction_version=2)
    (found,) = tables.ask(PROP_COVERAGE, "2026-01-24T17:00")
    assert (found.players_with_line, found.predicted, found.unpredicted) == (1, 1, ())
    assert (found.first_line_at, found.last_line_at) == (at("2026-01-24T14:00"), at("2026-01-24T16:00"))


def test_a_snapshot_without_a_number_is_no_line(tables: Tables) -> None:
    line(tables, "a", points_line=None)
    tables.prediction("a")
    assert not tables.ask(PROP_COVERAGE)


def test_a_prediction_made_later_does_not_cover_yet(tables: Tables) -> None:
    line(tables, "a")
    tables.prediction("a", created_at=at("2026-01-24T16:30"))
    (before,) = tables.ask(PROP_COVERAGE, "2026-01-24T16:29")
    (after,) = tables.ask(PROP_COVERAGE, "2026-01-24T16:30")
    assert (before.unpredicted, after.unpredicted) == (("a",), ())


def conflict(tables: Tables, number: int, **changes: Any) -> None:
    values = {
        "conflict_id": f"c{number}",
        "timestamp": at(f"2026-01-24T{number:02d}:00"),
        "game_date": DAY,
        "game_id": LAL_DAL,
        "conflict_type": "streaming_buffer",
        "resolved": False,
        "retry_count": number,
    }
    tables.add("nba_orchestration.streaming_conflict_log", **{**values, **changes})


def test_conflicts_are_counted_per_game_and_kind(tables: Tables) -> None:
    conflict(tables, 1)
    conflict(tables, 2)
    conflict(tables, 3, conflict_type="already_processed")
    conflict(tables, 4, game_id=None)
    found = tables.ask(STREAMING_CONFLICTS)
    assert sorted((row.game_id or "", row.conflict_type, row.conflicts, row.most_retries) for row in found) == [
        ("", "streaming_buffer", 1, 4),
        (LAL_DAL, "already_processed", 1, 3),
        (LAL_DAL, "streaming_buffer", 2, 2),
    ]


def test_a_conflict_counts_as_resolved_from_the_minute_of_its_resolution(tables: Tables) -> None:
    conflict(tables, 1, resolved=True, resolution_time=at("2026-01-24T05:00"))
    conflict(tables, 2, resolved=True, resolution_time=None)
    conflict(tables, 3, resolved=None)
    unresolved = [
        tables.ask(STREAMING_CONFLICTS, when)[0].unresolved for when in ("2026-01-24T04:59", "2026-01-24T05:00")
    ]
    assert unresolved == [3, 2]


def test_a_conflict_that_comes_later_is_not_known_yet(tables: Tables) -> None:
    conflict(tables, 1)
    conflict(tables, 2)
    (found,) = tables.ask(STREAMING_CONFLICTS, "2026-01-24T01:59")
    assert (found.conflicts, found.first_at, found.last_at) == (1, at("2026-01-24T01:00"), at("2026-01-24T01:00"))


def fresh(tables: Tables, name: str, as_of: str = "2026-01-30T00:00") -> TableFreshness:
    (found,) = [row for row in tables.ask(FRESHNESS, as_of) if row.table_name == name]
    return found


def test_every_watched_table_is_named_also_when_it_is_empty(tables: Tables) -> None:
    found = tables.ask(FRESHNESS)
    assert {row.table_name for row in found} == set(FRESHNESS.tables)
    assert {(row.rows, row.newest_write) for row in found} == {(0, None)}


def test_the_newest_write_counts_only_what_was_written_by_then(tables: Tables) -> None:
    tables.schedule(processed_at=at("2026-01-24T10:00"))
    tables.schedule(processed_at=at("2026-01-24T11:00"))
    found = fresh(tables, "nba_raw.nbac_schedule", "2026-01-24T10:59")
    assert (found.rows, found.newest_write) == (1, at("2026-01-24T10:00"))


def test_a_table_that_is_rewritten_in_place_shows_the_rewriting_once_it_has_happened(tables: Tables) -> None:
    tables.prediction("a", created_at=at("2026-01-24T16:00"), updated_at=at("2026-01-24T18:00"))
    name = "nba_predictions.player_prop_predictions"
    assert fresh(tables, name, "2026-01-24T17:59").newest_write == at("2026-01-24T16:00")
    assert fresh(tables, name, "2026-01-24T18:00").newest_write == at("2026-01-24T18:00")


def test_scrapers_of_the_last_eastern_evening_count(tables: Tables) -> None:
    for number, when in enumerate(("2026-01-25T03:00", "2026-01-26T00:00")):
        tables.add("nba_orchestration.scraper_execution_log", execution_id=f"s{number}", triggered_at=at(when))
    found = fresh(tables, "nba_orchestration.scraper_execution_log")
    assert (found.rows, found.newest_write) == (1, at("2026-01-25T03:00"))
