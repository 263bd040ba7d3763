"""Lesser troubles share a thread, and none of them is lost in it: neither held back, nor while it waits, nor at its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from checks.model import Severity
from console.notify.codec import notice_of_text, text_of_notice
from console.notify.notice import Kind, Notice
from console.notify.rationing import ration
from console.notify.sinks.slack import message_of_notice
from tests.incidents.reports import NOON, finding
from tests.notify.notices import notice, part
from tests.notify.posts import Ear, Post
from tests.notify.telling import Told

PLAYERS = finding("reconcile.players", Severity.CRITICAL, day=date(2026, 1, 23))
STALE = finding("schedule.stale", Severity.CRITICAL)
MINUTE = timedelta(minutes=1)


def about(kind: Kind, minutes: float, incident: str) -> Notice:
    """Return what the shared thread tells of one of its incidents."""
    return notice(kind, minutes, thread="standing", incident=incident, parts=(part(kind, incident=incident),))


@pytest.fixture
def told() -> Told:
    return Told()


def test_its_message_says_what_else_lasts_in_it(told: Told) -> None:
    told.watch.every = timedelta(minutes=4)
    told.sees(PLAYERS)
    told.sees(PLAYERS, STALE)
    assert told.sent[-1].title == f"CRITICAL: {STALE.sentence}"
    assert f"still CRITICAL: {PLAYERS.sentence}" in told.sent[-1].lines
    told.sees(PLAYERS, times=2)
    assert told.sent[-1].kind is Kind.RESOLVED
    assert f"still CRITICAL: {PLAYERS.sentence}" in told.sent[-1].lines
    assert len({item.thread for item in told.sent}) == 1


def test_what_opens_within_the_minute_of_another_is_a_line_of_its_message(told: Told) -> None:
    told.watch.every = timedelta(seconds=20)
    told.sees(finding("quality.features", Severity.CRITICAL))
    told.sees(PLAYERS)
    told.sees(PLAYERS, STALE)
    told.watch.every = MINUTE
    told.sees(PLAYERS, STALE)
    assert len(told.sent) == 2
    said = " ".join((told.sent[1].title, *told.sent[1].lines))
    assert PLAYERS.sentence in said
    assert STALE.sentence in said
    assert {item.kind for item in told.sent[1].parts} == {Kind.OPENED}


def test_an_end_hides_no_beginning_that_was_held_back(told: Told) -> None:
    waiting = replace(told.ledger, waiting=(about(Kind.OPENED, 0, "a"),))
    (sent,) = ration([about(Kind.RESOLVED, 1, "b")], waiting, NOON + MINUTE, told.manner).notices
    assert (sent.kind, sent.is_live, sent.count) == (Kind.OPENED, True, 2)
    assert "also resolved: resolved it is" in sent.lines


@pytest.mark.parametrize("later", [Kind.ACKNOWLEDGED, Kind.RESOLVED])
def test_nobody_is_called_for_what_was_settled_while_the_call_was_held_back(told: Told, later: Kind) -> None:
    waiting = replace(told.ledger, waiting=(about(Kind.ESCALATION, 0, "a"),))
    assert [item.kind for item in ration([about(later, 1, "a")], waiting, NOON + MINUTE, told.manner).notices] == [
        later
    ]
    both = ration([about(later, 1, "b")], waiting, NOON + MINUTE, told.manner).notices
    assert {item.kind for item in both} == {later, Kind.ESCALATION}


@pytest.mark.parametrize("later", [Kind.WORSENED, Kind.REMINDER])
def test_a_call_that_was_held_back_stays_while_nobody_has_settled_it(told: Told, later: Kind) -> None:
    waiting = replace(told.ledger, waiting=(about(Kind.ESCALATION, 0, "a"),))
    both = ration([about(later, 1, "a")], waiting, NOON + MINUTE, told.manner).notices
    assert {item.kind for item in both} == {later, Kind.ESCALATION}


@pytest.mark.parametrize(
    ("first", "then", "told_as"),
    [
        (Kind.OPENED, Kind.WORSENED, Kind.OPENED),
        (Kind.OPENED, Kind.REMINDER, Kind.OPENED),
        (Kind.WORSENED, Kind.REMINDER, Kind.WORSENED),
        (Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED),
        (Kind.OPENED, Kind.RESOLVED, Kind.RESOLVED),
    ],
)
def test_what_nobody_has_been_told_of_yet_is_still_told_as_a_beginning(
    told: Told, first: Kind, then: Kind, told_as: Kind
) -> None:
    waiting = replace(told.ledger, waiting=(about(first, 0, "a"),))
    (sent,) = ration([about(then, 1, "a")], waiting, NOON + MINUTE, told.manner).notices
    assert (sent.kind, [item.kind for item in sent.parts]) == (told_as, [told_as])


def test_what_waits_gives_way_only_to_what_tells_of_the_same_incident(post: Post) -> None:
    ear = Ear()
    post.puts(about(Kind.OPENED, 0, "a"), about(Kind.ESCALATION, 1, "a"), about(Kind.OPENED, 2, "b"), ear=ear)
    post.puts(about(Kind.RESOLVED, 3, "b"), ear=ear)
    post.outbox.deliver(ear)
    heard = [(item.kind, item.parts[0].id) for item in ear.heard]
    assert heard == [(Kind.OPENED, "a"), (Kind.ESCALATION, "a"), (Kind.RESOLVED, "b")]


def test_a_reply_names_each_incident_that_changed() -> None:
    parts = (part(Kind.OPENED, incident="a"), part(Kind.RESOLVED, title="over: the other", incident="b"))
    assert "also resolved: over: the other" in message_of_notice(notice(Kind.OPENED, parts=parts)).change


def test_the_journal_keeps_what_a_notice_tells_of_each() -> None:
    kept = about(Kind.OPENED, 0, "a")
    assert notice_of_text(text_of_notice(kept)) == kept
