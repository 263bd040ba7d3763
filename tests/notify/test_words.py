"""What operators' words keep from people, and for how long: not beyond their end, nor once it has become critical."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.hushes import Hushes, HushKind
from checks.incidents.incident import State
from checks.model import Severity
from console.notify.notice import Kind, Ledger
from console.notify.sinks.pagerduty import events_of
from tests.incidents.reports import RETRIER, SILENCE, STALE, finding
from tests.notify.telling import Told

MILD = replace(SILENCE, severity=Severity.WARNING)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize("kind", list(HushKind))
def test_what_has_become_critical_breaks_through_a_word_that_was_given_before(told: Told, kind: HushKind) -> None:
    """A silence given at 05:40 of what opens at 05:50 and is critical at 06:20."""
    told.sees(MILD)
    told.watch.hush(MILD, kind, hours=24)
    told.sees(MILD, times=2)
    before = len(told.sent)
    assert told.sees(SILENCE) == [Kind.WORSENED]
    assert told.watch.only().state is State.OPEN
    word = f"{kind.value} by ann until Sat 24 Jan 07:15 EST (2026-01-24T12:15Z): on it"
    ack = "courtside ack controller_silent"
    assert told.sent[before].lines[:2] == (
        f"{word}, but that was before it became CRITICAL, and holds no longer",
        f"`{ack} --withdraw --apply`, then `{ack} --reason 'on it' --apply`, takes it in hand again",
    )
    assert told.sees(SILENCE) == [Kind.ESCALATION]
    assert told.sent[-1].title.startswith("nobody has this in hand any more: CRITICAL: ")


def test_a_word_of_which_the_run_that_finds_it_critical_hears_first_was_given_before(told: Told) -> None:
    told.sees(MILD, times=2)
    told.watch.hush(MILD, HushKind.SILENCED, hours=24)
    assert told.sees(SILENCE) == [Kind.WORSENED]
    assert told.watch.only().state is State.OPEN


def test_a_word_that_is_given_once_it_is_critical_holds(told: Told) -> None:
    told.sees(MILD, times=2)
    told.sees(SILENCE)
    told.watch.hush(SILENCE, HushKind.SILENCED, hours=24)
    assert told.sees(SILENCE, times=40) == []


def test_another_word_takes_in_hand_what_broke_through_the_first(told: Told) -> None:
    told.sees(MILD)
    told.watch.hush(MILD, hours=24)
    told.sees(MILD)
    told.sees(SILENCE)
    told.watch.hush(SILENCE, hours=12)
    assert told.sees(SILENCE, times=20) == [Kind.ACKNOWLEDGED]


def test_what_was_silenced_before_it_was_told_and_lasts_is_told_when_the_silence_ends(told: Told) -> None:
    told.watch.hush(SILENCE, HushKind.SILENCED, hours=1)
    assert told.sees(SILENCE, times=4) == []
    told.watch.hushes = Hushes()
    assert told.sees(SILENCE) == [Kind.OPENED]
    assert told.sent[0].title == f"no longer silenced, and it lasts: CRITICAL: {SILENCE.sentence}"
    assert told.sent[0].lines[0].startswith("it was silenced by ann until Fri 23 Jan 08:00 EST")
    assert told.sees(SILENCE) == [Kind.ESCALATION]


def test_that_an_acknowledgement_has_ended_is_told_and_pages_again(told: Told) -> None:
    told.sees(SILENCE)
    told.watch.hush(SILENCE, hours=1)
    told.sees(SILENCE, times=4)
    told.watch.hushes = Hushes()
    assert told.sees(SILENCE) == [Kind.OPENED]
    assert told.sent[-1].title == f"no longer acknowledged, and it lasts: CRITICAL: {SILENCE.sentence}"
    actions = [(event["event_action"], event["dedup_key"]) for sent in told.sent for event in events_of(sent, "key")]
    assert [action for action, _ in actions] == ["trigger", "acknowledge", "trigger"]
    assert len({key for _, key in actions}) == 1


def test_the_end_of_a_word_about_a_lesser_trouble_is_the_digests(told: Told) -> None:
    told.watch.hush(STALE, HushKind.SILENCED, hours=1)
    told.sees(STALE, times=4)
    told.watch.hushes = Hushes()
    assert told.sees(STALE, times=4) == []


def test_what_is_critical_again_after_a_silence_that_ended_while_it_was_milder_is_told(told: Told) -> None:
    """It is no worse than it ever was, and yet nobody knows of it."""
    players, worse = (finding("reconcile.players", item) for item in (Severity.WARNING, Severity.CRITICAL))
    told.watch.hush(worse, HushKind.SILENCED, hours=1)
    assert told.sees(worse, times=2) + told.sees(players, times=2) == []
    told.watch.hushes = Hushes()
    assert told.sees(players, times=2) == []
    assert told.sees(worse) == [Kind.OPENED]


def test_whoever_has_lost_what_was_told_tells_what_is_open_once_more(told: Told) -> None:
    told.sees(RETRIER, times=4)
    told.ledger = Ledger()
    assert told.sees(RETRIER, times=4) == [Kind.OPENED]


def test_a_silence_that_ends_while_nothing_can_be_seen_is_told_with_when_it_was_last_seen(told: Told) -> None:
    told.watch.hush(SILENCE, HushKind.SILENCED, hours=1)
    told.sees(SILENCE)
    told.watch.moment += timedelta(hours=2)
    told.watch.hushes = Hushes(unread="no answer")
    assert told.sees(unknown=[SILENCE.check]) == [Kind.OPENED]
    assert "last seen Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), not in the last run" in told.sent[0].lines
