"""Puts games that could not be saved into the retry queue, under its one-active-row rule, or keeps them until it can.

Safe to repeat and to break off at any step: a row that is active already, or that was put there since the game's last try, is
that game's, whoever put it there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from checks.facts.fact import Window
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.facts.rows import RowError
from checks.times import format_utc, require_aware
from console.conflict_log import QueueWriter
from console.outbox.outbox import UNKNOWN_AGAIN
from console.queue_changes import QUEUE, Entry, QueueKey, SeenRow, revive_or_insert
from console.saving.conflicts import log_rows
from console.saving.games import End, GameResult, Processor, queue_key
from console.saving.keeping import Keeping
from console.saving.unsaved import LONGEST_REASON, Unsaved, UnsavedGames
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Changed, ChangeOutcome, HeldByBuffer
from screens.clean import for_terminal

CUT_OFF = "its last try was cut off, so whether it wrote anything is not known"
_MOST_ROUNDS = 3
"""How often a queue that others change meanwhile is read anew."""
_AHEAD = timedelta(days=1)
"""The queue is read as of later than now: a row of somebody whose clock is ahead counts too."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of telling the queue of a game: `next_at` is when the worker takes it, or when to tell the queue again."""

    game: Unsaved
    end: End
    says: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class _Queue:
    """The queue of one date as it was read."""

    columns: frozenset[str]
    rows: tuple[QueueRow, ...]

    def of(self, key: QueueKey) -> tuple[QueueRow, ...]:
        """Return the rows with the key; an older table, without `metadata`, cannot tell games of a date apart."""
        return tuple(
            row
            for row in self.rows
            if (row.phase, row.processor_name) == (key.phase, key.processor_name)
            and ("metadata" not in self.columns or (row.game_key or "") == key.game_key)
        )


@dataclass(frozen=True, slots=True)
class Queueing:
    """The retry queue of one processor. Raises JournalError."""

    keeping: Keeping
    processor: Processor

    @property
    def unsaved(self) -> UnsavedGames:
        """The games that the journal keeps for the queue."""
        return UnsavedGames(self.keeping.journal, self.keeping.place, self.processor)

    def place_left(self, games: Sequence[Unsaved], now: datetime) -> tuple[Placed, ...]:
        """Do as `place`, with games that an earlier call has left; their conflicts are logged, unless that call has done so."""
        self.unsaved.keep((), log_rows(self.processor, games), now)
        return self.place(games, now)

    def place(self, games: Sequence[Unsaved], now: datetime) -> tuple[Placed, ...]:
        """Put games that the journal keeps into the queue, and let it forget those that are there."""
        found: list[Placed] = []
        for _, group in groupby(sorted(games, key=attrgetter("game_date", "game_id")), attrgetter("game_date")):
            found += self._place_date(tuple(group), now)
        return tuple(found)

    def _place_date(self, games: tuple[Unsaved, ...], now: datetime) -> list[Placed]:
        try:
            queue = self._read(games[0].game_date, now)
        except (WarehouseError, RowError) as error:
            placed = [_untold(game, str(error), now) for game in games]
            for one in placed:
                self.unsaved.postpone(one.game, one.next_at)
            return placed
        return [self._settled(game, queue, now) for game in games]

    def _settled(self, game: Unsaved, queue: _Queue, now: datetime) -> Placed:
        """Tell the queue of a game, and forget it or keep it."""
        try:
            placed = self._place_one(game, queue, now)
        except (WarehouseError, RowError) as error:
            placed = _untold(game, str(error), now)
        if placed.end is End.QUEUED:
            self.unsaved.forget(game, (), now)
        else:
            self.unsaved.postpone(game, placed.next_at)
        return placed

    def _place_one(self, game: Unsaved, queue: _Queue, now: datetime) -> Placed:
        for _ in range(_MOST_ROUNDS):
            rows = queue.of(queue_key(self.processor, game.game_id, game.game_date))
            there = next((row for row in rows if row.is_active or row.first_failure_at >= game.tried_at), None)
            if there is not None:
                return _there(game, there)
            outcome = self._change(queue.columns, game, max(rows, key=_touched_at, default=None), now)
            if isinstance(outcome, HeldByBuffer):
                until = outcome.until
                return Placed(
                    game,
                    End.UNQUEUED,
                    f"the retry queue is held by its streaming buffer until {format_utc(until)}",
                    until,
                )
            if not isinstance(outcome, Changed):
                return _untold(game, outcome.reason, now)
            if outcome.rows:
                return Placed(game, End.QUEUED, f"queued for {format_utc(game.next_retry_at)}", game.next_retry_at)
            queue = self._read(game.game_date, now)
        return _untold(game, "others change its row again and again", now)

    def _read(self, day: date, now: datetime) -> _Queue:
        warehouse = self.keeping.warehouse
        columns = frozenset(column.name for column in warehouse.inspect((QUEUE,))[0].columns)
        return _Queue(columns, warehouse.load(RETRY_QUEUE, Window(day, day), now + _AHEAD))

    def _change(self, columns: Collection[str], game: Unsaved, last: QueueRow | None, now: datetime) -> ChangeOutcome:
        key = queue_key(self.processor, game.game_id, game.game_date)
        away, _, home = key.game_key.partition("@")
        reason = f"{game.reason}; {CUT_OFF}" if game.is_in_flight else game.reason
        entry = Entry(
            game.id,
            "transient",
            reason,
            max(now, game.next_retry_at),
            correlation_id=game.id,
            metadata={"away_team": away, "home_team": home},
        )
        seen = SeenRow.of(last) if last is not None else None
        change = revive_or_insert(columns, key, seen, entry, now)
        writer = QueueWriter(self.keeping.warehouse.writes, self.keeping.outbox, self.keeping.place)
        return writer.apply(change, key, now, retry_count=game.queue_tries)


def queue_unsaved(keeping: Keeping, processor: Processor, now: datetime) -> tuple[GameResult, ...]:
    """Put into the retry queue what earlier calls have left: they died, or the queue was held. Returns what came of each.

    `now` is aware. Raises JournalError.
    """
    now = require_aware(now)
    queueing = Queueing(keeping, processor)
    return results(queueing.place_left(queueing.unsaved.due(now), now), now)


def results(placed: Iterable[Placed], now: datetime) -> tuple[GameResult, ...]:
    """Return what came of games of which nothing but the journal is known."""
    return tuple(
        GameResult(
            one.game.game_id,
            one.game.game_date,
            one.end,
            f"{one.game.reason}; {f'{CUT_OFF}; ' if one.game.is_in_flight else ''}{one.says}",
            tries=0,
            began_at=None,
            ended_at=now,
            next_at=one.next_at,
        )
        for one in placed
    )


def _untold(game: Unsaved, why: str, now: datetime) -> Placed:
    says = f"the retry queue cannot be told of it: {why}"
    return Placed(game, End.UNQUEUED, for_terminal(says, LONGEST_REASON), now + UNKNOWN_AGAIN)


def _there(game: Unsaved, row: QueueRow) -> Placed:
    """Return that the queue has a game already, or has dealt with it since it was last tried."""
    at = row.next_retry_at or game.next_retry_at
    says = (
        f"in the retry queue already, for {format_utc(at)}"
        if row.is_active
        else f"the retry queue had it: {row.status}"
    )
    return Placed(game, End.QUEUED, says, at)


def _touched_at(row: QueueRow) -> datetime:
    return row.updated_at or row.last_retry_at or row.first_failure_at
