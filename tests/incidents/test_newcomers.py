"""Sinks that are added while something is going on: they are told of what is open, once, and nobody else is told again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from checks.hushes import NOTHING_SAID, Hush, Hushes, HushKind
from checks.incidents.incident import Rules, Run
from checks.model import Finding
from console.incidents.moving import move
from console.notify.notice import Kind, Manner
from tests.incidents.reports import QUARTER, RETRIER, SILENCE, report
from tests.notify.posts import Ear, Post


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def run(post: Post, *findings: Finding, ears: tuple[Ear, ...], hushes: Hushes = NOTHING_SAID) -> None:
    seen = Run("demo", report(post.moment, *findings), hushes, post.moment)
    move(post.journal, seen, ears, Rules(), Manner(has_digest=False, escalates_after=timedelta(days=1)))
    for ear in ears:
        post.outbox.deliver(ear)
    post.moment += QUARTER


def test_a_sink_that_is_added_is_told_of_what_is_open_and_nobody_is_told_twice(post: Post) -> None:
    first, second = Ear("first"), Ear("second")
    for _ in range(2):
        run(post, SILENCE, RETRIER, ears=(first,))
    for _ in range(3):
        run(post, SILENCE, RETRIER, ears=(first, second))
    assert first.kinds == second.kinds == [Kind.OPENED, Kind.OPENED]
    assert {notice.title for notice in first.heard} == {notice.title for notice in second.heard}


def test_the_first_sink_that_there_is_hears_of_what_began_before_it(post: Post) -> None:
    run(post, SILENCE, ears=())
    ear = Ear()
    for _ in range(2):
        run(post, SILENCE, ears=(ear,))
    assert ear.kinds == [Kind.OPENED]


def test_what_opens_at_that_moment_is_told_once(post: Post) -> None:
    first, second = Ear("first"), Ear("second")
    run(post, ears=(first,))
    run(post, SILENCE, ears=(first, second))
    assert first.kinds == second.kinds == [Kind.OPENED]


def test_what_somebody_has_in_hand_calls_nobody_to_it(post: Post) -> None:
    word = Hush(HushKind.ACKNOWLEDGED, "ann", post.moment + timedelta(hours=9), "on it")
    first, second = Ear("first"), Ear("second")
    run(post, SILENCE, ears=(first,))
    for ears in ((first,), (first, second)):
        run(post, SILENCE, ears=ears, hushes=Hushes({SILENCE.fingerprint: word}))
    assert second.kinds == [Kind.ACKNOWLEDGED]
    assert second.heard[0].title.startswith("acknowledged by ann")
