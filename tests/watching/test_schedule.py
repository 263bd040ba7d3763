"""When the watcher runs, whatever clocks do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from console.watching.schedule import JITTER_SHARE, LONGEST_WAIT, Grid, Passage, Reading
from tests.builders import at

START = at("2026-01-23T06:00")
HALF_AN_HOUR = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@dataclass
class Machine:
    """Two clocks and a watcher that only notes when it runs, in the time that really passes."""

    every: timedelta = HALF_AN_HOUR
    chance: Callable[[], float] = lambda: 0.0
    takes: timedelta = timedelta(0)
    real: timedelta = timedelta(0)
    wall: datetime = START
    steady: float = 0.0
    ran: list[timedelta] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.passage = Passage.begun(self.reading())
        self.grid = Grid(self.every)

    def reading(self) -> Reading:
        return Reading(self.wall, self.steady)

    def lives(self, time: timedelta) -> None:
        """Be awake for a while."""
        until = self.real + time
        while self.real < until:
            self.passage = self.passage.to(self.reading())
            if self.grid.is_due(self.passage.passed):
                self.grid = self.grid.after_run(self.passage.passed, self.chance())
                self.ran.append(self.real)
                self.passes(self.takes)
                continue
            self.passes(min(max(self.grid.wait(self.passage.passed), timedelta(milliseconds=1)), until - self.real))

    def passes(self, time: timedelta) -> None:
        self.real += time
        self.wall += time
        self.steady += time.total_seconds()

    def sleeps(self, time: timedelta) -> None:
        self.real += time
        self.wall += time


def minutes(ran: list[timedelta]) -> list[float]:
    return [time / timedelta(minutes=1) for time in ran]


def test_the_first_run_is_at_once_and_the_others_follow_the_grid_however_long_a_run_takes() -> None:
    machine = Machine(takes=timedelta(minutes=7))
    machine.lives(timedelta(hours=2))
    assert minutes(machine.ran) == [0, 30, 60, 90]


def test_a_run_that_takes_longer_than_the_interval_is_followed_by_one_at_once_and_not_by_all_that_were_missed() -> None:
    machine = Machine()
    machine.takes = timedelta(minutes=100)
    machine.lives(timedelta(minutes=1))
    machine.takes = timedelta(0)
    machine.lives(timedelta(hours=1))
    assert minutes(machine.ran) == [0, 100, 120, 150]


def test_after_eight_hours_of_sleep_exactly_one_run_comes_at_once_and_then_the_grid_again() -> None:
    machine = Machine()
    machine.lives(timedelta(minutes=40))
    machine.sleeps(timedelta(hours=8))
    machine.lives(timedelta(minutes=60))
    assert minutes(machine.ran) == [0, 30, 520, 540, 570]


def test_a_clock_that_is_put_back_an_hour_neither_repeats_a_run_nor_delays_one() -> None:
    machine = Machine()
    machine.lives(timedelta(minutes=40))
    machine.wall -= timedelta(hours=1)
    machine.lives(timedelta(minutes=80))
    assert minutes(machine.ran) == [0, 30, 60, 90]


def test_a_clock_that_is_put_forward_an_hour_brings_one_run_at_once() -> None:
    machine = Machine()
    machine.lives(timedelta(minutes=40))
    machine.wall += timedelta(hours=1)
    machine.lives(timedelta(minutes=21))
    assert minutes(machine.ran) == [0, 30, 40, 60]  # 100 and 120 of the time that seems to have passed


def test_a_machine_that_wakes_up_notices_within_a_minute() -> None:
    assert Grid(HALF_AN_HOUR, due=HALF_AN_HOUR).wait(timedelta(0)) == LONGEST_WAIT


def test_jitter_stays_within_its_share_and_never_adds_up() -> None:
    machine = Machine(every=timedelta(minutes=15), chance=random.Random(6).random)  # noqa: S311  # no secret
    machine.lives(timedelta(days=30))
    places = [number * machine.every for number in range(len(machine.ran))]
    late = [ran - place for ran, place in zip(machine.ran, places, strict=True)]
    assert len(machine.ran) == 30 * 24 * 4
    assert min(late) >= timedelta(0)
    assert max(late) <= JITTER_SHARE * machine.every + SECOND
    assert max(late[-100:]) > machine.every * JITTER_SHARE / 2  # it is there at all


@given(some.lists(some.tuples(some.sampled_from(["live", "sleep", "set"]), some.integers(-180, 180)), max_size=12))
def test_whatever_clocks_do_two_places_of_the_grid_never_have_more_than_one_run_each(
    story: list[tuple[str, int]],
) -> None:
    machine = Machine()
    for what, count in story:
        if what == "set":
            machine.wall += timedelta(minutes=count)
        elif what == "sleep":
            machine.sleeps(timedelta(minutes=abs(count)))
        else:
            before = len(machine.ran)
            machine.lives(timedelta(minutes=abs(count)))
            assert len(machine.ran) - before <= abs(count) / 30 + 2
    since = machine.real
    machine.lives(timedelta(minutes=31))
    assert any(ran >= since for ran in machine.ran)  # nobody waits longer than an interval
