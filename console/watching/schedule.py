"""When the watcher runs: a grid of equal steps from its start, jittered, that neither sleep nor a clock that is set bends. Pure.

Two clocks are read. The steady one (monotonic) knows no steps but stands still while the machine sleeps; the one on the wall
knows of sleep but can be set. Time that only the wall has seen pass is sleep, or a clock that was put forward: it counts. Time
that the wall has seen go backwards never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

JITTER_SHARE = 0.1
"""Of the interval, by which a run may come later than its place in the grid, so that many watchers do not ask at one moment."""
STEP = timedelta(seconds=2)
"""By how much the wall must run ahead between two readings to count as sleep; less is two clocks read in turn."""
LONGEST_WAIT = timedelta(seconds=60)
"""How long to wait at most before the clocks are read again: a machine that woke up is noticed within it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment: the wall's (aware UTC), and seconds of the steady one."""

    wall: datetime
    steady: float


@dataclass(frozen=True, slots=True)
class Passage:
    """How much time has passed since the first reading, and the last one."""

    passed: timedelta
    last: Reading

    @classmethod
    def begun(cls, reading: Reading) -> Passage:
        """Return the passage that begins with a reading."""
        return cls(timedelta(0), reading)

    def to(self, reading: Reading) -> Passage:
        """Return the passage up to a later reading."""
        steady = timedelta(seconds=max(reading.steady - self.last.steady, 0.0))
        wall = reading.wall - self.last.wall
        return Passage(self.passed + (wall if wall - steady > STEP else steady), reading)


@dataclass(frozen=True, slots=True)
class Grid:
    """Runs every so often, the first at once. `due` is when the next one is, in time that has passed."""

    every: timedelta
    due: timedelta = timedelta(0)

    def is_due(self, passed: timedelta) -> bool:
        """Return whether the next run is due."""
        return passed >= self.due

    def after_run(self, passed: timedelta, chance: float) -> Grid:
        """Return the grid after a run that has begun; `chance` is uniform from 0 to 1.

        The next place is the first one that lies ahead: places that were slept through are not made up for. Jitter is counted
        from the place and not from the last run, so that it never adds up.
        """
        place = (passed // self.every + 1) * self.every
        return Grid(self.every, place + chance * JITTER_SHARE * self.every)

    def wait(self, passed: timedelta) -> timedelta:
        """Return how long to wait before the clocks are read again."""
        return min(max(self.due - passed, timedelta(0)), LONGEST_WAIT)
