"""What another version of the program left waiting and this one cannot read ends no run, hides nothing, and holds up nothing."""

from __future__ import annotations

import json

import pytest

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding
from console.incidents.moving import Moved, deliver, move
from console.notify.notice import Kind, Manner
from console.notify.standings import standings_of
from console.watching.baton import gathered
from tests.incidents.reports import QUARTER, SILENCE, report
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Ear, Post

TEXTS = ("{", "[]", "null", '{"kind": "opened"}', json.dumps({"kind": "foretold"}))


def runs(post: Post, ear: Ear, *findings: Finding) -> Moved:
    seen = Run("demo", report(post.moment, *findings), NOTHING_SAID, post.moment)
    moved = move(post.journal, seen, [ear], Rules(), Manner(has_digest=False))
    post.moment += QUARTER
    return moved


def spoils(post: Post, text: str) -> None:
    with post.journal.writing() as connection:
        connection.execute("UPDATE notice SET text = ?", (text,))


@pytest.mark.parametrize("text", TEXTS)
def test_it_gives_way_to_what_is_newer_in_its_thread_and_is_counted(post: Post, text: str) -> None:
    ear = Ear()
    runs(post, ear, SILENCE)
    spoils(post, text)
    moved = [runs(post, ear), runs(post, ear)]
    assert sum(item.unread for item in moved) == 1
    assert deliver(post.outbox, [ear]) == 1
    assert ear.kinds == [Kind.RESOLVED]
    with post.journal.reading() as connection:
        assert [item.untold for item in standings_of(connection, "demo")] == [0]


def test_until_then_it_is_seen_as_refused_and_holds_up_nothing(post: Post) -> None:
    ear = Ear()
    post.puts(OPENED, ear=ear)
    spoils(post, "{")
    post.puts(notice(Kind.OPENED, 1, thread="other"), ear=ear)
    assert post.outbox.deliver(ear) == 1
    with post.journal.reading() as connection:
        (found,) = standings_of(connection, "demo")
    assert (found.refused, found.untold) == (1, 1)
    assert found.error.startswith("another version of courtside wrote this message")


def test_a_host_that_takes_over_is_left_all_that_can_be_read(post: Post) -> None:
    ear = Ear()
    post.puts(OPENED, ear=ear)
    spoils(post, "{")
    later = notice(Kind.OPENED, 1, thread="other")
    post.puts(later, ear=ear)
    with post.journal.reading() as connection:
        assert [item.notice for item in gathered(connection, "demo").waiting] == [later]
