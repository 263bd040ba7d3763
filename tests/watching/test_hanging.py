"""What hangs, hangs in a thread of its own: with real threads and real clocks the next run comes all the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from checks.model import Scope, Severity
from console.notify.notice import Notice
from console.watching.schedule import Reading
from console.watching.watch import watch
from console.watching.watcher import Seen
from tests.watching.worlds import HALF_AN_HOUR, START, People, World

SECOND = timedelta(seconds=1)
PATIENCE = 120.0
"""Seconds to wait for what comes within few on any machine that lives."""


@dataclass
class Asking:
    """Asks the watcher to stop once something has happened, or when nobody can hope for it any more."""

    happened: Callable[[], bool]

    def __post_init__(self) -> None:
        self.until = time.monotonic() + PATIENCE

    def stopping(self) -> bool:
        return self.happened() or time.monotonic() > self.until

    def wait(self, span: timedelta) -> None:
        time.sleep(min(span.total_seconds(), 0.05))  # as long as it is told to at most: here nothing else wakes it


@dataclass
class Once:
    """Hangs the first time, until the test is over."""

    release: Event
    hangs: bool = True

    def __call__(self) -> None:
        if self.hangs:
            self.hangs = False
            self.release.wait()


class Stuck(People):
    """People whose first notice is never taken."""

    once: Once

    def send(self, notice: Notice) -> None:
        self.once()
        super().send(notice)


@pytest.mark.parametrize("what", ["running the checks", "sending", "delivering rows and verifying"])
def test_whatever_hangs_the_next_runs_come_while_it_still_hangs(tmp_path: Path, what: str) -> None:
    release = Event()
    once = Once(release)
    world = World(tmp_path, lambda _: Severity.CRITICAL)
    changes: dict[str, Any] = {"every": SECOND, "now": lambda: datetime.now(UTC)}
    if what == "running the checks":

        def look(scope: Scope) -> Seen:
            once()
            return world.look(scope)

        changes["look"] = look
    elif what == "sending":
        world.people = Stuck()
        world.people.once = once
    else:

        def aftercare() -> str:
            once()
            return ""

        changes["aftercare"] = aftercare

    def runs() -> list[str]:
        return [str(line.get("trouble", "")) for line in world.lines("run")]

    def went_on() -> bool:
        return any(what in said for said in runs()) and len(runs()) >= 3 and world.looked != []

    clocks = lambda: Reading(datetime.now(UTC), time.monotonic())  # noqa: E731 - one expression with one use
    try:
        watch(world.watcher(**changes), SECOND, Asking(went_on), clocks, lambda: 0.5)
        assert not release.is_set()
        assert went_on(), runs()
        assert any(f"{what} has not ended within" in said for said in runs())
    finally:
        release.set()


def test_one_who_is_stopped_for_longer_than_its_lease_and_goes_on_tells_nothing_that_another_has_told(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, lambda _: Severity.CRITICAL)
    second = world.watcher()

    def look(scope: Scope) -> Seen:
        seen = world.look(scope)
        world.passes(timedelta(minutes=6))  # as under SIGSTOP, or while the machine slept
        second.run()
        return seen

    world.watcher(look=look).run()
    assert world.people.titles == ["opened: CRITICAL: nobody has decided for hours"]
    assert world.looked == [START, START + timedelta(minutes=6)]


def test_over_a_day_of_jittered_runs_that_take_minutes_none_comes_early_and_lateness_never_adds_up(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    chances = iter([0.0, 0.9, 0.3, 0.6, 0.99] * 10)

    def look(scope: Scope) -> Seen:
        seen = world.look(scope)
        world.passes(timedelta(minutes=4))
        return seen

    world.until = START + timedelta(days=1)
    watch(world.watcher(look=look), HALF_AN_HOUR, world, world.reading, lambda: next(chances))
    late = [moment - (START + number * HALF_AN_HOUR) for number, moment in enumerate(world.looked)]
    assert len(late) == 48
    assert min(late) == timedelta(0)
    assert max(late) <= timedelta(minutes=3, seconds=1)
    assert max(late[-10:]) > timedelta(minutes=2)
