"""What comes and goes is told as that once, and again when it stays or stops: not at every swing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.hushes import Hushes, HushKind
from checks.incidents.incident import State
from checks.model import Severity
from console.notify.notice import Kind, Manner
from console.notify.sinks.pagerduty import events_of
from tests.incidents.reports import CHECKS, RETRIER, SILENCE
from tests.notify.telling import Told

HOUR = timedelta(hours=1)
BAD, GOOD = (SILENCE,), ()


@pytest.fixture
def told() -> Told:
    return Told()


def swings(told: Told, times: int, *, bad: int = 1, good: int = 3) -> list[Kind]:
    """Let a trouble come for so many runs of a quarter of an hour, and go for so many, again and again."""
    before = len(told.sent)
    for _ in range(times):
        told.sees(*BAD, times=bad)
        told.sees(*GOOD, times=good)
    return [notice.kind for notice in told.sent[before:]]


def test_it_is_told_for_the_third_reopening_that_it_comes_and_goes_and_then_of_no_swing_more(told: Told) -> None:
    """A controller that decides every hour, where 45 minutes are critical."""
    assert swings(told, 3) == [Kind.OPENED, Kind.RESOLVED] * 3
    assert told.sees(*BAD) == [Kind.OPENED]
    assert told.sent[-1].title == f"it comes and goes: CRITICAL: {SILENCE.sentence}"
    assert (
        "since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z) it seemed over 3 times, and was not: "
        "told again when it stays for an hour, or is over for one"
    ) in told.sent[-1].lines
    told.sees(*GOOD, times=3)
    kinds = swings(told, 30)
    assert set(kinds) == {Kind.ESCALATION, Kind.REMINDER}
    assert kinds.count(Kind.ESCALATION) == 1
    assert told.sent[-1].title == f"it comes and goes: CRITICAL: {SILENCE.sentence}"


def test_a_week_of_swings_every_hour_is_a_few_alerts_and_the_reminders_of_what_is_nobodys(told: Told) -> None:
    told.manner = Manner()
    kinds = swings(told, 7 * 24)
    assert sum(kind in (Kind.OPENED, Kind.RESOLVED) for kind in kinds) == 7
    assert kinds.count(Kind.DIGEST) == 7
    assert kinds.count(Kind.REMINDER) <= 7 * 24 / 4
    assert kinds.count(Kind.ESCALATION) == 1


def test_with_somebody_who_has_it_in_hand_a_week_of_swings_is_a_few_alerts_and_the_digests(told: Told) -> None:
    told.manner = Manner()
    told.sees(*BAD)
    told.watch.hush(SILENCE, hours=24 * 8)
    assert swings(told, 24 * 7).count(Kind.ACKNOWLEDGED) <= 4
    kinds = [notice.kind for notice in told.sent]
    assert len(kinds) - kinds.count(Kind.DIGEST) < 12


def test_two_reopenings_in_a_day_are_told_as_ever(told: Told) -> None:
    swings(told, 2)
    told.later(hours=24)
    assert swings(told, 3) == [Kind.OPENED, Kind.RESOLVED] * 3


def test_it_is_told_once_it_has_been_over_until_it_is_closed_and_a_pager_only_then(told: Told) -> None:
    swings(told, 5)
    paged = [event["event_action"] for sent in told.sent for event in events_of(sent, "key")]
    assert paged == ["trigger", "resolve"] * 3 + ["trigger"]
    assert told.sees(*GOOD, times=8) == [Kind.RESOLVED]
    assert told.sent[-1].title == f"over for an hour: {SILENCE.sentence}"
    assert not told.sent[-1].is_live
    assert [event["event_action"] for event in events_of(told.sent[-1], "key")] == ["resolve"]
    assert told.ledger.told == {}


def test_it_is_told_once_it_has_stayed_for_an_hour_and_at_most_as_often_as_reminders_come(told: Told) -> None:
    swings(told, 4)
    assert told.sees(*BAD, times=4) == [Kind.ESCALATION]
    assert told.sees(*BAD) == [Kind.OPENED]
    assert told.sent[-1].title == f"it comes and goes, and stays for an hour now: CRITICAL: {SILENCE.sentence}"
    told.sees(*GOOD, times=3)
    assert swings(told, 1, bad=6) == []
    kinds = swings(told, 12, bad=6)
    assert kinds.count(Kind.OPENED) <= 12 * 9 / 16
    assert Kind.RESOLVED not in kinds


def test_whoever_was_called_is_not_called_again_at_each_swing(told: Told) -> None:
    assert swings(told, 20, bad=3).count(Kind.ESCALATION) == 4


def test_what_is_worse_than_all_that_was_told_of_it_is_told_at_once(told: Told) -> None:
    for _ in range(4):
        told.sees(RETRIER, times=2)
        told.sees(times=3)
    assert told.sees(RETRIER) == []
    worse = replace(RETRIER, severity=Severity.CRITICAL)
    assert told.sees(worse) == [Kind.WORSENED]
    told.sees(times=3)
    assert told.sees(RETRIER) + told.sees(worse) == [Kind.ESCALATION]


def test_what_returns_worse_than_all_that_was_told_of_it_is_told_at_once_and_pages_as_bad_as_it_is(told: Told) -> None:
    told.manner = Manner(has_digest=False, escalates_after=24 * HOUR)
    lesser = replace(SILENCE, severity=Severity.ERROR)
    told.sees(lesser, times=2)
    for _ in range(4):
        told.sees(times=2)
        told.sees(lesser)
    told.sees(times=2)
    assert told.sees(*BAD) == [Kind.OPENED]
    assert told.sent[-1].title == f"it comes and goes: CRITICAL: {SILENCE.sentence}"
    (paged,) = events_of(told.sent[-1], "key")
    assert (paged["event_action"], told.sent[-1].parts[0].severity) == ("trigger", Severity.CRITICAL)
    told.sees(times=2)
    assert told.sees(*BAD) == []


def test_that_somebody_takes_it_in_hand_is_told_once_and_not_at_each_swing(told: Told) -> None:
    swings(told, 5)
    told.sees(*BAD)
    told.watch.hush(SILENCE, hours=24)
    assert told.sees(*BAD) == [Kind.ACKNOWLEDGED]
    assert swings(told, 6) == []
    told.watch.hushes = Hushes()
    told.watch.hush(SILENCE, hours=30)
    assert told.sees(*BAD) == [Kind.ACKNOWLEDGED]


def test_what_is_silenced_swings_unheard(told: Told) -> None:
    told.sees(*BAD)
    told.watch.hush(SILENCE, HushKind.SILENCED, hours=24)
    assert set(swings(told, 10)) <= {Kind.RESOLVED}


def test_what_has_not_swung_for_a_day_comes_and_goes_no_more(told: Told) -> None:
    swings(told, 4)
    told.sees(*BAD, times=24 * 4 + 1)
    assert told.watch.only().state is State.OPEN
    assert told.sees(*GOOD, times=2) == [Kind.RESOLVED]


def test_a_blindness_that_comes_and_goes_still_says_when_less_can_be_seen(told: Told) -> None:
    for _ in range(4):
        told.sees(unknown=["schedule.stale"], times=2)
        told.sees(times=3)
    assert told.sees(unknown=["schedule.stale"]) == []
    assert Kind.WORSENED in told.sees(unknown=CHECKS, times=2)


def test_a_blindness_that_comes_and_goes_says_once_that_it_returns_with_less_sight_than_ever(told: Told) -> None:
    for _ in range(4):
        told.sees(unknown=["schedule.stale"], times=2)
        told.sees(times=3)
    assert told.sees(unknown=CHECKS) == [Kind.OPENED]
    told.sees(times=3)
    assert told.sees(unknown=CHECKS) == []
    told.sees(times=3)
    assert told.sees(unknown=["schedule.stale"], times=2) + told.sees(unknown=CHECKS, times=2) == []


def test_the_digest_names_what_is_over_only_for_now(told: Told) -> None:
    told.manner = Manner()
    told.watch.moment -= 4 * HOUR
    swings(told, 5)
    told.sees(*BAD)
    told.sees(*GOOD, times=4)
    digest = next(notice for notice in told.sent if notice.kind is Kind.DIGEST)
    assert digest.lines[0] == "0 open, 1 opened and 1 resolved so far: this is the first digest"
    assert f"over for now, but it seemed over 5 times, and was not: CRITICAL: {SILENCE.sentence}" in digest.lines


def test_a_clock_that_is_put_back_lets_nothing_come_and_go_that_did_not(told: Told) -> None:
    swings(told, 2)
    told.later(hours=-2)
    assert told.sees(*BAD, times=2)[0] is Kind.OPENED
    assert told.sent[-2].title == f"again CRITICAL: {SILENCE.sentence}"
    assert all(swing <= told.watch.moment for item in told.ledger.told.values() for swing in item.swings)
