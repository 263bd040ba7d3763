"""Which messages hold a place under the ceiling of messages an hour: those that arrived within it, and those that still wait.

What waits for sinks of which none takes anything holds its place for as long as it waits: else all of an outage would come in
one moment once it is over. While another sink is not known to fail, it holds it for an hour, so that whoever can hear is not kept
from hearing. What was superseded or laid down gives its place back.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.journal import instant_of, instant_text
from console.notify.codec import readable_notice
from console.notify.notice import held_back_thread
from console.notify.rationing import HOUR
from console.notify.standings import OPEN

LONGEST_HELD = timedelta(days=1)
"""No notice that waits holds its place for longer: nothing that a service will never take closes the ceiling for good."""

_ROWS = f"""
    SELECT sink, key, put_at, state, settled_at, error, CASE WHEN {OPEN} THEN text ELSE '' END
    FROM notice WHERE place = :place AND thread != :held_back AND put_at >= :first
"""  # noqa: S608  # a clause of our own
_LAST_ARRIVALS = "SELECT sink, max(settled_at) FROM notice WHERE place = ? AND state = 'sent' GROUP BY sink"
_REFUSED = frozenset({"refused", "doubtful"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place under the ceiling: when its message was decided on, and from when it counts for an hour (both aware UTC)."""

    decided_at: datetime
    counts_from: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    sink: str
    key: str
    put_at: str
    state: str
    settled_at: str | None
    error: str
    text: str
    """What it says while it waits, then ""."""

    @property
    def waits(self) -> bool:
        """Whether it is to be sent yet; what another version wrote nobody can read, and something newer takes its place."""
        return self.text != "" and readable_notice(self.text) is not None


def places(
    connection: sqlite3.Connection, place: str, decided: Collection[datetime], sinks: Collection[str], now: datetime
) -> tuple[Place, ...]:
    """Return the places that messages about a warehouse hold at `now`, out of the moments at which they were `decided` on.

    `sinks` are the names of those that there are. Of a moment of which the outbox knows nothing, as one that another host left,
    all count as received then. Moments that lie ahead of a clock that was set back are taken to be now. All are aware UTC.
    """
    if not decided:
        return ()
    rows = _rows(connection, place, min(decided))
    are_deaf = _deaf(rows, dict(connection.execute(_LAST_ARRIVALS, (place,)).fetchall())) >= set(sinks)
    known: dict[str, list[datetime]] = defaultdict(list)
    for of_key in _by_key(rows):
        moment = _counts_from(of_key, now, are_deaf=are_deaf)
        known[of_key[0].put_at].extend([moment] if moment is not None else [])
    held: list[Place] = []
    for at in sorted(decided):
        text = instant_text(at)
        if text not in known:
            held.append(Place(min(at, now), min(at, now)))
        elif known[text]:
            held.append(Place(min(at, now), known[text].pop(0)))
    return tuple(item for item in held if now - item.counts_from < HOUR)


def _rows(connection: sqlite3.Connection, place: str, first: datetime) -> list[_Row]:
    values = {"place": place, "held_back": held_back_thread(place), "first": instant_text(first)}
    return [_Row(*row) for row in connection.execute(_ROWS, values)]


def _by_key(rows: Iterable[_Row]) -> Iterable[Sequence[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return found.values()


def _deaf(rows: Iterable[_Row], arrivals: dict[str, str]) -> set[str]:
    """Return the sinks that have failed; one that has refused something, but taken something since, hears."""
    return {
        row.sink
        for row in rows
        if row.waits and row.error and not (row.state in _REFUSED and arrivals.get(row.sink, "") > row.put_at)
    }


def _counts_from(rows: Sequence[_Row], now: datetime, *, are_deaf: bool) -> datetime | None:
    """Return from when the message of these rows counts, one a sink; None where nobody has received it nor ever will."""
    put_at = min(instant_of(rows[0].put_at), now)
    arrived = [instant_of(row.settled_at) for row in rows if row.state == "sent" and row.settled_at]
    if arrived:
        return min(arrived) if min(arrived) <= now else put_at
    if not any(row.waits for row in rows):
        return None
    return now if are_deaf and now - put_at < LONGEST_HELD else put_at
