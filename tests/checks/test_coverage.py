from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from checks import coverage
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.prop_coverage import PROP_COVERAGE, PropCoverage
from checks.model import Fault, Finding, Severity
from checks.policy import Policy
from tests.builders import at, facts_for, game, players, scope_at

LATER = "2026-01-25T16:00"
THE_24TH = date(2026, 1, 24)


def row(unpredicted: int = 0, lined: int = 100, day: date = THE_24TH, **changes: Any) -> PropCoverage:
    values: dict[str, Any] = {
        "game_date": day,
        "players_with_line": lined,
        "predicted": lined - unpredicted,
        "unpredicted": players("p", unpredicted),
        "first_line_at": None,
        "last_line_at": None,
    }
    return PropCoverage(**{**values, **changes})


def props(rows: Iterable[PropCoverage], games: Iterable[GameLineage] = (), moment: str = LATER) -> tuple[Finding, ...]:
    facts = facts_for(coverage.props, scope_at(moment), (PROP_COVERAGE, rows), (LINEAGE, games))
    return coverage.props(facts, Policy(), at(moment))


@pytest.mark.parametrize(
    ("unpredicted", "expected"),
    [
        (0, []),
        (5, []),
        (6, [Severity.WARNING]),
        (20, [Severity.WARNING]),
        (21, [Severity.ERROR]),
        (99, [Severity.ERROR]),
        (100, [Severity.CRITICAL]),
    ],
)
def test_below_95_percent_warns_below_80_errs_and_0_is_critical(unpredicted: int, expected: list[Severity]) -> None:
    assert [finding.severity for finding in props([row(unpredicted)], [game()])] == expected


def test_the_unpredicted_players_are_named() -> None:
    found = props([row(2, lined=10)], [game()])
    assert found[0].names == ("p01", "p02")
    assert found[0].sentence == (
        "2026-01-24: 2 of 10 players with a points line have no active catboost_v8 prediction (80.0 % covered)"
    )


def test_one_player_with_a_line_and_no_prediction_is_all_of_them() -> None:
    found = props([row(1, lined=1)], [game()])
    assert "the only player with a points line has no active" in found[0].sentence
    assert (found[0].severity, found[0].fault) == (Severity.CRITICAL, Fault.PIPELINE)


def test_a_due_date_without_published_lines_says_nothing() -> None:
    assert props([], [game()]) == ()


def test_a_date_that_the_schedule_does_not_know_is_judged_at_face_value() -> None:
    found = props([row(100)])
    assert [(finding.severity, finding.since) for finding in found] == [(Severity.CRITICAL, None)]


@pytest.mark.parametrize(("moment", "fires"), [("2026-01-24T18:59", False), ("2026-01-24T19:00", True)])
def test_speaks_from_an_hour_before_the_first_tip_off(moment: str, fires: bool) -> None:
    games = [game(), game("NYK@PHI", "2026-01-24T20:00")]
    found = props([row(100)], games, moment)
    assert [finding.since for finding in found] == ([at("2026-01-24T19:00")] if fires else [])


def test_a_postponed_game_is_not_the_first_of_its_date() -> None:
    games = [game(), game("NYK@PHI", "2026-01-24T20:00", status_text="Postponed")]
    assert props([row(100)], games, "2026-01-24T19:00") == ()


def test_a_date_whose_games_are_all_called_off_needs_no_predictions() -> None:
    assert props([row(100)], [game(status_text="Postponed")]) == ()


@pytest.mark.parametrize("predicted", [99, 141])
def test_counts_that_do_not_add_up_are_the_checks_fault_and_never_shown_as_a_share(predicted: int) -> None:
    found = props([row(predicted=predicted)], [game()])
    assert [(finding.severity, finding.fault) for finding in found] == [(Severity.WARNING, Fault.CHECK)]
    assert "%" not in found[0].sentence


def test_dates_come_oldest_first() -> None:
    found = props([row(50, day=date(2026, 1, 25)), row(50)])
    assert [finding.subject.name for finding in found] == ["2026-01-24", "2026-01-25"]


def test_the_fingerprint_stays_while_the_numbers_move() -> None:
    assert props([row(50)])[0].fingerprint == props([row(100)])[0].fingerprint
