"""Whether refreshing goes on by itself: not when it was paused by hand, and not when nobody has looked for long."""

from __future__ import annotations

from dataclasses import dataclass

UNWATCHED_SECONDS = 600.0
"""A terminal without focus for this long is not looked at; a warehouse that bills per query should not be asked for it."""


@dataclass(slots=True)
class Pause:
    """`by_hand` is what the operator chose; `blurred_at` when the terminal lost the focus (monotonic seconds)."""

    by_hand: bool = False
    blurred_at: float | None = None

    def is_unwatched(self, now: float) -> bool:
        """Return whether the terminal has been without focus for long."""
        return self.blurred_at is not None and now - self.blurred_at >= UNWATCHED_SECONDS

    def holds(self, now: float) -> bool:
        """Return whether refreshing stands still."""
        return self.by_hand or self.is_unwatched(now)

    def word(self, now: float) -> str:
        """Return how to say it, "" while refreshing goes on."""
        if self.by_hand:
            return "paused"
        return "paused, nobody looks" if self.is_unwatched(now) else ""
