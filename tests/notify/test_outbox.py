"""From the decision to the arrival: in order, once, later when it cannot be now, and through every crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding
from console.incidents.moving import deliver, move, remind
from console.incidents.shelf import current_incidents, newest_incidents
from console.journal import Journal
from console.notify.notice import Kind, Manner, Notice
from console.notify.outbox import LEASE, put_notices
from console.notify.sinks.sink import SinkError
from console.notify.sinks.webhook import WebhookSink
from tests.incidents.reports import NOON, RETRIER, SILENCE, report
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Ear, Killed, Post
from tests.notify.services import Receiver, Says

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ear() -> Ear:
    return Ear()


def test_what_is_put_arrives_once_and_in_order(post: Post, ear: Ear) -> None:
    notices = (OPENED, notice(Kind.ESCALATION, 15), notice(Kind.OPENED, 16, thread="other"))
    post.puts(*notices, *notices, ear=ear)
    assert post.outbox.deliver(ear) == 3
    assert post.outbox.deliver(ear) == 0
    assert ear.heard == list(notices)


def test_what_fails_waits_as_asked_and_a_random_part_of_a_growing_time(post: Post, ear: Ear) -> None:
    ear.deaf = SinkError("too often", again=True, wait_seconds=120)
    post.puts(OPENED, ear=ear)
    post.outbox.deliver(ear)
    assert post.outbox.next_due() == NOON + timedelta(seconds=120 + 2.5)
    post.moment = NOON + timedelta(seconds=122)
    ear.deaf = None
    assert post.outbox.deliver(ear) == 0
    post.moment += timedelta(seconds=1)
    assert post.outbox.deliver(ear) == 1
    assert post.outbox.next_due() is None


def test_the_backoff_doubles_up_to_ten_minutes(post: Post, ear: Ear) -> None:
    ear.deaf = SinkError("down", again=True)
    post.puts(OPENED, ear=ear)
    waits = []
    for _ in range(12):
        post.outbox.deliver(ear)
        due = post.outbox.next_due()
        assert due is not None
        waits.append((due - post.moment).total_seconds())
        post.moment = due
    assert waits[:4] == [2.5, 5, 10, 20]
    assert waits[-1] == 300


def test_nothing_overtakes_in_a_thread_and_other_threads_do_not_wait(post: Post, ear: Ear) -> None:
    ear.deaf = SinkError("down", again=True)
    post.puts(OPENED, ear=ear)
    post.outbox.deliver(ear)
    ear.deaf = None
    post.puts(notice(Kind.WORSENED, 1), notice(Kind.OPENED, 1, thread="other"), ear=ear)
    post.outbox.deliver(ear)
    assert [item.thread for item in ear.heard] == ["other"]
    post.moment += timedelta(hours=1)
    post.outbox.deliver(ear)
    assert ear.kinds[1:] == [Kind.OPENED, Kind.WORSENED]


def test_what_waits_behind_another_of_its_thread_is_due_only_after_that(post: Post, ear: Ear) -> None:
    ear.deaf = SinkError("down", again=True)
    post.puts(OPENED, ear=ear)
    post.outbox.deliver(ear)
    post.moment += timedelta(seconds=1)
    post.puts(notice(Kind.WORSENED, 1), ear=ear)
    assert post.outbox.next_due() == OPENED.at + timedelta(seconds=2.5)


def test_what_was_never_tried_gives_way_to_what_is_newer(post: Post, ear: Ear) -> None:
    post.puts(OPENED, notice(Kind.WORSENED, 1), notice(Kind.ESCALATION, 2), notice(Kind.RESOLVED, 3), ear=ear)
    post.outbox.deliver(ear)
    assert ear.kinds == [Kind.RESOLVED]


def test_while_one_sends_another_keeps_away_and_takes_over_when_it_has_died(post: Post, ear: Ear) -> None:
    post.puts(OPENED, ear=ear)
    ear.dies = True
    with pytest.raises(Killed):
        post.outbox.deliver(ear)
    ear.dies = False
    assert post.outbox.deliver(ear) == 0
    post.moment += LEASE
    assert post.outbox.deliver(ear) == 1
    assert len({item.key for item in ear.heard}) == 1  # the same under the same key, by which the receiver knows it


class TestARun:
    def test_moves_incidents_and_puts_what_is_told_in_one_transaction(self, post: Post, ear: Ear) -> None:
        broken = Ear(name="broken")
        broken.wants = _dies  # type: ignore[method-assign]  # a process that ends inside the transaction
        with pytest.raises(Killed):
            post.sees(SILENCE, ear=broken)
        with post.journal.reading() as connection:
            assert current_incidents(connection, "demo") == ()
        post.sees(SILENCE, ear=ear)
        deliver(post.outbox, [ear])
        assert ear.kinds == [Kind.OPENED]

    def test_done_twice_tells_once(self, post: Post, ear: Ear) -> None:
        for _ in range(3):
            post.sees(SILENCE, ear=ear)
        deliver(post.outbox, [ear])
        assert ear.kinds == [Kind.OPENED]

    def test_keeps_each_incident_through_the_journal_as_it_is(self, post: Post, ear: Ear) -> None:
        post.sees(SILENCE, RETRIER, ear=ear)
        post.moment += 15 * MINUTE
        run = Run("demo", report(post.moment, SILENCE, RETRIER), NOTHING_SAID, post.moment)
        moved = move(post.journal, run, [ear], Rules(), Manner())
        with post.journal.reading() as connection:
            assert current_incidents(connection, "demo") == moved.incidents

    def test_leaves_what_is_closed_to_be_read(self, post: Post, ear: Ear) -> None:
        post.sees(SILENCE, ear=ear)
        for _ in range(8):
            post.moment += 15 * MINUTE
            post.sees(ear=ear)
        with post.journal.reading() as connection:
            assert current_incidents(connection, "demo") == ()
            (closed,) = newest_incidents(connection, "demo")
        assert closed.state.value == "closed"

    def test_of_another_place_touches_nothing_of_this_one(self, post: Post, ear: Ear) -> None:
        post.sees(SILENCE, ear=ear)
        other = Run("elsewhere", report(post.moment), NOTHING_SAID, post.moment)
        move(post.journal, other, [ear], Rules(), Manner())
        with post.journal.reading() as connection:
            assert len(current_incidents(connection, "demo")) == 1

    def test_needs_none_after_it_to_escalate(self, post: Post, ear: Ear) -> None:
        run = Run("demo", report(post.moment, SILENCE), NOTHING_SAID, post.moment)
        moved = move(post.journal, run, [ear], Rules(), Manner(has_digest=False))
        assert moved.next_due == NOON + 15 * MINUTE
        later = Run("demo", run.report, NOTHING_SAID, NOON + 15 * MINUTE)
        assert [item.kind for item in remind(post.journal, later, [ear], Manner(has_digest=False)).notices] == [
            Kind.ESCALATION
        ]


def _dies(_notice: Notice, /) -> bool:
    raise Killed


@pytest.mark.parametrize("dies_at", range(8))
def test_whoever_dies_at_any_write_leaves_nobody_untold_and_the_receiver_knows_repetitions(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    sink = WebhookSink(f"{receiver.address}/hook", "secret", lambda: post.moment)
    writes = 0
    writing = Journal.writing

    def dying(journal: Journal) -> object:
        nonlocal writes
        writes += 1
        if writes == dies_at + 1:
            raise Killed
        return writing(journal)

    def watches(minutes: int, *findings: Finding) -> None:
        post.moment = NOON + minutes * MINUTE
        run = Run("demo", report(post.moment, *findings), NOTHING_SAID, post.moment)
        move(post.journal, run, [sink], Rules(), Manner(has_digest=False))
        deliver(post.outbox, [sink])

    monkeypatch.setattr(Journal, "writing", dying)
    with suppress(Killed):
        watches(0, SILENCE)
        watches(15, SILENCE)
    monkeypatch.setattr(Journal, "writing", writing)
    watches(60, SILENCE)
    watches(75, SILENCE)
    keys = [got.headers["Idempotency-Key"] for got in receiver.got]
    kinds = {got.headers["Idempotency-Key"]: got.document["kind"] for got in receiver.got}
    assert sorted(kinds.values()) == ["escalation", "opened"]
    assert len(keys) - len(kinds) <= 1  # at most what was under way when it died


def test_a_receiver_that_asks_for_quiet_gets_it(post: Post, receiver: Receiver) -> None:
    sink = WebhookSink(f"{receiver.address}/hook", "secret", lambda: post.moment)
    receiver.next.append(Says(429, {"Retry-After": "60"}))
    with post.journal.writing() as connection:
        put_notices(connection, [OPENED], [sink], post.moment)
    for minutes in (0, 0.9, 2):
        post.moment = NOON + timedelta(minutes=minutes)
        post.outbox.deliver(sink)
    assert len(receiver.got) == 2
