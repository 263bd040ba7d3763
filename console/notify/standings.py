"""How the sinks of a warehouse stand: what has not arrived, and why. Read from the journal, by whoever shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

OPEN = "state IN ('waiting', 'sending', 'refused', 'doubtful')"
"""Of a notice that has not certainly arrived, and is tried again; the states are `console.notify.outbox.State`'s."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sink stands: how many notices wait, how many were refused, and a trouble of theirs, or "".

    Those that are `doubtful` may have arrived, and nobody can find out. All of them are tried again, for as long as it takes.
    """

    sink: str
    waiting: int
    refused: int
    error: str
    doubtful: int = 0

    @property
    def kind(self) -> str:
        """The sink as the settings call it."""
        return self.sink.partition(":")[0]

    @property
    def untold(self) -> int:
        """How many notices have not certainly arrived."""
        return self.waiting + self.refused + self.doubtful


def standings_of(connection: sqlite3.Connection, place: str, kinds: Collection[str] = ()) -> tuple[Standing, ...]:
    """Return how each sink stands that had a notice about the warehouse `place` of late, by name.

    `kinds` are the sinks that the settings name: what somebody has taken out of them is left out. Where they name none, it is
    somebody else who has people told, and all count.
    """
    found = (Standing(*row) for row in connection.execute(_STANDINGS, (place,)))
    return tuple(standing for standing in found if not kinds or standing.kind in kinds)


_STANDINGS = f"""
    SELECT sink, sum(state IN ('waiting', 'sending')), sum(state = 'refused'),
        max(CASE WHEN {OPEN} THEN error ELSE '' END), sum(state = 'doubtful')
    FROM notice WHERE place = ? GROUP BY sink ORDER BY sink
"""  # noqa: S608  # a clause of our own
