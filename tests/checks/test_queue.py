"""The retry queue: overdue rows, exhausted rows, a dead retrier, and the words for each row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.policy import Policy
from checks.queue import exhausted, overdue, retrier_dead
from checks.queue_rows import RETRIED_BY_HAND, explain
from checks.registry import Check
from tests.builders import at, facts_for, scope_at

POLICY = Policy()


FAILED = at("2026-01-25T12:37:36")
DUE = at("2026-01-25T12:52:36")


def row(**changes: Any) -> QueueRow:
    """Return the one row of the January 2026 outage, changed as told."""
    values: dict[str, Any] = {
        "id": "row-1",
        "game_date": date(2026, 1, 24),
        "phase": "phase_2",
        "processor_name": "nbac_player_boxscore",
        "game_key": None,
        "error_type": "transient",
        "error_message": "Max decode/download retries reached: 8",
        "retry_count": 0,
        "max_retries": 3,
        "first_failure_at": FAILED,
        "last_retry_at": None,
        "next_retry_at": DUE,
        "status": "pending",
        "resolution_notes": None,
        "updated_at": FAILED,
        "correlation_id": None,
    }
    return QueueRow(**{**values, **changes})


def judge(check: Check, as_of: str, *rows: QueueRow) -> tuple[Finding, ...]:
    return check(facts_for(check, scope_at(as_of), (RETRY_QUEUE, rows)), POLICY, at(as_of))


def severities(check: Check, as_of: str, *rows: QueueRow) -> list[Severity]:
    return [finding.severity for finding in judge(check, as_of, *rows)]


@pytest.mark.parametrize("check", [overdue, exhausted, retrier_dead])
def test_an_empty_queue_is_fine(check: Check) -> None:
    assert judge(check, "2026-01-25T15:30") == ()


@pytest.mark.parametrize("check", [overdue, exhausted, retrier_dead])
def test_a_row_that_succeeded_is_fine(check: Check) -> None:
    assert judge(check, "2026-01-25T18:30", row(status="succeeded", updated_at=at("2026-01-25T13:00"))) == ()


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-01-25T13:06", []),
        ("2026-01-25T13:07", [Severity.WARNING]),
        ("2026-01-25T16:37", [Severity.WARNING]),
        ("2026-01-25T16:38", [Severity.CRITICAL]),
    ],
)
def test_a_row_is_overdue_15_minutes_past_due_and_critical_over_4_hours_in_the_queue(
    as_of: str, expected: list[Severity]
) -> None:
    assert severities(overdue, as_of, row()) == expected


def test_an_overdue_row_says_which_it_is_since_when_and_that_nobody_has_tried() -> None:
    (finding,) = judge(overdue, "2026-01-25T15:29", row())
    assert finding.sentence == (
        "the retry of nbac_player_boxscore 2026-01-24 is overdue: "
        "due since 2026-01-25T12:52Z, 157 min overdue: nobody has tried"
    )
    assert (finding.subject.kind, finding.subject.game_date) == (SubjectKind.QUEUE, date(2026, 1, 24))
    assert (finding.key, finding.since, finding.fault) == ("row-1", DUE, Fault.PIPELINE)


def test_an_overdue_row_keeps_its_fingerprint_when_it_becomes_critical() -> None:
    (warning,) = judge(overdue, "2026-01-25T13:07", row())
    (critical,) = judge(overdue, "2026-01-25T16:38", row())
    assert warning.fingerprint == critical.fingerprint
    assert critical.since == FAILED
    assert critical.sentence.startswith(
        "nbac_player_boxscore 2026-01-24 has been in the retry queue for 4 h 01 min: due"
    )


def test_a_row_that_waits_in_good_order_is_critical_all_the_same_after_4_hours() -> None:
    waiting = row(next_retry_at=at("2026-01-25T17:00"), retry_count=2, last_retry_at=at("2026-01-25T16:00"))
    (finding,) = judge(overdue, "2026-01-25T16:38", waiting)
    assert finding.severity is Severity.CRITICAL
    assert "waits until 2026-01-25T17:00Z, in 22 min" in finding.sentence


def test_a_pending_row_that_was_never_given_a_next_try_is_overdue_since_its_failure() -> None:
    assert severities(overdue, "2026-01-25T12:51", row(next_retry_at=None)) == []
    (finding,) = judge(overdue, "2026-01-25T12:52", row(next_retry_at=None))
    assert (finding.severity, finding.since) == (Severity.WARNING, FAILED)


def test_every_overdue_row_is_a_finding_in_the_order_in_which_they_failed() -> None:
    rows = (row(id="b"), row(id="a"), row(id="c", first_failure_at=at("2026-01-25T12:00")))
    assert [finding.key for finding in judge(overdue, "2026-01-25T13:30", *rows)] == ["c", "a", "b"]


def retrying(**changes: Any) -> QueueRow:
    taken = at("2026-01-25T12:55")
    values = {
        "status": "retrying",
        "retry_count": 1,
        "last_retry_at": taken,
        "updated_at": taken,
        "next_retry_at": None,
    }
    return row(**{**values, **changes})


def test_a_retry_that_never_came_back_is_a_warning_over_2_hours() -> None:
    assert severities(overdue, "2026-01-25T14:55", retrying()) == []
    (finding,) = judge(overdue, "2026-01-25T14:56", retrying())
    assert (finding.severity, finding.since) == (Severity.WARNING, at("2026-01-25T12:55"))
    assert "stale" in finding.sentence


def test_a_retrying_row_whose_next_try_has_passed_is_overdue() -> None:
    late = retrying(next_retry_at=at("2026-01-25T13:10"))
    assert severities(overdue, "2026-01-25T13:24", late) == []
    assert severities(overdue, "2026-01-25T13:25", late) == [Severity.WARNING]


def test_a_missing_game_is_named_by_its_key_and_can_be_traced() -> None:
    (finding,) = judge(overdue, "2026-01-25T13:30", row(game_key="LAL@DAL", processor_name="bdl_player_box_scores"))
    assert finding.subject.name == "LAL@DAL"
    assert [suggestion.command for suggestion in finding.suggestions] == [
        "courtside queue list",
        "courtside trace LAL@DAL --date 2026-01-24",
    ]


def test_a_game_key_that_is_no_pair_of_tricodes_never_gets_into_a_command() -> None:
    (finding,) = judge(overdue, "2026-01-25T13:30", row(game_key="LAL@DAL; rm -rf ~"))
    assert [suggestion.command for suggestion in finding.suggestions] == ["courtside queue list"]


def test_only_the_first_line_of_an_error_is_kept_and_it_is_cut_and_stays_out_of_the_sentence() -> None:
    message = "x" * 500 + "\nTraceback (most recent call last):"
    (finding,) = judge(overdue, "2026-01-25T13:30", row(error_message=message))
    assert [item.value for item in finding.evidence if item.label == "error"] == ["x" * 120]
    assert "xxx" not in finding.sentence


@pytest.mark.parametrize("message", [None, "", "  \n "])
def test_a_row_without_an_error_message_has_none_in_its_evidence(message: str | None) -> None:
    (finding,) = judge(overdue, "2026-01-25T13:30", row(error_message=message))
    assert [item for item in finding.evidence if item.label == "error"] == []


def test_an_active_row_at_its_maximum_of_tries_is_a_warning() -> None:
    assert severities(exhausted, "2026-01-25T13:30", row(retry_count=2)) == []
    (finding,) = judge(exhausted, "2026-01-25T13:30", row(retry_count=3, last_retry_at=at("2026-01-25T13:00")))
    assert (finding.severity, finding.since, finding.key) == (Severity.WARNING, at("2026-01-25T13:00"), "row-1")
    assert "at its maximum of 3 tries" in finding.sentence
    assert severities(exhausted, "2026-01-25T13:30", retrying(retry_count=4)) == [Severity.WARNING]


def test_a_row_that_was_given_up_on_is_an_error_for_48_hours() -> None:
    given_up = row(status="failed_permanent", retry_count=3, updated_at=at("2026-01-25T14:00"))
    (finding,) = judge(exhausted, "2026-01-25T15:00", given_up)
    assert (finding.severity, finding.since) == (Severity.ERROR, at("2026-01-25T14:00"))
    assert "given up on at 2026-01-25T14:00Z after 3 of 3 tries" in finding.sentence
    assert severities(exhausted, "2026-01-27T13:59", given_up) == [Severity.ERROR]
    assert severities(exhausted, "2026-01-27T14:00", given_up) == []


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-01-25T13:21", []),
        ("2026-01-25T13:22", [Severity.ERROR]),
        ("2026-01-25T16:37", [Severity.ERROR]),
        ("2026-01-25T16:38", [Severity.CRITICAL]),
    ],
)
def test_the_overdue_row_of_january_means_that_the_retrier_is_not_running(as_of: str, expected: list[Severity]) -> None:
    assert severities(retrier_dead, as_of, row()) == expected


def test_a_dead_retrier_is_said_in_one_sentence_with_the_oldest_row() -> None:
    (finding,) = judge(retrier_dead, "2026-01-25T13:22", row())
    assert finding.sentence == (
        "the retrier is not running: 1 row is due and nothing has been tried for 30 min; "
        "nbac_player_boxscore 2026-01-24 was due at 2026-01-25T12:52Z (Sun 25 Jan 07:52 EST)"
    )
    assert (finding.subject.name, finding.key, finding.since) == ("retrier", "", DUE)
    assert finding.names == ("nbac_player_boxscore 2026-01-24",)
    assert "courtside diagnose --date 2026-01-25 --issue retrier" in [item.command for item in finding.suggestions]
    assert "courtside queue drain" in [item.command for item in finding.suggestions]


def test_a_dead_retrier_stays_one_trouble_while_rows_come_and_go() -> None:
    (one,) = judge(retrier_dead, "2026-01-25T13:22", row())
    other = row(id="row-2", processor_name="odds", first_failure_at=at("2026-01-25T14:00"), next_retry_at=None)
    (two,) = judge(retrier_dead, "2026-01-25T15:22", other)
    assert one.fingerprint == two.fingerprint


def test_a_row_queued_meanwhile_is_no_sign_that_the_retrier_lives() -> None:
    queued = at("2026-01-25T13:15")
    fresh = row(id="row-2", first_failure_at=queued, updated_at=queued, next_retry_at=at("2026-01-25T13:30"))
    (finding,) = judge(retrier_dead, "2026-01-25T13:22", row(), fresh)
    assert finding.names == ("nbac_player_boxscore 2026-01-24",)


def test_a_row_that_was_hopeless_from_the_start_is_no_sign_that_the_retrier_lives() -> None:
    queued = at("2026-01-25T13:15")
    hopeless = row(id="row-2", status="failed_permanent", updated_at=queued, next_retry_at=None)
    assert severities(retrier_dead, "2026-01-25T13:22", row(), hopeless) == [Severity.ERROR]


@pytest.mark.parametrize(
    "worked",
    [
        {"status": "retrying", "retry_count": 1, "last_retry_at": at("2026-01-25T13:05")},
        {"status": "retrying", "updated_at": at("2026-01-25T13:05"), "next_retry_at": None},
        {"status": "succeeded", "retry_count": 1, "updated_at": at("2026-01-25T13:05")},
        {"updated_at": at("2026-01-25T13:05"), "next_retry_at": at("2026-01-25T13:00")},
    ],
)
def test_any_try_since_the_oldest_row_fell_due_shows_that_the_retrier_lives(worked: dict[str, Any]) -> None:
    assert judge(retrier_dead, "2026-01-25T13:29", row(), row(id="row-2", **worked)) == ()


def retried_by_hand(**changes: Any) -> QueueRow:
    """Return the row after an operator's "retry now" at 13:20: planned, and applied 20 seconds later."""
    moved = {"next_retry_at": at("2026-01-25T13:20"), "updated_at": at("2026-01-25T13:20:20")}
    return row(resolution_notes=f"{RETRIED_BY_HAND}ann", **{**moved, **changes})


