"""The ceiling of messages an hour counts what people receive, and that some are held back is said for as long as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding, Severity
from console.incidents.moving import deliver, held_back, move
from console.notify.notice import Kind, Manner
from console.notify.sinks.sink import SinkError
from tests.incidents.reports import SILENCE, finding, report
from tests.notify.posts import Ear, Post

THREE = (
    SILENCE,
    finding(severity=Severity.CRITICAL),
    finding("reconcile.players", Severity.CRITICAL, day=date(2026, 1, 20)),
)
"""In a thread each."""
DOWN = SinkError("it cannot take it now (HTTP 503)", again=True)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def ear() -> Ear:
    return Ear()


def runs(post: Post, findings: Sequence[Finding], *ears: Ear) -> None:
    """Let a run see these findings and have people told, half an hour after the last."""
    manner = Manner(
        has_digest=False, most_an_hour=1, escalates_after=timedelta(days=1), reminds_every=timedelta(days=1)
    )
    move(post.journal, Run("demo", report(post.moment, *findings), NOTHING_SAID, post.moment), ears, Rules(), manner)
    deliver(post.outbox, ears)
    post.moment += HALF_AN_HOUR


def held(post: Post) -> int:
    with post.journal.reading() as connection:
        return len(held_back(connection, "demo"))


def test_messages_that_reached_nobody_take_no_room_from_others(post: Post, ear: Ear) -> None:
    ear.deaf = DOWN
    runs(post, THREE, ear)
    assert held(post) == 2
    runs(post, THREE, ear)
    assert held(post) == 1


def test_that_some_are_held_back_is_not_told_when_none_is_any_more(post: Post, ear: Ear) -> None:
    ear.deaf = DOWN
    for _ in range(3):
        runs(post, THREE, ear)
    assert held(post) == 0
    ear.deaf = None
    runs(post, THREE, ear)
    assert ear.kinds == [Kind.OPENED] * 3


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
