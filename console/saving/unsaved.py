"""The games whose rows are not saved and which the retry queue does not have yet, as the journal keeps them.

A game stands here from its first conflict on. Its own call attends to it until `attend_at`; from then on that call has died, or
has given it up, and whoever comes puts it into the queue.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from console.conflict_log import CONFLICTS
from console.journal import Journal, instant_of, instant_text
from console.outbox.outbox import Outbox
from console.outbox.rows import OutboxRow
from console.saving.games import Processor
from screens.clean import for_terminal

GRACE = timedelta(minutes=15)
"""How long after its next try a call may be silent about a game before it counts as dead; the longest query takes minutes."""
LONGEST_REASON = 1_000

_COLUMNS = (
    "game_id, game_date, id, conflict_at, tries, tried_at, in_flight, reason, next_retry_at, attend_at, queue_tries"
)
_OF = "place = ? AND phase = ? AND processor = ?"
_GAME = f"{_OF} AND game_date = ? AND game_id = ?"
_KEEP = f"INSERT OR REPLACE INTO unsaved_game (place, phase, processor, {_COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608 - our own names
_TRY = f"UPDATE unsaved_game SET in_flight = 1, tried_at = ?, attend_at = ? WHERE {_GAME} AND id = ?"  # noqa: S608 - our own names
_FORGET = f"DELETE FROM unsaved_game WHERE {_GAME} AND id = ?"  # noqa: S608 - our own names
_POSTPONE = f"UPDATE unsaved_game SET attend_at = ?, queue_tries = queue_tries + 1 WHERE {_GAME} AND id = ?"  # noqa: S608 - as above
_DUE = f"SELECT {_COLUMNS} FROM unsaved_game WHERE {_OF} AND attend_at <= ? ORDER BY game_date, game_id"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A game that waits; the instants are aware UTC, and the journal's table explains each."""

    game_id: str
    game_date: date
    id: str
    conflict_at: datetime | None
    tries: int
    tried_at: datetime
    reason: str
    next_retry_at: datetime
    attend_at: datetime
    is_in_flight: bool = False
    queue_tries: int = 0


@dataclass(frozen=True, slots=True)
class UnsavedGames:
    """Those of one processor at one place. Raises JournalError from every method."""

    journal: Journal
    place: str
    processor: Processor

    def keep(self, games: Iterable[Unsaved], log: Iterable[OutboxRow], now: datetime) -> None:
        """Keep games, and put rows for the conflict log into the outbox: all or nothing. A game stands here once."""
        with self.journal.writing() as connection:
            for game in games:
                connection.execute(_KEEP, self._values(game))
            self._log(connection, log, now)

    def try_again(self, game: Unsaved, now: datetime) -> None:
        """Note that a try begins: should nobody note its end, it is not known whether it wrote anything."""
        with self.journal.writing() as connection:
            connection.execute(_TRY, (instant_text(now), instant_text(now + GRACE), *self._key(game), game.id))

    def forget(self, game: Unsaved, log: Iterable[OutboxRow], now: datetime) -> None:
        """Let go of a game that is saved or in the queue, and log what there is to log: both or nothing."""
        with self.journal.writing() as connection:
            connection.execute(_FORGET, (*self._key(game), game.id))
            self._log(connection, log, now)

    def postpone(self, game: Unsaved, until: datetime) -> None:
        """Let whoever comes at `until` tell the queue, which could not be told now; nothing if somebody else has told it."""
        with self.journal.writing() as connection:
            connection.execute(_POSTPONE, (instant_text(until), *self._key(game), game.id))

    def due(self, now: datetime) -> tuple[Unsaved, ...]:
        """Return the games that nobody attends to any more, by date and id."""
        with self.journal.reading() as connection:
            rows = connection.execute(_DUE, (*self._of, instant_text(now))).fetchall()
        return tuple(_unsaved(row) for row in rows)

    @property
    def _of(self) -> tuple[str, str, str]:
        return self.place, self.processor.phase, self.processor.name

    def _key(self, game: Unsaved) -> tuple[str, ...]:
        return *self._of, game.game_date.isoformat(), game.game_id

    def _values(self, game: Unsaved) -> tuple[object, ...]:
        conflict_at = instant_text(game.conflict_at) if game.conflict_at else None
        return (
            *(*self._of, game.game_id, game.game_date.isoformat(), game.id, conflict_at, game.tries),
            *(instant_text(game.tried_at), int(game.is_in_flight), for_terminal(game.reason, LONGEST_REASON)),
            *(instant_text(game.next_retry_at), instant_text(game.attend_at), game.queue_tries),
        )

    def _log(self, connection: sqlite3.Connection, rows: Iterable[OutboxRow], now: datetime) -> None:
        Outbox(self.journal).put_with(connection, self.place, CONFLICTS, rows, now)


def _unsaved(row: tuple[Any, ...]) -> Unsaved:
    game_id, day, id, conflict_at, tries, tried_at, in_flight, reason, next_retry_at, attend_at, queue_tries = row
    return Unsaved(
        game_id=game_id,
        game_date=date.fromisoformat(day),
        id=id,
        conflict_at=instant_of(conflict_at) if conflict_at else None,
        tries=tries,
        tried_at=instant_of(tried_at),
        reason=reason,
        next_retry_at=instant_of(next_retry_at),
        attend_at=instant_of(attend_at),
        is_in_flight=bool(in_flight),
        queue_tries=queue_tries,
    )