def test_moving_the_next_try_by_hand_is_no_try_and_does_not_silence_the_alarm() -> None:
    (before,) = judge(retrier_dead, "2026-01-25T13:22", row())
    (after,) = judge(retrier_dead, "2026-01-25T13:22", retried_by_hand())
    assert after.fingerprint == before.fingerprint
    assert severities(retrier_dead, "2026-01-25T13:22", row(), retried_by_hand(id="row-2")) == [Severity.ERROR]


def test_a_row_that_was_moved_by_hand_and_then_taken_shows_that_the_retrier_lives() -> None:
    taken = retried_by_hand(retry_count=1, last_retry_at=at("2026-01-25T13:21"), status="retrying")
    assert judge(retrier_dead, "2026-01-25T13:29", row(id="row-2"), taken) == ()


@pytest.mark.parametrize("tried", [at("2026-01-25T12:50"), DUE])
def test_a_try_no_later_than_the_rows_due_time_shows_nothing(tried: datetime) -> None:
    earlier = row(id="row-2", status="retrying", retry_count=1, last_retry_at=tried)
    assert severities(retrier_dead, "2026-01-25T13:22", row(), earlier) == [Severity.ERROR]


def test_a_retrier_that_dies_after_passing_one_row_over_is_found_by_the_next_row_it_leaves() -> None:
    passed_over = row(last_retry_at=at("2026-01-25T13:05"), retry_count=1)
    left = row(id="row-2", processor_name="odds", next_retry_at=at("2026-01-25T13:10"))
    assert severities(retrier_dead, "2026-01-25T13:39", passed_over, left) == []
    (finding,) = judge(retrier_dead, "2026-01-25T13:40", passed_over, left)
    assert (finding.names, finding.since) == (("odds 2026-01-24",), at("2026-01-25T13:10"))


