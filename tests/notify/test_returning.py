"""Sinks that leave the settings, and come back: what waits for them is laid down, and what they missed is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding, Severity
from console.incidents.moving import deliver, move
from console.journal import RETENTION
from console.notify.notice import Kind, Manner
from console.notify.sinks.pagerduty import PagerDutySink
from console.notify.sinks.sink import Sink, SinkError
from console.notify.standings import standings_of
from tests.incidents.reports import QUARTER, SILENCE, finding, report
from tests.notify.notices import OPENED
from tests.notify.posts import Ear, Post
from tests.notify.services import Receiver, Says

PLAYERS = finding("reconcile.players", Severity.CRITICAL, day=date(2026, 1, 23))
STALE = finding("schedule.stale", Severity.CRITICAL)
MANNER = Manner(has_digest=False, escalates_after=timedelta(days=1), reminds_every=timedelta(days=1))


def runs(post: Post, *findings: Finding, sinks: tuple[Sink, ...], times: int = 1) -> None:
    for _ in range(times):
        seen = Run("demo", report(post.moment, *findings), NOTHING_SAID, post.moment)
        move(post.journal, seen, sinks, Rules(), MANNER)
        deliver(post.outbox, sinks)
        post.moment += QUARTER


def untold(post: Post) -> int:
    with post.journal.reading() as connection:
        return sum(item.untold for item in standings_of(connection, "demo"))


@pytest.fixture
def pager(receiver: Receiver) -> PagerDutySink:
    return PagerDutySink("R0UT1NG", f"{receiver.address}/v2/enqueue")


def actions(receiver: Receiver) -> list[Any]:
    return [got.document["event_action"] for got in receiver.got]


def test_a_pager_that_was_out_of_the_settings_until_the_end_closes_what_it_opened(
    post: Post, receiver: Receiver, pager: PagerDutySink
) -> None:
    ear = Ear()
    runs(post, SILENCE, sinks=(pager, ear))
    runs(post, sinks=(ear,), times=8)
    assert ear.kinds == [Kind.OPENED, Kind.RESOLVED]
    assert actions(receiver) == ["trigger"]
    runs(post, sinks=(pager, ear), times=3)
    assert actions(receiver) == ["trigger", "resolve"]
    assert {got.document["dedup_key"] for got in receiver.got} == {ear.heard[0].parts[0].id}
    assert ear.kinds == [Kind.OPENED, Kind.RESOLVED]


def test_what_waited_for_it_when_it_was_taken_out_never_pages_for_what_is_over(
    post: Post, receiver: Receiver, pager: PagerDutySink
) -> None:
    ear = Ear()
    receiver.always = Says(503)
    runs(post, SILENCE, sinks=(pager, ear))
    receiver.got.clear()
    receiver.always = Says(202)
    runs(post, sinks=(ear,), times=8)
    runs(post, sinks=(pager, ear), times=3)
    assert actions(receiver) == ["resolve"]


def test_what_waited_for_it_and_lasts_is_told_once_when_it_is_back(post: Post) -> None:
    ear, away = Ear(), Ear("away", deaf=SinkError("down", again=True))
    runs(post, SILENCE, sinks=(ear, away))
    runs(post, SILENCE, sinks=(ear,))
    away.deaf = None
    runs(post, SILENCE, sinks=(ear, away), times=3)
    assert away.kinds == [Kind.OPENED]


def test_of_a_thread_in_which_something_has_ended_and_something_lasts_the_latter_is_told_last(post: Post) -> None:
    ear, away = Ear(), Ear("away")
    runs(post, PLAYERS, STALE, sinks=(ear, away))
    runs(post, STALE, sinks=(ear,), times=4)
    heard = len(away.heard)
    runs(post, STALE, sinks=(ear, away), times=3)
    assert [item.title for item in away.heard[heard:]] == [
        f"over: {PLAYERS.sentence}",
        f"CRITICAL: {STALE.sentence}",
    ]


def test_of_what_it_was_never_told_it_hears_no_end(post: Post) -> None:
    ear, new = Ear(), Ear("new")
    runs(post, SILENCE, sinks=(ear,))
    runs(post, sinks=(ear,), times=2)
    runs(post, sinks=(ear, new), times=2)
    assert new.heard == []


def test_an_end_that_it_hears_anyhow_is_told_once(post: Post) -> None:
    ear, away = Ear(), Ear("away")
    runs(post, SILENCE, sinks=(ear, away))
    runs(post, sinks=(ear,))
    runs(post, sinks=(ear, away), times=3)
    assert away.kinds == [Kind.OPENED, Kind.RESOLVED]


def test_a_pause_of_what_comes_and_goes_is_no_end_that_was_missed_and_its_end_is_told_to_all(
    post: Post, receiver: Receiver, pager: PagerDutySink
) -> None:
    ear = Ear()
    for _ in range(4):
        runs(post, SILENCE, sinks=(pager, ear))
        runs(post, sinks=(pager, ear), times=2)
    paged = ["trigger", "resolve"] * 3 + ["trigger"]
    assert actions(receiver) == paged
    runs(post, sinks=(ear,))
    runs(post, sinks=(pager, ear))
    runs(post, SILENCE, sinks=(pager, ear))
    assert actions(receiver) == paged
    runs(post, sinks=(pager, ear), times=8)
    assert actions(receiver) == [*paged, "resolve"]
    assert ear.kinds[-2:] == [Kind.OPENED, Kind.RESOLVED]


class TestASinkThatNobodyUsesAnyMore:
    def test_has_nothing_untold_after_the_next_run_and_the_new_one_is_told(self, post: Post) -> None:
        old, new = Ear("slack:OLD", deaf=SinkError("the channel is archived", again=False)), Ear("slack:NEW")
        runs(post, SILENCE, sinks=(old,))
        assert untold(post) == 1
        runs(post, SILENCE, sinks=(new,))
        assert untold(post) == 0
        assert new.kinds == [Kind.OPENED]

    def test_leaves_nothing_that_the_retention_keeps_for_ever(self, post: Post) -> None:
        old, new = Ear("slack:OLD", deaf=SinkError("the channel is archived", again=False)), Ear("slack:NEW")
        runs(post, SILENCE, sinks=(old,))
        runs(post, SILENCE, sinks=(new,))
        post.moment += RETENTION + timedelta(days=2)
        runs(post, SILENCE, sinks=(new,))
        with post.journal.reading() as connection:
            assert connection.execute("SELECT count(*) FROM notice WHERE sink = 'slack:OLD'").fetchone() == (0,)

    def test_loses_nothing_of_another_warehouse(self, post: Post) -> None:
        deaf = Ear(deaf=SinkError("down", again=True))
        post.puts(replace(OPENED, place="elsewhere"), ear=deaf)
        runs(post, sinks=(Ear("other"),), times=2)
        with post.journal.reading() as connection:
            assert [item.waiting for item in standings_of(connection, "elsewhere")] == [1]
