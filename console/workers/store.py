"""Where workers keep their heartbeats and batches: by default an SQLite file that the workers of one machine share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from checks.workers import WorkerBeat, WorkerState
from console.journal import instant_of, instant_text
from console.warehouse.protocol import WarehouseError

BUSY_SECONDS = 5.0

_TABLE = """
    CREATE TABLE IF NOT EXISTS worker (
        worker_id    TEXT PRIMARY KEY,
        heartbeat_at TEXT NOT NULL,
        state        TEXT NOT NULL,
        batch_id     TEXT NOT NULL,
        game_date    TEXT,
        completed    INTEGER NOT NULL,
        expected     INTEGER NOT NULL,
        items        TEXT NOT NULL,  -- JSON: what the batch consists of
        done         TEXT NOT NULL   -- JSON: which of it is done
    )
"""
_INTERVALS = """
    CREATE TABLE IF NOT EXISTS worker_interval (worker_id TEXT PRIMARY KEY, every_seconds INTEGER NOT NULL)
"""
"""A table of its own, because workers of an earlier version write whole rows into the other."""
_SAVE = "INSERT OR REPLACE INTO worker VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SAVE_INTERVAL = "INSERT OR REPLACE INTO worker_interval VALUES (?, ?)"
_ALL = """
    SELECT worker_id, heartbeat_at, state, batch_id, game_date, completed, expected, items, done, coalesce(every_seconds, 0)
    FROM worker LEFT JOIN worker_interval USING (worker_id)
"""


class WorkerStoreError(WarehouseError):
    """The store cannot be read or written; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store keeps of a worker: its heartbeat, and its batch item by item."""

    beat: WorkerBeat
    items: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


class WorkerStore(Protocol):
    """A place for heartbeats and batches. Every method raises WorkerStoreError."""

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now, whole or not at all."""

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known."""

    def beats(self) -> tuple[WorkerBeat, ...]:
        """Return the newest heartbeat of each worker, by its id."""


class SqliteWorkerStore:
    """A store in a file, which is made; safe from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now; it has reached the disk when this returns."""
        beat = kept.beat
        values = (
            beat.worker_id,
            instant_text(beat.heartbeat_at),
            beat.state.value,
            beat.batch_id,
            beat.game_date.isoformat() if beat.game_date else None,
            beat.completed,
            beat.expected,
            json.dumps(kept.items),
            json.dumps(kept.done),
        )
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SAVE, values)
            connection.execute(_SAVE_INTERVAL, (beat.worker_id, beat.every_seconds))
            connection.execute("COMMIT")

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known."""
        with self._connected() as connection:
            row = connection.execute(f"{_ALL} WHERE worker_id = ?", (worker_id,)).fetchone()
        return None if row is None else _kept(row)

    def beats(self) -> tuple[WorkerBeat, ...]:
        """Return the newest heartbeat of each worker, by its id."""
        with self._connected() as connection:
            return tuple(_kept(row).beat for row in connection.execute(f"{_ALL} ORDER BY worker_id"))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(_TABLE)
                connection.execute(_INTERVALS)
                yield connection
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise WorkerStoreError(
                f"the workers' store {self._path} cannot be used ({error}): see whether its folder can be written, or "
                "move the file away, and the next worker makes a new one"
            ) from error


def _kept(row: tuple[str, str, str, str, str | None, int, int, str, str, int]) -> Kept:
    worker_id, heartbeat_at, state, batch_id, game_date, completed, expected, items, done, every = row
    day = date.fromisoformat(game_date) if game_date else None
    beat = WorkerBeat(
        worker_id, instant_of(heartbeat_at), WorkerState(state), batch_id, day, completed, expected, every
    )
    return Kept(beat, tuple(json.loads(items)), tuple(json.loads(done)))
