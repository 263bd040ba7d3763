"""Streaming conflicts: what counts as one, of how many games, and which breakers are open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.facts.breakers import BREAKERS, BreakerRow
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS, StreamingConflict
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.policy import Policy
from checks.streaming import conflicts
from tests.builders import at, counts, facts_for, game, scope_at

DAY = date(2026, 1, 24)
AS_OF = "2026-01-25T12:00"
LABELS = ("NYK@PHI", "WAS@CHA", "CLE@ORL", "BOS@CHI", "LAL@DAL", "MIA@UTA", "GSW@MIN")


def games(count: int, **changes: Any) -> list[GameLineage]:
    return [
        game(label, nba_game_id=f"002250064{n}", box_scores=counts(20), **changes)
        for n, label in enumerate(LABELS[:count])
    ]


def conflict(game_id: str | None = "20260124_NYK_PHI", **changes: Any) -> StreamingConflict:
    values: dict[str, Any] = {
        "game_date": DAY,
        "game_id": game_id,
        "conflict_type": "streaming_buffer",
        "conflicts": 3,
        "unresolved": 1,
        "most_retries": 3,
        "first_at": at("2026-01-25T04:00"),
        "last_at": at("2026-01-25T04:35"),
    }
    return StreamingConflict(**{**values, **changes})


def conflicts_of(count: int) -> list[StreamingConflict]:
    return [conflict("20260124_" + label.replace("@", "_")) for label in LABELS[:count]]


def breaker(**changes: Any) -> BreakerRow:
    values: dict[str, Any] = {
        "processor_name": "bdl_player_box_scores",
        "state": "OPEN",
        "failure_count": 7,
        "opened_at": at("2026-01-25T10:00"),
        "updated_at": at("2026-01-25T10:00"),
        "timeout_seconds": 5400,
        "last_error_type": None,
        "last_error_message": None,
    }
    return BreakerRow(**{**values, **changes})


def judge(
    logged: list[StreamingConflict] | None = None,
    scheduled: list[GameLineage] | None = None,
    breakers: list[BreakerRow] | None = None,
    as_of: str = AS_OF,
) -> tuple[Finding, ...]:
    facts = facts_for(
        conflicts,
        scope_at(as_of),
        (STREAMING_CONFLICTS, logged or []),
        (LINEAGE, scheduled or []),
        (BREAKERS, breakers or []),
    )
    return conflicts(facts, Policy(), at(as_of))


def evidence(finding: Finding) -> dict[str, str | int | float]:
    return {item.label: item.value for item in finding.evidence}


def test_no_conflict_and_no_breaker_is_no_finding() -> None:
    assert judge() == ()
    assert judge(scheduled=games(7)) == ()


def test_one_conflict_is_a_warning_that_says_the_share_and_to_keep_the_game_queued() -> None:
    (finding,) = judge(conflicts_of(1), games(7))
    assert (finding.severity, finding.fault, finding.since) == (
        Severity.WARNING,
        Fault.PIPELINE,
        at("2026-01-25T04:00"),
    )
    assert finding.sentence == (
        "1 of 7 games (14 %) of 2026-01-24 have unresolved streaming-buffer conflicts, the first at 2026-01-25T04:00Z "
        "(Sat 24 Jan 23:00 EST): the breaker stays closed; a buffer can last 1 h 30 min, so keep these games queued until it "
        "has drained."
    )
    assert finding.names == ("NYK@PHI",)
    assert (finding.subject.kind, finding.subject.name) == (SubjectKind.DATE, "2026-01-24")


@pytest.mark.parametrize(
    ("conflicted", "due", "severity"),
    [
        (3, 6, Severity.WARNING),
        (4, 6, Severity.ERROR),
        (4, 4, Severity.WARNING),
        (3, 5, Severity.ERROR),
        (7, 7, Severity.ERROR),
    ],
)
def test_over_half_of_at_least_five_games_opens_the_breaker(conflicted: int, due: int, severity: Severity) -> None:
    (finding,) = judge(conflicts_of(conflicted), games(due))
    assert finding.severity is severity
    assert ("the breaker opens" in finding.sentence) is (severity is Severity.ERROR)


def test_files_already_processed_are_no_conflicts_and_are_named_as_such() -> None:
    skipped = conflict(None, conflict_type="streaming_conflict_or_already_processed", conflicts=56, unresolved=56)
    (finding,) = judge([skipped, *conflicts_of(1)], games(7))
    assert finding.severity is Severity.WARNING
    assert evidence(finding)["not conflicts: streaming_conflict_or_already_processed"] == 56
    assert evidence(finding)["unresolved conflicts"] == 1


def test_only_files_already_processed_are_a_note() -> None:
    (finding,) = judge([conflict(conflict_type="already_processed", unresolved=56)], games(7))
    assert finding.severity is Severity.OK
    assert "are not conflicts" in finding.sentence


def test_resolved_conflicts_are_no_finding() -> None:
    assert judge([conflict(unresolved=0)], games(7)) == ()


def test_both_ids_of_a_game_are_one_game() -> None:
    (finding,) = judge([conflict("20260124_NYK_PHI"), conflict("0022500640")], games(7))
    assert finding.names == ("NYK@PHI",)


def test_games_not_played_or_not_due_are_not_in_the_denominator() -> None:
    postponed = game("GSW@MIN", nba_game_id="0022500644", status_text="Postponed")
    tonight = game("MIA@UTA", tip="2026-01-26T03:00", nba_game_id="0022500649")
    (finding,) = judge(conflicts_of(3), [*games(5), postponed, tonight])
    assert evidence(finding)["games played or due"] == 5
    assert finding.severity is Severity.ERROR


def test_a_game_in_conflict_was_attempted_although_it_is_not_due() -> None:
    tonight = game("NYK@PHI", tip="2026-01-26T03:00")
    (finding,) = judge(conflicts_of(1), [tonight])
    assert finding.sentence.startswith("1 of 1 games (100 %)")


@pytest.mark.parametrize(("count", "severity"), [(4, Severity.WARNING), (7, Severity.ERROR)])
def test_more_games_in_conflict_than_games_is_a_defect_of_the_count_and_gives_no_ratio(
    count: int, severity: Severity
) -> None:
    (finding,) = judge([conflict(f"id{n}") for n in range(count)], games(2))
    assert (finding.severity, finding.fault) == (severity, Fault.CHECK)
    assert "no ratio is given" in finding.sentence
    assert "%" not in finding.sentence


def test_a_conflict_that_names_no_game_is_a_warning_outside_the_ratio() -> None:
    (finding,) = judge([conflict(None)], games(7))
    assert finding.severity is Severity.WARNING
    assert evidence(finding)["games in conflict"] == 0
    assert "name no game" in finding.sentence


def test_a_conflict_without_any_schedule_is_still_a_finding() -> None:
    (finding,) = judge(conflicts_of(1))
    assert (finding.severity, finding.fault) == (Severity.WARNING, Fault.CHECK)


def test_dates_are_judged_apart_newest_first() -> None:
    rows = [conflict(game_date=date(2026, 1, 25)), *conflicts_of(1)]
    assert [f.subject.name for f in judge(rows, games(7))] == ["2026-01-25", "2026-01-24"]


def test_the_fingerprint_stays_while_the_share_moves() -> None:
    assert judge(conflicts_of(1), games(7))[0].fingerprint == judge(conflicts_of(5), games(7))[0].fingerprint


@pytest.mark.parametrize(
    ("opened_at", "severity"), [("2026-01-24T12:00", Severity.WARNING), ("2026-01-24T11:59", Severity.ERROR)]
)
def test_an_open_breaker_is_a_warning_and_an_error_when_older_than_a_day(opened_at: str, severity: Severity) -> None:
    (finding,) = judge(breakers=[breaker(opened_at=at(opened_at))])
    assert (finding.severity, finding.since) == (severity, at(opened_at))
    assert (finding.subject.kind, finding.subject.name) == (SubjectKind.PROCESSOR, "bdl_player_box_scores")


def test_an_open_breaker_without_an_opening_time_is_dated_by_its_last_update() -> None:
    (finding,) = judge(breakers=[breaker(opened_at=None)])
    assert finding.since == at("2026-01-25T10:00")
    (finding,) = judge(breakers=[breaker(opened_at=None, updated_at=None)])
    assert (finding.severity, finding.since) == (Severity.WARNING, None)
    assert "not recorded" in finding.sentence


@pytest.mark.parametrize("state", ["CLOSED", "HALF_OPEN"])
def test_a_breaker_that_is_not_open_is_no_finding(state: str) -> None:
    assert judge(breakers=[breaker(state=state)]) == ()


def test_open_breakers_come_by_name_and_carry_their_last_error_as_evidence() -> None:
    found = judge(breakers=[breaker(processor_name="b", last_error_type="x"), breaker(processor_name="a")])
    assert [f.subject.name for f in found] == ["a", "b"]
    assert evidence(found[1])["last error"] == "x"
