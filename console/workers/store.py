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

from checks.workers import FinishedBatch, UnreadableRecord, WorkerBeat, WorkerRecord, WorkerState
from console.journal import instant_of, instant_text
from console.warehouse.protocol import WarehouseError

BUSY_SECONDS = 5.0

_TABLES = (
    """
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
    """,
    "CREATE TABLE IF NOT EXISTS worker_interval (worker_id TEXT PRIMARY KEY, every_seconds INTEGER NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS worker_process (
        worker_id     TEXT PRIMARY KEY,
        heartbeat_at  TEXT NOT NULL,     -- of the row that `progressed_at` belongs to
        progressed_at TEXT,
        generation    INTEGER NOT NULL,
        finished      TEXT NOT NULL      -- JSON: batch and instant
    )
    """,
)
"""Tables beside the first, because workers of an earlier version write whole rows into that one."""
_SAVE = "INSERT OR REPLACE INTO worker VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SAVE_INTERVAL = "INSERT OR REPLACE INTO worker_interval VALUES (?, ?)"
_SAVE_PROCESS = "INSERT OR REPLACE INTO worker_process VALUES (?, ?, ?, ?, ?)"
_RETIRE = (
    "DELETE FROM worker_process WHERE worker_id = ?",
    "DELETE FROM worker_interval WHERE worker_id = ?",
    "DELETE FROM worker WHERE worker_id = ?",
)
_GENERATION = "SELECT generation FROM worker_process WHERE worker_id = ?"
_ALL = """
    SELECT worker_id, worker.heartbeat_at, state, batch_id, game_date, completed, expected, items, done,
        coalesce(every_seconds, 0), iif(process.heartbeat_at = worker.heartbeat_at, progressed_at, NULL),
        coalesce(generation, 0), coalesce(finished, '[]')
    FROM worker LEFT JOIN worker_interval USING (worker_id) LEFT JOIN worker_process AS process USING (worker_id)
"""
_Row = tuple[str, str, str, str, str | None, int, int, str, str, int, str | None, int, str]


class WorkerStoreError(WarehouseError):
    """The store cannot be read or written; the message says which, why and what to do."""


class UnreadableWorkerError(WorkerStoreError):
    """What is kept of one worker is no heartbeat; the store itself can be read."""


class SupersededError(WorkerStoreError):
    """Another process of the same worker has gone on with its work since: this one is to end."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            f"{worker_id} goes on in another process, which has begun or taken over a batch since: end this one. Nothing of it "
            "was kept; two workers at the same time need two ids"
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store keeps of a worker: its heartbeat, and its batch item by item.

    `generation` grows with each process that begins or takes over the worker's batch.
    """

    beat: WorkerBeat
    items: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    generation: int = 0

    @property
    def is_whole(self) -> bool:
        """True when all items of the batch are known, and which of them are done: what others wrote may only count them."""
        known = set(self.done) <= set(self.items) and self.beat.game_date is not None
        return known and (len(self.items), len(self.done)) == (self.beat.expected, self.beat.completed)


class WorkerStore(Protocol):
    """A place for heartbeats and batches. Every method raises WorkerStoreError."""

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now, whole or not at all. Raises SupersededError where a later generation is kept."""

    def take(self, kept: Kept, seen: int | None) -> int:
        """Keep a worker as it is now under a new generation, and return that: processes before it can save no more.

        `seen` is the generation that this process has met, None where it has met none. Raises SupersededError where there has
        been a later one since.
        """

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known. Raises UnreadableWorkerError."""

    def beats(self) -> tuple[WorkerRecord, ...]:
        """Return the newest heartbeat of each worker, by its id; what is no heartbeat as an UnreadableRecord."""

    def retire(self, worker_id: str) -> bool:
        """Forget a worker that does not come back, with its batch, and return whether it was known: nobody misses it."""


class SqliteWorkerStore:
    """A store in a file, which is made; safe from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now; it has reached the disk when this returns."""
        with self._changing() as connection:
            if _generation(connection, kept.beat.worker_id) > kept.generation:
                raise SupersededError(kept.beat.worker_id)
            _write(connection, kept, kept.generation)

    def take(self, kept: Kept, seen: int | None) -> int:
        """Keep a worker as it is now under a new generation, and return that."""
        with self._changing() as connection:
            found = _generation(connection, kept.beat.worker_id)
            if seen is not None and found > seen:
                raise SupersededError(kept.beat.worker_id)
            _write(connection, kept, found + 1)
        return found + 1

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known."""
        with self._connected() as connection:
            row = connection.execute(f"{_ALL} WHERE worker_id = ?", (worker_id,)).fetchone()
        return None if row is None else _kept(row)

    def beats(self) -> tuple[WorkerRecord, ...]:
        """Return the newest heartbeat of each worker, by its id."""
        with self._connected() as connection:
            return tuple(_record(row) for row in connection.execute(f"{_ALL} ORDER BY worker_id"))

    def retire(self, worker_id: str) -> bool:
        """Forget a worker, and return whether it was known."""
        with self._changing() as connection:
            *_, last = [connection.execute(statement, (worker_id,)) for statement in _RETIRE]
        return last.rowcount > 0

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute(
                "BEGIN IMMEDIATE"
            )  # what goes wrong before COMMIT is undone when the connection is closed
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                for table in _TABLES:
                    connection.execute(table)
                yield connection
        except sqlite3.Error as error:
            raise WorkerStoreError(
                f"the workers' store {self._path} cannot be used ({error}): see whether its folder can be written, or "
                "move the file away, and the next worker makes a new one"
            ) from error


def _generation(connection: sqlite3.Connection, worker_id: str) -> int:
    found = connection.execute(_GENERATION, (worker_id,)).fetchone()
    return int(found[0]) if found else 0


def _write(connection: sqlite3.Connection, kept: Kept, generation: int) -> None:
    beat = kept.beat
    at, day = instant_text(beat.heartbeat_at), beat.game_date.isoformat() if beat.game_date else None
    of_batch = (beat.batch_id, day, beat.completed, beat.expected, json.dumps(kept.items), json.dumps(kept.done))
    progressed_at = instant_text(beat.progressed_at) if beat.progressed_at else None
    finished = json.dumps([(batch.id, instant_text(batch.at)) for batch in beat.finished])
    connection.execute(_SAVE, (beat.worker_id, at, beat.state.value, *of_batch))
    connection.execute(_SAVE_INTERVAL, (beat.worker_id, beat.every_seconds))
    connection.execute(_SAVE_PROCESS, (beat.worker_id, at, progressed_at, generation, finished))


def _record(row: _Row) -> WorkerRecord:
    try:
        return _kept(row).beat
    except UnreadableWorkerError as error:
        return UnreadableRecord(row[0], str(error))


def _kept(row: _Row) -> Kept:
    """Return a row as a worker. Raises UnreadableWorkerError for one that is none."""
    worker_id, at, state, batch_id, game_date, completed, expected, items, done, every, progressed, generation, over = (
        row
    )
    try:
        beat = WorkerBeat(
            worker_id,
            instant_of(at),
            WorkerState(state),
            batch_id,
            date.fromisoformat(game_date) if game_date else None,
            completed,
            expected,
            every,
            instant_of(progressed) if progressed else None,
            tuple(FinishedBatch(batch, instant_of(finished)) for batch, finished in json.loads(over)),
        )
        return Kept(beat, tuple(json.loads(items)), tuple(json.loads(done)), generation)
    except (TypeError, ValueError) as error:
        raise UnreadableWorkerError(
            f"the row of {worker_id} in the workers' store is no heartbeat ({error})"
        ) from error
