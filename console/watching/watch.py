"""Watching again and again until somebody asks the process to stop; the step that is under way is brought to its end first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from console.watching.schedule import Grid, Passage, Reading
from console.watching.supervisor import ALIVE, READY, STOPPING
from console.watching.watcher import Watcher


class Signals(Protocol):
    """Who asks a process to stop."""

    def stopping(self) -> bool:
        """Return whether somebody has asked."""

    def wait(self, time: timedelta) -> None:
        """Wait, but not longer than until somebody asks."""


def watch(
    watcher: Watcher,
    every: timedelta,
    signals: Signals,
    clocks: Callable[[], Reading],
    chance: Callable[[], float],
    tell: Callable[[str], None] = lambda _: None,
) -> int:
    """Run the checks each `every`, the first time at once, until asked to stop; return how many runs there were.

    `clocks` reads both clocks, `chance` is uniform from 0 to 1. `tell` lets a supervisor know that the process lives: at each
    turn, of which none takes longer than a run and a wait.
    """
    runs = 0
    passage, grid = Passage.begun(clocks()), Grid(every)
    tell(READY)
    while not signals.stopping():
        tell(ALIVE)
        passage = passage.to(clocks())
        if grid.is_due(passage.passed) or watcher.between():
            grid = grid.after_run(passage.passed, chance())
            watcher.run()
            runs += 1
        else:
            signals.wait(grid.wait(passage.passed))
    tell(STOPPING)
    watcher.stop()
    return runs
