"""The ceiling of messages an hour counts what people receive or have yet to, and that some are held back is said meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding, Severity
from console.incidents.moving import deliver, held_back, move
from console.notify.notice import Kind, Ledger, Manner, Notice
from console.notify.rationing import ration
from console.notify.received import LONGEST_HELD, Place, places
from console.notify.sinks.sink import SinkError
from tests.incidents.reports import NOON, SILENCE, finding, report
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Ear, Post

THREE = (
    SILENCE,
    finding(severity=Severity.CRITICAL),
    finding("reconcile.players", Severity.CRITICAL, day=date(2026, 1, 20)),
)
"""In a thread each."""
DOWN = SinkError("it cannot take it now (HTTP 503)", again=True)
REFUSED = SinkError("the key is wrong", again=False)
HALF_AN_HOUR = timedelta(minutes=30)
LATE = timedelta(days=2)
MANNER = Manner(has_digest=False, most_an_hour=1, escalates_after=LATE, reminds_every=LATE)


class Pager(Ear):
    """Is told of what begins and ends only."""

    def wants(self, notice: Notice, /) -> bool:
        return notice.kind in (Kind.OPENED, Kind.RESOLVED)


class Second(Ear):
    """Is told of what is escalated only."""

    def wants(self, notice: Notice, /) -> bool:
        return notice.is_escalation


@pytest.fixture
def ear() -> Ear:
    return Ear()


def runs(post: Post, findings: Sequence[Finding], *ears: Ear, manner: Manner = MANNER) -> None:
    """Let a run see these findings and have people told, half an hour after the last."""
    move(post.journal, Run("demo", report(post.moment, *findings), NOTHING_SAID, post.moment), ears, Rules(), manner)
    deliver(post.outbox, ears)
    post.moment += HALF_AN_HOUR


def places_of(post: Post, *decided: datetime) -> tuple[Place, ...]:
    with post.journal.reading() as connection:
        return places(connection, "demo", decided, ["ear"], post.moment)


def held(post: Post) -> int:
    with post.journal.reading() as connection:
        return len(held_back(connection, "demo"))


@pytest.mark.parametrize("trouble", [DOWN, REFUSED])
def test_after_an_outage_people_hear_as_many_an_hour_as_ever_and_that_others_are_held_back(
    post: Post, ear: Ear, trouble: SinkError
) -> None:
    ear.deaf = trouble
    for _ in range(5):
        runs(post, THREE, ear)
    assert held(post) == 2
    ear.deaf = None
    opened = []
    for _ in range(6):
        runs(post, THREE, ear)
        opened.append(ear.kinds.count(Kind.OPENED))
    assert opened == [1, 1, 2, 2, 3, 3]
    assert Kind.HELD_BACK in ear.kinds
    assert held(post) == 0


def test_what_is_laid_down_gives_its_place_back_at_once(post: Post, ear: Ear) -> None:
    ear.deaf = DOWN
    runs(post, THREE, ear)
    runs(post, THREE, Ear("another"))
    assert held(post) == 1


def test_what_something_newer_replaces_before_it_has_arrived_gives_its_place_back(post: Post, ear: Ear) -> None:
    post.puts(OPENED, ear=ear)
    post.moment += timedelta(minutes=1)
    assert len(places_of(post, NOON)) == 1
    post.puts(notice(Kind.RESOLVED, 1), ear=ear)
    assert places_of(post, NOON) == ()


def test_one_message_that_a_sink_refuses_which_takes_others_holds_its_place_for_an_hour(post: Post) -> None:
    class Picky(Ear):
        def send(self, notice: Notice) -> None:
            self.deaf = REFUSED if notice == OPENED else None
            super().send(notice)

    picky = Picky()
    post.puts(OPENED, ear=picky)
    post.outbox.deliver(picky)
    post.moment += timedelta(minutes=1)
    post.puts(notice(Kind.OPENED, 1, thread="another"), ear=picky)
    post.outbox.deliver(picky)
    assert len(places_of(post, NOON)) == 1
    post.moment = NOON + 2 * HALF_AN_HOUR
    assert places_of(post, NOON) == ()


def test_what_another_version_wrote_and_nobody_can_send_holds_no_place(post: Post, ear: Ear) -> None:
    post.puts(OPENED, ear=ear)
    with post.journal.writing() as connection:
        connection.execute("UPDATE notice SET text = '{}'")
    assert places_of(post, NOON) == ()


def test_a_clock_that_is_set_back_closes_no_ceiling_for_the_time_that_it_was_ahead(post: Post, ear: Ear) -> None:
    ahead = post.moment = NOON + timedelta(hours=37)
    post.puts(OPENED, ear=ear)
    post.outbox.deliver(ear)
    post.moment = NOON
    assert places_of(post, ahead) == (Place(decided_at=NOON, counts_from=NOON),)
    post.moment = NOON + 2 * HALF_AN_HOUR
    assert places_of(post, NOON) == ()


def test_what_is_never_taken_closes_the_ceiling_for_a_day_at_most(post: Post, ear: Ear) -> None:
    ear.deaf = REFUSED
    runs(post, THREE, ear)
    post.moment += LONGEST_HELD - 2 * HALF_AN_HOUR
    runs(post, THREE, ear)
    assert held(post) == 2
    runs(post, THREE, ear)
    assert held(post) == 1


def test_what_waits_for_a_sink_that_fails_keeps_another_that_hears_from_hearing_for_an_hour_at_most(post: Post) -> None:
    broken, pager = Second("broken", deaf=DOWN), Pager("pager")
    manner = replace(MANNER, escalates_after=HALF_AN_HOUR)
    for _ in range(3):
        runs(post, THREE[:1], broken, pager, manner=manner)
    assert held(post) == 0  # what has opened arrived an hour ago, and the escalation waits
    runs(post, THREE[:2], broken, pager, manner=manner)
    assert pager.kinds == [Kind.OPENED]
    runs(post, THREE[:2], broken, pager, manner=manner)
    assert pager.kinds == [Kind.OPENED, Kind.OPENED]


def test_messages_that_nobody_there_wants_take_no_room_and_are_not_held_back(post: Post) -> None:
    pager = Pager("pager")
    manner = replace(MANNER, most_an_hour=2, escalates_after=HALF_AN_HOUR)
    runs(post, THREE[:1], pager, manner=manner)
    runs(post, THREE[:2], pager, manner=manner)
    assert pager.kinds == [Kind.OPENED, Kind.OPENED]
    runs(post, THREE[:2], pager, manner=replace(manner, most_an_hour=1))
    assert held(post) == 0


def test_a_message_that_nobody_there_wants_neither_counts_nor_makes_its_thread_wait(post: Post) -> None:
    done = ration([OPENED], Ledger(), post.moment, MANNER, lambda _: False)
    assert done.notices == (OPENED,)
    assert (done.ledger.sent, done.ledger.spoke) == ((), {})


def test_messages_that_one_of_two_sinks_has_taken_count(post: Post, ear: Ear) -> None:
    for _ in range(2):
        runs(post, THREE, ear, Ear("broken", deaf=DOWN))
    assert ear.kinds == [Kind.OPENED, Kind.HELD_BACK]
    assert held(post) == 2


def test_while_some_are_held_back_it_is_tried_again_to_say_so(post: Post, ear: Ear) -> None:
    runs(post, THREE[:1], ear)
    ear.deaf = DOWN
    runs(post, THREE, ear)
    ear.deaf = None
    post.moment -= timedelta(minutes=25)
    runs(post, THREE, ear)
    assert held(post) > 0
    assert Kind.HELD_BACK in ear.kinds
