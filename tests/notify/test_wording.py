"""What is said of how things stand: nothing that the last run did not see, and no end that nobody saw."""

from __future__ import annotations

import shlex
from datetime import date, timedelta

import pytest

from checks.model import Finding, Severity
from console.notify.codec import notice_of_text, text_of_notice
from console.notify.notice import Kind, Manner
from console.notify.sinks.pagerduty import events_of
from tests.builders import at
from tests.incidents.reports import CHECKS, NOON, RETRIER, SILENCE, finding
from tests.notify.telling import Told

MISSING = finding("availability.missing_game", Severity.CRITICAL, day=date(2026, 1, 23), since=None)
NINE = at("2026-01-24T14:00")


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_leaves_the_dates_that_are_looked_at_is_not_said_to_be_over(told: Told) -> None:
    told.sees(MISSING)
    told.later(days=2)
    assert told.sees() == [Kind.LEFT]
    left = told.sent[-1]
    assert left.title == f"no longer looked at, and not known to be mended: CRITICAL: {MISSING.sentence}"
    assert "nothing says that it was mended" in left.lines[0]
    assert "PagerDuty) keeps it open" in left.lines[0]
    assert not any("over" in line or " to " in line for line in left.lines[1:])
    assert (left.is_live, [part.kind for part in left.parts]) == (False, [Kind.LEFT])
    assert notice_of_text(text_of_notice(left)) == left


def test_whoever_pages_goes_on_with_what_nobody_has_mended(told: Told) -> None:
    told.sees(MISSING)
    told.later(days=2)
    told.sees()
    assert [event["event_action"] for sent in told.sent for event in events_of(sent, "key")] == ["trigger"]


def test_blindness_sends_no_end_of_anything(told: Told) -> None:
    told.sees(MISSING)
    told.later(days=2)
    told.sees(unknown=CHECKS, times=40)
    assert {Kind.RESOLVED, Kind.LEFT}.isdisjoint(notice.kind for notice in told.sent)


def test_what_cannot_be_seen_is_recalled_as_it_was_when_last_seen(told: Told) -> None:
    told.sees(SILENCE, times=2)
    told.sees(unknown=CHECKS, times=20)
    reminder = next(notice for notice in told.sent if notice.kind is Kind.REMINDER)
    assert reminder.title.startswith("CRITICAL when last seen, Fri 23 Jan 07:15 EST (2026-01-23T12:15Z): ")
    assert "last seen Fri 23 Jan 07:15 EST (2026-01-23T12:15Z), not in the last run" in reminder.lines


def test_the_digest_tells_what_is_seen_from_what_was(told: Told) -> None:
    told.manner = Manner()
    told.sees(RETRIER, times=2)
    told.watch.moment = NINE
    told.sees(unknown=CHECKS)
    told.watch.moment += timedelta(days=1)
    told.sees(unknown=CHECKS)
    digest = told.sent[-1]
    assert digest.kind is Kind.DIGEST
    assert f"ERROR when last seen, Fri 23 Jan 07:15 EST (2026-01-23T12:15Z): {RETRIER.sentence}" in digest.lines
    assert any(line.startswith("UNKNOWN: we cannot see") for line in digest.lines)


@pytest.mark.parametrize(
    ("findings", "unknown", "said"),
    [
        ((), (), "nothing is open, and the checks are being run"),
        (
            (RETRIER,),
            (),
            "no incident is open, but the last run was not OK; 1 will be when the next run shows it too: courtside check",
        ),
        (
            (),
            CHECKS,
            "no incident is open, but the last run was not OK; 1 will be when the next run shows it too: courtside check",
        ),
    ],
)
def test_the_digest_says_that_all_is_well_only_where_it_is(
    told: Told, findings: tuple[Finding, ...], unknown: tuple[str, ...], said: str
) -> None:
    told.manner = Manner()
    told.watch.moment = NINE - 2 * told.watch.every
    told.sees(times=2)
    assert told.sees(*findings, unknown=unknown) == [Kind.DIGEST]
    assert said in told.sent[0].lines


def test_the_first_digest_speaks_of_no_earlier_one(told: Told) -> None:
    told.manner = Manner()
    told.watch.moment = NINE
    told.sees(times=4)
    told.watch.moment += timedelta(days=1)
    told.sees()
    first, second = (notice.lines[0] for notice in told.sent)
    assert first == "0 open, 0 opened and 0 resolved so far: this is the first digest"
    assert second == "0 open, 0 opened and 0 resolved since the last digest"


