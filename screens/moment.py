"""The moment that the console shows: now, or a fixed one of the past that can be stepped and played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.times import format_minutes, to_minute

SPEEDS = (5, 15, 60, 240)
"""Minutes that one step of the replay clock takes."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`fixed_at` is None while the console is live; `step_minutes` is how far one step goes; aware UTC.

    `ends_at` is when what is recorded ends, None where it goes on with the clock.
    """

    clock: Callable[[], datetime]
    fixed_at: datetime | None = None
    playing: bool = False
    step_minutes: int = 15
    ends_at: datetime | None = None

    @property
    def last(self) -> datetime:
        """The last moment that can be looked at: now, or the end of what is recorded."""
        now = self.clock()
        return to_minute(now if self.ends_at is None else min(now, self.ends_at))

    @property
    def is_live(self) -> bool:
        """True when the moment is now."""
        return self.fixed_at is None

    def now(self) -> datetime:
        """Return the moment, cut to the minute."""
        return to_minute(self.clock() if self.fixed_at is None else self.fixed_at)

    def go_to(self, moment: datetime | None) -> Moment:
        """Return this clock at another moment, standing still; None is live."""
        return replace(self, fixed_at=None if moment is None else to_minute(moment), playing=False)

    def step(self, steps: int = 1) -> Moment:
        """Return this clock some steps later (earlier when negative); never later than the last, where it stops playing."""
        moment = self.now() + timedelta(minutes=self.step_minutes * steps)
        return replace(self, fixed_at=min(moment, self.last), playing=self.playing and moment < self.last)

    def play(self, *, playing: bool) -> Moment:
        """Return this clock running or standing; a live one is first fixed where it is."""
        return replace(self, fixed_at=self.now(), playing=playing)

    def faster(self) -> Moment:
        """Return this clock with the next longer step, the shortest after the longest."""
        at = SPEEDS.index(self.step_minutes) if self.step_minutes in SPEEDS else -1
        return replace(self, step_minutes=SPEEDS[(at + 1) % len(SPEEDS)])

    def word(self) -> str:
        """Return how the clock runs: `live`, `replay`, `playing 15 min steps`."""
        if self.is_live:
            return "live"
        return f"playing {format_minutes(self.step_minutes)} steps" if self.playing else "replay"
