"""Lineage, the stages' half: rows, players listed, players who appeared, and the differences between neighbours."""

from __future__ import annotations

import pytest

from checks.facts.lineage import LINEAGE, GameLineage
from tests.builders import at, counts
from tests.facts.tables import DAY, NEXT_DAY, Tables


@pytest.fixture
def game(tables: Tables) -> Tables:
    tables.schedule()
    return tables


def seen(tables: Tables, as_of: str = "2026-01-30T00:00") -> GameLineage:
    (found,) = tables.ask(LINEAGE, as_of)
    return found


def test_a_game_that_no_stage_knows_has_zeros_and_no_names(game: Tables) -> None:
    found = seen(game)
    for stage in (found.box_scores, found.analytics, found.features, found.predictions, found.grading):
        assert stage == counts()


@pytest.mark.parametrize(
    ("minutes", "appeared"),
    [
        ("34:12", 1),
        ("34", 1),
        ("34.5", 1),
        ("0:30", 1),
        ("00:01", 1),
        ("00", 0),
        ("0", 0),
        ("0:00", 0),
        ("00:00", 0),
        ("", 0),
        (None, 0),
        ("DNP", 0),
    ],
)
def test_who_has_minutes_appeared(game: Tables, minutes: str | None, appeared: int) -> None:
    game.box_score("lukadoncic", minutes)
    found = seen(game).box_scores
    assert (found.listed, found.appeared) == (1, appeared)


def test_a_player_in_two_rows_is_listed_once_and_appeared_when_either_row_has_minutes(game: Tables) -> None:
    game.box_score("lukadoncic", "00")
    game.box_score("lukadoncic", "34:12")
    game.box_score("bronnyjames", None)
    found = seen(game).box_scores
    assert (found.rows, found.listed, found.appeared) == (3, 2, 1)


def test_analytics_miss_who_appeared_and_have_extra_who_did_not(game: Tables) -> None:
    game.box_score("appearedonly")
    game.box_score("both")
    game.box_score("benched", "00")
    game.analytics("both")
    game.analytics("benched")
    found = seen(game).analytics
    assert (found.rows, found.listed, found.appeared) == (2, 2, 1)
    assert (found.missing, found.extra) == (("appearedonly",), ("benched",))


def test_analytics_rows_of_inactive_players_are_rows_but_not_listed(game: Tables) -> None:
    game.box_score("benched", None)
    game.analytics("benched", is_active=False)
    game.analytics("unmarked", is_active=None)
    found = seen(game).analytics
    assert (found.rows, found.listed, found.extra) == (2, 1, ("unmarked",))


def test_features_are_not_compared_before_analytics_exist(game: Tables) -> None:
    game.features("a")
    found = seen(game).features
    assert (found.listed, found.missing, found.extra) == (1, (), ())


def test_features_are_compared_with_the_players_that_analytics_list(game: Tables) -> None:
    game.analytics("both")
    game.analytics("nofeatures")
    game.analytics("inactive", is_active=False)
    game.features("both")
    game.features("noanalytics")
    found = seen(game).features
    assert (found.missing, found.extra) == (("nofeatures",), ("noanalytics",))


def test_predictions_are_compared_with_the_features_ready_for_production(game: Tables) -> None:
    game.features("both")
    game.features("ready")
    game.features("unmarked", is_production_ready=None)
    game.features("notready", is_production_ready=False)
    game.features("predictedanyway", is_production_ready=False)
    game.prediction("both")
    game.prediction("predictedanyway")
    found = seen(game).predictions
    assert (found.missing, found.extra) == (("ready", "unmarked"), ("predictedanyway",))


def test_only_active_predictions_of_the_production_system_count_and_versions_once(game: Tables) -> None:
    game.prediction("both", prediction_version=1)
    game.prediction("both", prediction_version=2)
    game.prediction("othersystem", system_id="ensemble_v1")
    game.prediction("withdrawn", is_active=False)
    game.prediction("unmarked", is_active=None)
    found = seen(game).predictions
    assert (found.rows, found.listed, found.extra) == (2, 1, ("both",))


