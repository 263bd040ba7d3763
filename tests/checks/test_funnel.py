from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.lineage import GameLineage, StageCounts
from checks.funnel import StageTotal, coverage_severity, format_percent, funnel, funnel_by_date, percent
from checks.model import Severity
from checks.pipeline import Stage
from checks.policy import Policy
from tests.builders import at, counts, game, players

POLICY = Policy()
NEXT_DAY = at("2026-01-26T12:00")
"""After everything of 24 January is due."""


def played(label: str = "LAL@DAL", **changes: Any) -> GameLineage:
    """Return a game of 24 January that every stage holds: 36 listed, 21 appeared."""
    values: dict[str, Any] = {
        "game_status": 3,
        "status_text": "Final",
        "away_score": 110,
        "home_score": 116,
        "box_scores": counts(36, appeared=21),
        "analytics": counts(21),
        "features": counts(36, appeared=21, extra=players("bench", 15)),
        "predictions": counts(36, appeared=21),
        "grading": counts(21),
    }
    return game(label, **{**values, **changes})


def totals(*games: GameLineage, moment: str = "2026-01-26T12:00") -> dict[Stage, StageTotal]:
    return {total.stage: total for total in funnel(games, POLICY, at(moment))}


def test_a_whole_game_is_whole_at_every_stage_and_nothing_is_lost() -> None:
    found = totals(played())
    assert list(found) == list(Stage)
    assert {total.percentage for total in found.values()} == {100.0}
    assert [total.lost for total in found.values()] == [()] * 6


def test_players_who_were_listed_and_did_not_play_are_explained_and_not_lost() -> None:
    box_scores = totals(played())[Stage.BOX_SCORES]
    assert box_scores.players == 21
    assert box_scores.explained == (("players who did not play", 15),)
    assert totals(played())[Stage.ANALYTICS].lost == ()


def test_a_postponed_game_is_explained_and_leaves_the_stages_whole() -> None:
    found = totals(played(), game("GSW@MIN", status_text="Postponed", predictions=counts(20)))
    assert (found[Stage.SCHEDULE].games, found[Stage.SCHEDULE].expected_games) == (2, 2)
    assert (found[Stage.BOX_SCORES].games, found[Stage.BOX_SCORES].expected_games) == (1, 1)
    assert found[Stage.BOX_SCORES].percentage == 100.0
    assert ("games not played", 1) in found[Stage.BOX_SCORES].explained
    assert found[Stage.PREDICTIONS].players == 36


def test_a_game_without_a_box_score_is_lost_there_and_nowhere_after() -> None:
    lost = played("BOS@CHI", box_scores=counts(), analytics=counts(), grading=counts())
    found = totals(played(), lost)
    assert found[Stage.BOX_SCORES].lost == ("BOS@CHI",)
    assert found[Stage.BOX_SCORES].percentage == 50.0
    assert found[Stage.ANALYTICS].expected_games == 1
    assert found[Stage.ANALYTICS].explained == (("games with nothing from the stage before", 1),)
    assert found[Stage.GRADING].lost == ()


@pytest.mark.parametrize(
    ("moment", "reason", "expected"),
    [
        # Tip-off 01:30, over at 04:15, box scores due at 05:00 and missing from 10:15.
        ("2026-01-25T04:59", "games not due", 0),
        ("2026-01-25T05:00", "games still awaited", 0),
        ("2026-01-25T10:14", "games still awaited", 0),
        ("2026-01-25T10:15", "games lost", 1),
    ],
)
def test_a_box_score_is_not_due_then_awaited_then_lost(moment: str, reason: str, expected: int) -> None:
    box_scores = totals(game(), moment=moment)[Stage.BOX_SCORES]
    assert box_scores.explained == ((reason, 1),)
    assert box_scores.expected_games == expected
    assert box_scores.percentage == (0.0 if expected else None)


def test_the_lost_are_named_with_their_game() -> None:
    found = totals(played(analytics=counts(19, missing=("doncicluka", "adebayobam"))))
    assert found[Stage.ANALYTICS].lost == ("adebayobam (LAL@DAL)", "doncicluka (LAL@DAL)")
    assert found[Stage.ANALYTICS].explained == (("players lost", 2),)
    assert found[Stage.ANALYTICS].percentage == pytest.approx(100 * 19 / 21)


def test_as_many_invented_as_lost_does_not_make_a_stage_whole() -> None:
    found = totals(played(analytics=counts(21, missing=("a", "b"), extra=("x", "y"))))[Stage.ANALYTICS]
    assert found.players == 21
    assert found.percentage == pytest.approx(100 * 19 / 21)
    assert found.surplus == ("x (LAL@DAL)", "y (LAL@DAL)")