@pytest.mark.parametrize("times", [2, 18])
def test_whoever_is_called_or_reminded_is_told_how_to_take_it_in_hand(told: Told, times: int) -> None:
    told.sees(SILENCE, times=times)
    assert told.sent[-1].kind is (Kind.ESCALATION if times == 2 else Kind.REMINDER)
    assert told.sent[-1].lines[0] == ("take it in hand: courtside ack controller_silent --reason 'on it' --apply")


def test_how_to_take_it_in_hand_is_one_command_whatever_its_name_holds(told: Told) -> None:
    named = finding("orchestration.gap", Severity.CRITICAL, name="it's; a trap")
    told.sees(named, times=2)
    command = told.sent[-1].lines[0].removeprefix("take it in hand: ")
    assert shlex.split(command) == ["courtside", "ack", told.watch.only().name, "--reason", "on it", "--apply"]


def test_of_what_a_run_of_other_checks_did_not_look_at_it_is_said_that_it_did_not(told: Told) -> None:
    told.manner = Manner(has_digest=False)
    told.sees(SILENCE, times=2)
    told.later(hours=4)
    assert told.sees(run=["schedule.stale"]) == [Kind.REMINDER]
    assert (
        "last seen Fri 23 Jan 07:15 EST (2026-01-23T12:15Z), not looked at in the last run, which was of others"
    ) in told.sent[-1].lines


def test_what_is_told_between_two_runs_says_of_which_run_its_knowledge_is(told: Told) -> None:
    told.sees(SILENCE)
    assert told.waits(minutes=15) == [Kind.ESCALATION]
    assert "as the run of Fri 23 Jan 07:00 EST (2026-01-23T12:00Z) saw it" in told.sent[-1].lines
    assert told.sees(SILENCE, times=20)[0] is Kind.REMINDER
    assert not any("as the run of" in line for line in told.sent[-1].lines)


def test_what_nobody_can_date_is_first_seen_and_not_since(told: Told) -> None:
    told.sees(MISSING)
    told.sees(times=2)
    assert told.sent[0].lines[0] == "first seen Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 0 min ago"
    assert told.sent[1].lines[0].startswith("first seen Fri 23 Jan 07:00 EST (2026-01-23T12:00Z) and over by ")


@pytest.mark.parametrize(
    ("findings", "unknown", "unreadable"),
    [
        ((), ["orchestration.gap", "schedule.stale"], False),
        ((finding("watcher.silent", Severity.WARNING),), (), True),
        ((finding("workers.heartbeat", Severity.ERROR, key="b1", day=NOON.date()),), (), True),
        ((), ["workers.heartbeat"], True),
        ((), CHECKS, True),
    ],
    ids=["no decision for two weeks", "nobody watches", "a lost batch", "workers unread", "warehouse unread"],
)
def test_what_nobody_may_sleep_through_is_told_with_its_second_run_and_not_next_morning(
    told: Told, findings: tuple[Finding, ...], unknown: list[str], *, unreadable: bool
) -> None:
    assert told.sees(*findings, unknown=unknown, unreadable=unreadable, times=8) == [Kind.OPENED]
    assert told.times == [NOON + told.watch.every]


@pytest.mark.parametrize("check", ["transitions.delay", "schedule.stale"])
def test_another_log_that_says_nothing_is_left_to_the_digest(told: Told, check: str) -> None:
    assert told.sees(unknown=[check], unreadable=False, times=8) == []


def test_a_second_lost_batch_is_told_as_well(told: Told) -> None:
    first, second = (finding("workers.heartbeat", key=key) for key in ("b1", "b2"))
    told.sees(first, times=2)
    assert told.sees(first, second, times=2) == [Kind.OPENED]


def test_a_worker_that_is_only_late_is_left_to_the_digest(told: Told) -> None:
    assert told.sees(finding("workers.heartbeat", Severity.WARNING, key="b1"), times=8) == []


def test_the_warehouse_that_goes_while_the_workers_are_unread_is_told_as_well(told: Told) -> None:
    told.sees(unknown=["schedule.stale"], times=2)
    assert told.sees(unknown=CHECKS, times=8) == [Kind.WORSENED]
