"""Who is told what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.hushes import Hushes, HushKind
from checks.model import Severity
from checks.times import format_eastern
from console.notify.deciding import next_due
from console.notify.notice import Kind, Manner
from tests.builders import at
from tests.incidents.reports import NOON, RETRIER, SILENCE, STALE, finding
from tests.notify.telling import Told

MINUTE = timedelta(minutes=1)
CRITICAL_RETRIER = replace(RETRIER, severity=Severity.CRITICAL)


@pytest.fixture
def told() -> Told:
    return Told()


def test_an_opening_is_told_once(told: Told) -> None:
    assert told.sees(RETRIER, times=12) == [Kind.OPENED]
    assert told.sent[0].title == "ERROR: queue.retrier_dead of it is ERROR"
    assert told.sent[0].lines[-1] == "next: courtside check"


def test_worsening_and_resolution_are_told_in_the_same_thread(told: Told) -> None:
    told.sees(RETRIER, times=2)
    assert told.sees(CRITICAL_RETRIER) == [Kind.WORSENED]
    assert told.sees(times=2) == [Kind.RESOLVED]
    assert len({notice.thread for notice in told.sent}) == 1
    assert told.sent[-1].lines[0].startswith("from Fri 23 Jan 07:00 EST (2026-01-23T12:00Z) to ")
    assert [notice.is_live for notice in told.sent] == [True, True, False]


def test_lesser_troubles_are_told_by_the_digest_only(told: Told) -> None:
    told.manner = Manner()
    assert told.sees(STALE, finding("reconcile.players"), times=8) == []
    assert told.watch.moment == at("2026-01-23T14:00")
    assert told.sees(STALE) == [Kind.DIGEST]
    assert "WARNING: schedule.stale of it is WARNING" in told.sent[0].lines


def test_a_lesser_trouble_that_becomes_critical_speaks_up(told: Told) -> None:
    told.sees(STALE, times=3)
    assert told.sees(replace(STALE, severity=Severity.CRITICAL)) == [Kind.WORSENED]


def test_not_to_see_is_told(told: Told) -> None:
    assert told.sees(unknown=["schedule.stale"], times=2) == [Kind.OPENED]
    assert "we cannot see" in told.sent[0].title


def test_after_15_minutes_that_nobody_takes_it_in_hand_it_is_escalated_once(told: Told) -> None:
    told.watch.every = MINUTE
    assert told.sees(SILENCE, times=15) == [Kind.OPENED]
    assert told.sees(SILENCE) == [Kind.ESCALATION]
    assert told.sees(SILENCE, times=100) == []


def test_every_four_hours_there_is_a_reminder_for_as_long_as_it_is_critical_and_nobodys(told: Told) -> None:
    assert told.sees(SILENCE, times=4 * 9) == [Kind.OPENED, Kind.ESCALATION, Kind.REMINDER, Kind.REMINDER]
    assert [moment - NOON for moment in told.times[2:]] == [
        timedelta(hours=4, minutes=15),
        timedelta(hours=8, minutes=15),
    ]


def test_whoever_has_it_in_hand_is_named_when_it_gets_worse(told: Told) -> None:
    told.sees(RETRIER, times=2)
    told.watch.hush(RETRIER)
    told.sees(RETRIER)
    assert told.sees(CRITICAL_RETRIER) == [Kind.WORSENED]
    assert told.sent[-1].lines[0].startswith("acknowledged by ann until Fri 23 Jan 09:30 EST")


@pytest.mark.parametrize("kind", list(HushKind))
def test_what_somebody_has_in_hand_is_neither_escalated_nor_recalled(told: Told, kind: HushKind) -> None:
    told.sees(SILENCE)
    told.watch.hush(SILENCE, kind, hours=24)
    heard = told.sees(SILENCE, times=80)
    assert heard == ([Kind.ACKNOWLEDGED] if kind is HushKind.ACKNOWLEDGED else [])


def test_what_is_silenced_is_told_nothing_of_even_when_it_is_over(told: Told) -> None:
    told.watch.hush(SILENCE, HushKind.SILENCED, hours=24)
    assert told.sees(SILENCE, times=2) + told.sees(times=3) == []


def test_15_minutes_after_the_end_of_a_word_it_is_escalated_again(told: Told) -> None:
    told.sees(SILENCE, times=3)
    told.watch.hush(SILENCE, hours=1)
    told.sees(SILENCE, times=3)
    told.watch.hushes = Hushes()
    assert told.sees(SILENCE) == [Kind.OPENED]
    assert told.sees(SILENCE) == [Kind.ESCALATION]


def test_what_is_critical_once_more_after_four_hours_is_recalled_at_once(told: Told) -> None:
    told.sees(CRITICAL_RETRIER)
    told.sees(RETRIER, times=15)
    assert told.sees(CRITICAL_RETRIER) == [Kind.REMINDER]
    assert told.sees(CRITICAL_RETRIER) == [Kind.ESCALATION]


def test_after_a_night_that_the_machine_slept_through_one_message_catches_up(told: Told) -> None:
    told.sees(SILENCE, times=2)
    told.later(hours=8)
    assert told.sees(SILENCE, times=4) == [Kind.REMINDER]


def test_a_clock_that_is_put_back_repeats_nothing_and_swallows_nothing(told: Told) -> None:
    told.sees(SILENCE, times=4)
    told.later(hours=-1)
    assert told.sees(SILENCE, times=4) == []
    assert told.sees(SILENCE, times=13) == [Kind.REMINDER]


class TestTheDigest:
    @pytest.mark.parametrize(
        ("moment", "eastern"),
        [
            ("2026-03-07T14:00", "Sat 7 Mar 09:00 EST"),
            ("2026-03-08T13:00", "Sun 8 Mar 09:00 EDT"),
            ("2026-10-31T13:00", "Sat 31 Oct 09:00 EDT"),
            ("2026-11-01T14:00", "Sun 1 Nov 09:00 EST"),
        ],
    )
    def test_comes_at_nine_eastern_also_on_the_days_that_have_23_and_25_hours(self, moment: str, eastern: str) -> None:
        told = Told(manner=Manner())
        told.ledger = replace(told.ledger, digest=(at(moment) - timedelta(days=1)).date())
        told.watch.moment = at(moment) - MINUTE
        told.watch.every = MINUTE
        assert told.sees() == []
        assert told.sees() == [Kind.DIGEST]
        assert format_eastern(told.sent[0].at) == eastern

    def test_comes_once_a_day_also_when_all_is_well(self) -> None:
        told = Told(manner=Manner())
        assert told.sees(times=4 * 24 * 3) == [Kind.DIGEST] * 3
        assert told.sent[0].title == "daily digest: OK, all 5 checks are OK"
        assert "nothing is open, and the checks are being run" in told.sent[0].lines

    def test_is_one_after_three_days_of_sleep(self) -> None:
        told = Told(manner=Manner())
        told.sees(times=16)
        told.later(days=3)
        assert told.sees(times=2) == [Kind.DIGEST]

    def test_reminds_of_what_it_names(self) -> None:
        told = Told(manner=Manner())
        told.watch.moment = at("2026-01-23T10:45")
        told.sees(SILENCE, times=2)  # escalated at 11:00, so a reminder would come at 15:00
        told.watch.moment = at("2026-01-23T14:00")
        assert told.sees(SILENCE, times=16) == [Kind.DIGEST]
        assert told.sees(SILENCE) == [Kind.REMINDER]


class TestTheRation:
    def test_what_happens_to_one_thread_within_a_minute_becomes_one_more_message(self, told: Told) -> None:
        told.watch.every = timedelta(seconds=10)
        told.sees(SILENCE)
        told.watch.hush(SILENCE)
        assert told.sees(SILENCE, times=5) == []
        assert told.sees(SILENCE) == [Kind.ACKNOWLEDGED]

    def test_beyond_twelve_an_hour_one_message_says_how_many_are_held_back(self, told: Told) -> None:
        many = [finding("availability.missing_game", day=(NOON - timedelta(days=n)).date()) for n in range(30)]
        kinds = told.sees(*many, times=2)
        assert kinds == [Kind.OPENED] * 12 + [Kind.HELD_BACK]
        assert told.sent[-1].title == "18 messages are held back: more than 12 an hour"

    def test_what_is_held_back_is_told_later_and_replaced_by_what_is_newer(self, told: Told) -> None:
        many = [finding("availability.missing_game", day=(NOON - timedelta(days=n)).date()) for n in range(30)]
        told.sees(*many, times=2)
        told.sees(times=2)  # all are over, within the hour
        kinds = told.sees(times=12)
        assert Kind.OPENED not in kinds
        assert len({notice.thread for notice in told.sent if notice.kind is not Kind.HELD_BACK}) == 30

    def test_the_worst_goes_first(self, told: Told) -> None:
        many = [finding("availability.missing_game", day=(NOON - timedelta(days=n)).date()) for n in range(30)]
        told.sees(*many)
        told.sees(*many, SILENCE)
        assert told.sent[0].severity is Severity.CRITICAL


def test_it_is_known_when_the_next_message_is_due_without_another_run(told: Told) -> None:
    told.sees(SILENCE)
    now = told.watch.moment
    assert next_due(told.watch.incidents, told.ledger, now, told.manner) == NOON + timedelta(minutes=15)
    told.sees(SILENCE)
    due = next_due(told.watch.incidents, told.ledger, now, told.manner)
    assert due == NOON + timedelta(hours=4, minutes=15)
    assert next_due((), replace(told.ledger, runs=(NOON, now)), now, Manner()) == at("2026-01-23T14:00")
    assert next_due((), replace(told.ledger, runs=(NOON,)), now, Manner()) is None


def test_what_is_told_of_one_thing_at_one_time_has_one_key(told: Told) -> None:
    other = Told()
    for each in (told, other):
        each.sees(SILENCE, times=40)
    assert [notice.key for notice in told.sent] == [notice.key for notice in other.sent]
    assert len({notice.key for notice in told.sent}) == len(told.sent)
