"""Refreshing: at its own pace, never twice at once, later and later while it fails, and given up when it hangs."""

from __future__ import annotations

from dataclasses import replace
from queue import SimpleQueue

import pytest

from checks.model import FactOutcome, Scope
from screens.feed import GIVE_UP_SECONDS, LONGEST_BACKOFF_SECONDS, MOST_ABANDONED, Feed, Loaded, Refresher
from screens.unloaded import Unloaded
from tests.builders import scope_at
from tests.screens.stubs import Clock, Source

SCOPE = scope_at("2026-01-25T01:30")
LATER = scope_at("2026-01-25T02:30")
KNOWN = Unloaded.nothing(SCOPE)


class World:
    """A refresher with one feed, and what it posted."""

    def __init__(self, jitter: float = 0.0) -> None:
        self.source = Source(KNOWN)
        self.clock = Clock()
        self.posted: SimpleQueue[Loaded] = SimpleQueue()
        self.refresher = Refresher(self.source.desk, self.posted.put, self.clock, lambda: jitter)
        self.feed = Feed("gaps", ("orchestration.gap",), 30.0)
        self.refresher.add(self.feed)

    def refresh(self, scope: Scope = SCOPE, *, by_hand: bool = False) -> None:
        self.refresher.refresh([self.feed], scope, by_hand=by_hand)

    def answer(self) -> Loaded:
        self.source.may_answer.set()
        return self.posted.get(timeout=5)

    def finish(self) -> bool:
        return self.refresher.ended(self.answer())


@pytest.fixture
def world() -> World:
    return World()


def test_a_new_feed_is_due_at_once(world: World) -> None:
    assert world.refresher.due() == [world.feed]


def test_what_is_on_its_way_is_not_started_again(world: World) -> None:
    world.source.may_answer.clear()
    world.refresh()
    world.refresh()
    assert world.refresher.due() == []
    assert world.finish()
    assert len(world.source.scopes) == 1


def test_an_answer_brings_look_policy_and_how_long_it_took(world: World) -> None:
    world.refresh()
    message = world.answer()
    assert message.look is KNOWN
    assert message.policy is not None
    assert (message.feed, message.scope, message.reason) == ("gaps", SCOPE, "")


@pytest.mark.parametrize(("jitter", "wait"), [(0.0, 30.0), (1.0, 33.0), (-1.0, 27.0)])
def test_the_next_refresh_is_due_after_the_cadence_give_or_take_a_tenth(jitter: float, wait: float) -> None:
    world = World(jitter)
    world.refresh()
    world.finish()
    assert world.feed.due_at - world.clock.seconds == pytest.approx(wait)


def test_a_failing_source_is_asked_later_and_later_but_never_more_than_five_minutes_apart(world: World) -> None:
    world.source.failure = "refused"
    waits = []
    for _ in range(5):
        world.refresh()
        assert world.finish()
        waits.append(world.feed.due_at - world.clock.seconds)
    assert waits == [60, 120, 240, LONGEST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS]


def test_one_success_ends_the_backing_off(world: World) -> None:
    world.source.failure = "refused"
    world.refresh()
    world.finish()
    world.source.failure = ""
    world.refresh()
    world.finish()
    assert world.feed.due_at - world.clock.seconds == 30


def test_a_failure_is_said_in_the_words_of_its_source(world: World) -> None:
    world.source.failure = "permission denied for table decisions"
    world.refresh()
    assert world.answer().reason == "permission denied for table decisions"


def test_a_report_that_could_read_nothing_is_a_failure_and_not_a_report(world: World) -> None:
    outcomes = tuple(FactOutcome(name, 0, 1.0, f"{name} is gone") for name in ("decisions", "lineage"))
    world.source.answer = Unloaded(replace(KNOWN.report, facts=outcomes))
    world.refresh()
    message = world.answer()
    assert message.look is None
    assert message.reason == "decisions is gone"


def test_a_report_that_could_read_something_is_a_report(world: World) -> None:
    outcomes = (FactOutcome("decisions", 0, 1.0, "gone"), FactOutcome("lineage", 7, 1.0))
    world.source.answer = Unloaded(replace(KNOWN.report, facts=outcomes))
    world.refresh()
    assert world.answer().look is world.source.answer


