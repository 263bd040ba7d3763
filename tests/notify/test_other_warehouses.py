"""One journal serves several warehouses: what is told of each goes out by that one's own run, and is seen there until it has."""

from __future__ import annotations

import pytest

from console.notify.notice import Kind
from console.notify.outbox import NoticeOutbox
from console.notify.sinks.sink import SinkError
from console.notify.standings import standings_of
from tests.incidents.reports import NOON
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Ear, Post

ELSEWHERE = notice(Kind.OPENED, place="elsewhere", thread="elsewhere|controller_silent")


@pytest.fixture
def post(post: Post) -> Post:
    post.puts(ELSEWHERE, ear=Ear(deaf=SinkError("down", again=True)))
    return post


def waiting(post: Post, place: str) -> int:
    with post.journal.reading() as connection:
        return sum(item.waiting for item in standings_of(connection, place))


def test_what_is_told_of_another_waits_for_the_run_of_that_one(post: Post) -> None:
    ear = Ear()
    post.puts(OPENED, ear=ear)
    assert post.outbox.deliver(ear) == 1
    assert ear.heard == [OPENED]
    theirs = Ear()
    assert NoticeOutbox(post.journal, "elsewhere", lambda: NOON, lambda: 0.5).deliver(theirs) == 1
    assert theirs.heard == [ELSEWHERE]


def test_it_calls_nobody_who_tells_of_this_one(post: Post) -> None:
    assert post.outbox.next_due() is None


def test_one_that_is_never_run_again_still_shows_what_was_not_told(post: Post) -> None:
    for _ in range(3):
        post.sees(ear=Ear())
        post.outbox.deliver(Ear())
    assert waiting(post, "elsewhere") == 1


def test_the_same_thread_elsewhere_holds_up_nothing_here(post: Post) -> None:
    ear = Ear()
    here = notice(Kind.OPENED, 1, thread=ELSEWHERE.thread)
    post.puts(here, ear=ear)
    assert post.outbox.deliver(ear) == 1
    assert waiting(post, "elsewhere") == 1