def test_what_happened_after_the_moment_of_the_report_is_not_seen() -> None:
    later = row(id="row-2", status="retrying", retry_count=1, last_retry_at=at("2026-01-25T16:00"))
    assert severities(retrier_dead, "2026-01-25T13:22", row(), later) == [Severity.ERROR]


def test_rows_that_are_not_due_say_nothing_about_the_retrier() -> None:
    assert judge(retrier_dead, "2026-01-25T13:22", row(next_retry_at=at("2026-01-25T13:23"))) == ()


@given(late=st.integers(min_value=-600, max_value=600), second=st.integers(min_value=0, max_value=59))
def test_the_retrier_is_dead_exactly_from_30_whole_minutes_whatever_the_seconds(late: int, second: int) -> None:
    # Across the night in which New York puts the clock forward.
    as_of = at("2026-03-08T07:00")
    due = as_of - timedelta(minutes=late) + timedelta(seconds=second)
    waiting = row(first_failure_at=due - timedelta(minutes=15), next_retry_at=due)
    found = judge(retrier_dead, "2026-03-08T07:00", waiting)
    assert bool(found) is (late >= POLICY.retrier_dead_minutes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "due since 2026-01-25T12:52Z, 157 min overdue: nobody has tried"),
        ({"retry_count": 2}, "due since 2026-01-25T12:52Z, 157 min overdue: tried 2 of 3 times"),
        (
            {"next_retry_at": None},
            "due since 2026-01-25T12:37Z (no next try was ever set), 172 min overdue: nobody has tried",
        ),
        ({"next_retry_at": at("2026-01-25T15:59")}, "waits until 2026-01-25T15:59Z, in 30 min"),
        ({"retry_count": 3}, "at its maximum of 3 tries: nobody will try it again"),
        (
            {"status": "retrying", "last_retry_at": at("2026-01-25T15:20"), "next_retry_at": None},
            "being retried since 2026-01-25T15:20Z, 9 min ago",
        ),
        (
            {"status": "retrying", "last_retry_at": at("2026-01-25T15:00"), "next_retry_at": at("2026-01-25T15:15")},
            "being retried since 2026-01-25T15:00Z, 29 min ago; its next try was due 14 min ago",
        ),
        (
            {"status": "retrying", "last_retry_at": at("2026-01-25T15:20"), "retry_count": 3},
            "being retried since 2026-01-25T15:20Z, 9 min ago, at its maximum of 3 tries",
        ),
        (
            {"status": "retrying", "last_retry_at": at("2026-01-25T13:00")},
            "being retried since 2026-01-25T13:00Z, 149 min ago, stale: after 120 min it should have gone back to pending",
        ),
        ({"status": "succeeded", "updated_at": at("2026-01-25T14:00")}, "succeeded at 2026-01-25T14:00Z"),
        (
            {"status": "failed_permanent", "retry_count": 3, "updated_at": at("2026-01-25T14:00")},
            "given up on at 2026-01-25T14:00Z after 3 of 3 tries",
        ),
        ({"status": "\x1b[31mlost"}, "its status is none that the queue has"),
    ],
)
def test_each_row_is_explained_in_words(changes: dict[str, Any], words: str) -> None:
    assert explain(row(**changes), POLICY, at("2026-01-25T15:29")) == words


def test_a_flood_of_rows_is_named_up_to_a_hundred_and_counted_beyond() -> None:
    rows = [row(id=f"r{n:04d}", first_failure_at=at("2026-01-25T06:00")) for n in range(250)]
    found = judge(overdue, "2026-01-25T12:00", *rows)
    assert len(found) == 101
    assert found[-1].severity is Severity.CRITICAL
    assert found[-1].sentence == "150 further rows wait too long in the retry queue"