def test_a_refresh_that_hangs_is_given_up_and_its_late_answer_ignored(world: World) -> None:
    world.source.may_answer.clear()
    world.refresh()
    world.clock.seconds += GIVE_UP_SECONDS
    assert world.refresher.give_up() == []
    world.clock.seconds += 1
    (lost,) = world.refresher.give_up()
    assert lost.reason == "no answer within 20 s"
    assert world.refresher.ended(lost)
    assert not world.refresher.is_busy
    assert not world.finish()
    assert world.feed.abandoned == frozenset()


def test_no_more_threads_are_sent_after_three_that_hang(world: World) -> None:
    world.source.may_answer.clear()
    for _ in range(MOST_ABANDONED):
        world.clock.seconds += 10_000
        assert world.refresher.due() == [world.feed]
        world.refresh()
        world.clock.seconds += GIVE_UP_SECONDS + 1
        for lost in world.refresher.give_up():
            world.refresher.ended(lost)
    world.clock.seconds += 10_000
    assert world.refresher.due() == []
    assert not world.finish()
    assert world.refresher.due() == [world.feed]


def test_asked_by_hand_while_one_is_on_its_way_it_is_asked_again_at_once(world: World) -> None:
    world.source.may_answer.clear()
    world.refresh()
    world.refresh(by_hand=True)
    assert world.finish()
    assert world.refresher.due() == [world.feed]


def test_asked_by_hand_after_a_long_wait_another_one_is_sent(world: World) -> None:
    world.source.may_answer.clear()
    world.refresh()
    world.clock.seconds += 6
    world.refresh(by_hand=True)
    world.source.may_answer.set()
    taken = [world.refresher.ended(world.answer()) for _ in range(2)]
    assert sorted(taken) == [False, True]
    assert len(world.source.scopes) == 2


def test_what_was_asked_before_the_console_moved_in_time_is_dropped_and_asked_anew(world: World) -> None:
    world.source.may_answer.clear()
    world.refresh()
    world.refresher.moved()
    world.refresh(LATER)
    assert not world.finish()
    assert world.refresher.due() == [world.feed]
    world.refresh(LATER)
    assert world.finish()
    assert world.source.scopes == [SCOPE, LATER]


def test_a_feed_that_is_gone_takes_no_answers(world: World) -> None:
    world.refresh()
    world.refresher.remove("gaps")
    assert not world.finish()


def test_a_feed_asks_about_its_own_dates(world: World) -> None:
    world.feed.scope_of = lambda scope: replace(scope, first=scope.last)
    world.refresh()
    world.finish()
    assert world.source.scopes == [replace(SCOPE, first=SCOPE.last)]


def test_a_feed_that_was_served_by_another_waits_for_its_cadence(world: World) -> None:
    world.refresher.put_off([world.feed])
    assert world.refresher.due() == []
    world.clock.seconds += 31
    assert world.refresher.due() == [world.feed]


@pytest.mark.parametrize(("slowness", "wait"), [(1.0, 30), (3.0, 90)])
def test_under_a_budget_a_feed_waits_several_cadences(world: World, slowness: float, wait: float) -> None:
    world.refresher.slowness = slowness
    world.refresh()
    world.finish()
    world.clock.seconds += wait - 1
    assert world.refresher.due() == []
    world.clock.seconds += 1
    assert world.refresher.due() == [world.feed]


def test_when_nothing_is_left_to_spend_only_what_somebody_asked_for_is_due(world: World) -> None:
    world.refresher.slowness = None
    world.clock.seconds += 10_000
    assert world.refresher.due() == []
    world.source.may_answer.clear()
    world.refresh(by_hand=True)
    world.refresh(by_hand=True)
    assert world.finish()
    assert world.refresher.due() == [world.feed]
    world.refresh()
    assert world.finish()
    world.clock.seconds += 10_000
    assert world.refresher.due() == []


def test_the_usual_pace_returns_at_once_with_the_next_day(world: World) -> None:
    world.refresh()
    world.finish()
    world.refresher.slowness = None
    world.clock.seconds += 10_000
    assert world.refresher.due() == []
    world.refresher.slowness = 1.0
    assert world.refresher.due() == [world.feed]