def test_a_surplus_never_lifts_the_percentage_above_100() -> None:
    found = totals(played(analytics=counts(36, appeared=21, extra=players("bench", 15))))[Stage.ANALYTICS]
    assert found.percentage == 100.0
    assert len(found.surplus) == 15


def test_a_player_whom_analytics_invented_needs_no_features() -> None:
    inflated = counts(22, appeared=21, extra=("bench01",))
    found = totals(played(analytics=inflated, features=counts(20, missing=("a", "bench01"))))[Stage.FEATURES]
    assert found.lost == ("a (LAL@DAL)",)
    assert found.expected_players == 21
    assert ("players who did not play", 1) in found.explained


@pytest.mark.parametrize(("moment", "lost", "expected"), [("2026-01-25T00:29", 0, 18), ("2026-01-25T00:30", 2, 20)])
def test_players_without_a_prediction_are_lost_from_an_hour_before_tip_off(
    moment: str, lost: int, expected: int
) -> None:
    early = game(features=counts(20), predictions=counts(18, missing=("a", "b")))
    found = totals(early, moment=moment)[Stage.PREDICTIONS]
    assert (len(found.lost), found.expected_players) == (lost, expected)
    assert found.explained == (("players lost", 2),) if lost else (("players not due", 2),)


def test_features_before_the_game_are_measured_in_games() -> None:
    """Nobody has appeared yet, so there are no players to measure them against."""
    found = totals(game(features=counts(30)), game("BOS@CHI"), moment="2026-01-25T01:00")[Stage.FEATURES]
    assert found.expected_players == 0
    assert found.percentage == 50.0


def test_grading_is_measured_against_the_predicted_who_appeared() -> None:
    voided = played(grading=counts(25, appeared=20, missing=("a",)))
    found = totals(voided)[Stage.GRADING]
    assert found.expected_players == 21
    assert found.percentage == pytest.approx(100 * 20 / 21)


def test_no_games_expect_nothing_and_have_no_percentage() -> None:
    found = totals()
    assert {total.percentage for total in found.values()} == {None}
    assert {total.explained for total in found.values()} == {()}


def test_dates_are_told_apart_oldest_first_whatever_the_order_of_the_rows() -> None:
    later = game("BOS@CHI", tip="2026-01-26T00:00", day=date(2026, 1, 25))
    found = funnel_by_date([later, played()], POLICY, NEXT_DAY)
    assert [(funnel.game_date.day, funnel.totals[0].games) for funnel in found] == [(24, 1), (25, 1)]


def test_percentages_are_rounded_down_and_none_is_a_dash() -> None:
    assert format_percent(99.97) == "99.9 %"
    assert format_percent(100.0) == "100.0 %"
    assert format_percent(percent(19, 21)) == "90.4 %"
    assert format_percent(percent(0, 0)) == "-"


@pytest.mark.parametrize(
    ("present", "settled", "severity"),
    [
        (100, True, Severity.OK),
        (95, True, Severity.OK),
        (94, True, Severity.WARNING),
        (80, True, Severity.WARNING),
        (79, True, Severity.ERROR),
        (1, True, Severity.ERROR),
        (0, False, Severity.ERROR),
        (0, True, Severity.CRITICAL),
    ],
)
def test_coverage_warns_below_95_errs_below_80_and_is_critical_when_it_is_settled_that_nothing_came(
    present: int, settled: bool, severity: Severity
) -> None:
    assert coverage_severity(present, 100, POLICY, settled=settled) is severity


def test_nothing_expected_is_nothing_wrong() -> None:
    assert coverage_severity(0, 0, POLICY, settled=True) is Severity.OK


NAMES = st.frozensets(st.sampled_from(players("p", 12)), max_size=12)


def _counts(here: frozenset[str], before: frozenset[str], appeared: frozenset[str]) -> StageCounts:
    return counts(
        len(here),
        appeared=len(here & appeared),
        missing=tuple(sorted(before - here)),
        extra=tuple(sorted(here - before)),
    )


@given(NAMES, NAMES, NAMES, NAMES, NAMES, st.integers(-600, 3000))
def test_whatever_the_stages_hold_no_percentage_leaves_0_to_100(
    appeared: frozenset[str],
    analytics: frozenset[str],
    features: frozenset[str],
    predicted: frozenset[str],
    graded: frozenset[str],
    minutes: int,
) -> None:
    lineage = played(
        box_scores=counts(36, appeared=len(appeared)),
        analytics=_counts(analytics, appeared, appeared),
        features=_counts(features, analytics, appeared),
        predictions=_counts(predicted, features, appeared),
        grading=_counts(graded, predicted & appeared, appeared),
    )
    for total in funnel([lineage], POLICY, lineage.tip_off + timedelta(minutes=minutes)):
        assert total.percentage is None or 0 <= total.percentage <= 100
        assert total.expected_players >= len(total.lost) or total.stage is Stage.BOX_SCORES
        assert total.games <= total.expected_games