def test_grading_misses_predicted_players_who_appeared_and_no_others(game: Tables) -> None:
    for player in ("graded", "ungraded", "voided"):
        game.box_score(player)
        game.prediction(player)
    game.box_score("benched", "00")
    game.prediction("benched")
    game.box_score("unpredicted")
    game.grading("graded")
    game.grading("voided", is_voided=True)
    found = seen(game).grading
    assert (found.listed, found.appeared, found.missing, found.extra) == (2, 2, ("ungraded",), ())


def test_a_voided_grade_of_a_predicted_player_who_did_not_appear_is_as_it_should_be(game: Tables) -> None:
    game.box_score("benched", "00")
    game.prediction("benched")
    game.grading("benched", is_voided=True)
    assert seen(game).grading.extra == ()


def test_a_judged_grade_without_an_appearance_and_any_grade_without_a_prediction_are_extra(game: Tables) -> None:
    game.box_score("benched", "00")
    game.prediction("benched")
    game.grading("benched")
    game.box_score("unpredicted")
    game.grading("unpredicted", is_voided=True)
    assert seen(game).grading.extra == ("benched", "unpredicted")


def test_grades_of_other_systems_do_not_count(game: Tables) -> None:
    game.grading("both", system_id="ensemble_v1")
    assert seen(game).grading == counts()


def test_names_come_in_alphabetical_order(game: Tables) -> None:
    for player in ("zion", "anthony", "mike"):
        game.box_score(player)
    assert seen(game).analytics.missing == ("anthony", "mike", "zion")


def test_first_and_last_write_span_all_rows_of_a_stage(game: Tables) -> None:
    game.box_score("a", created_at=at("2026-01-25T05:00"), processed_at=at("2026-01-25T05:01"))
    game.box_score("b", created_at=at("2026-01-25T06:00"), processed_at=at("2026-01-25T09:00"))
    found = seen(game).box_scores
    assert (found.first_write, found.last_write) == (at("2026-01-25T05:00"), at("2026-01-25T09:00"))


def test_a_row_written_later_does_not_exist_yet(game: Tables) -> None:
    game.box_score("a", created_at=at("2026-01-25T05:00"))
    game.analytics("a", created_at=at("2026-01-25T06:00"))
    game.features("a", created_at=at("2026-01-24T16:00"))
    game.prediction("a", created_at=at("2026-01-24T16:30"))
    game.grading("a", graded_at=at("2026-01-25T11:00"))
    moments = ["2026-01-24T15:59", "2026-01-24T16:00", "2026-01-24T16:30"]
    moments += ["2026-01-25T05:00", "2026-01-25T06:00", "2026-01-25T10:59", "2026-01-25T11:00"]
    rows = [
        tuple(stage.rows for stage in (g.features, g.predictions, g.box_scores, g.analytics, g.grading))
        for g in (seen(game, moment) for moment in moments)
    ]
    assert rows == [
        (0, 0, 0, 0, 0),
        (1, 0, 0, 0, 0),
        (1, 1, 0, 0, 0),
        (1, 1, 1, 0, 0),
        (1, 1, 1, 1, 0),
        (1, 1, 1, 1, 0),
        (1, 1, 1, 1, 1),
    ]


def test_a_row_rewritten_later_counts_with_its_first_write(game: Tables) -> None:
    game.box_score("a", created_at=at("2026-01-25T05:00"), processed_at=at("2026-01-27T05:00"))
    found = seen(game, "2026-01-26T00:00").box_scores
    assert (found.rows, found.last_write) == (1, at("2026-01-25T05:00"))


def test_a_row_without_a_creation_time_counts_from_its_last_write(game: Tables) -> None:
    game.features("a", created_at=None, updated_at=at("2026-01-24T16:00"))
    assert seen(game, "2026-01-24T16:00").features.rows == 1
    assert seen(game, "2026-01-24T15:59").features.rows == 0


def test_rows_of_the_next_date_belong_to_the_game_s_next_date_only(game: Tables) -> None:
    game.schedule(day=NEXT_DAY)
    game.box_score("a", game_id="20260125_LAL_DAL", game_date=NEXT_DAY)
    old, new = game.ask(LINEAGE, first=DAY, last=NEXT_DAY)
    assert (old.box_scores.rows, new.box_scores.rows) == (0, 1)
