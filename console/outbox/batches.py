"""The batches of one table as the journal has them: which is due, which rows go together, and what becomes of a failed one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.journal import instant_of, instant_text
from console.load_quota import LoadQuota, quota_day
from console.outbox import statements as sql
from console.outbox.rows import halves, job_id
from console.warehouse.writing import Loaded, LoadLimits, LoadRefusal, NotLoaded
from screens.clean import for_terminal

BATCH_ROWS = 500
BATCH_BYTES = 4 << 20
"""Bytes of a batch; up to 5 MB the client sends a job and its rows in one request."""

FAILED_AGAIN = timedelta(minutes=1)
"""When to try again what has failed; twice as long after each further failure, at most `LONGEST_AGAIN`."""
LONGEST_AGAIN = timedelta(hours=1)
MOST_SPLITS = 6
"""How often a batch with unfit rows is halved to save the others: that is 127 jobs at most, of the 1,500 a day."""
ERROR_CHARACTERS = 1_000

Rows = Sequence[tuple[int, str]]
"""Rows of the outbox by their number, which is their order, and their id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a table's deliveries.

    `waiting` rows are not known to have arrived, `refused` ones no table takes. `trouble` is why something has not arrived, or
    "". `next_at` is when `deliver` has something to do, aware UTC, None when nothing waits.
    """

    table: str
    waiting: int
    refused: int
    trouble: str
    quota: LoadQuota | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that travel together. `attempt` counts the jobs for them, `splits` how often they were parted from others."""

    id: int
    job_id: str
    attempt: int
    splits: int
    next_at: datetime

    @classmethod
    def new(cls, now: datetime) -> Batch:
        """Return a batch of rows that were never sent, which the journal does not have yet."""
        return cls(0, "", 1, 0, now)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a place, and how often it may be loaded into."""

    place: str
    name: str
    limits: LoadLimits

    @property
    def key(self) -> tuple[str, str]:
        """Place and name."""
        return self.place, self.name


def sent(connection: sqlite3.Connection, table: Table) -> list[Batch]:
    """Return the batches of which it is not known yet what came of them."""
    return _batches(connection, sql.SENT, table)


def claim(connection: sqlite3.Connection, table: Table, now: datetime) -> Batch | None:
    """Return the next batch, fixed and noted as sent; None when none is due or another is on its way.

    Rows of a failed batch wait behind new ones, so that one unfit row holds up nothing else.
    """
    when = _due(connection, table, now)
    if when is None or when > now or sent(connection, table):
        return None
    rows = _fitting(connection.execute(sql.NEW_ROWS, (*table.key, BATCH_ROWS)).fetchall())
    if rows:
        return _fix(connection, table, rows, Batch.new(now), now)
    batch = _waiting(connection, table)[0]
    connection.execute(sql.SEND, {"id": batch.id, "now": instant_text(now)})
    return batch


def settle(
    connection: sqlite3.Connection, table: Table, batch: Batch, outcome: Loaded | NotLoaded, now: datetime
) -> int:
    """Keep what came of a batch, and what becomes of its rows; return how many of them have arrived."""
    rows = [(number, id) for number, id, _ in connection.execute(sql.ROWS_OF, (batch.id,))]
    state, error = _state(outcome, batch, rows)
    values = {"id": batch.id, "state": state, "error": error, "now": instant_text(now)}
    if connection.execute(sql.SETTLE, values).rowcount == 0:
        return 0  # somebody else was told before
    if isinstance(outcome, NotLoaded) and state == "failed":
        _try_again(connection, table, batch, rows, outcome, now)
    return len(rows) if state == "delivered" else 0


def standing(connection: sqlite3.Connection, table: Table, now: datetime) -> Standing:
    """Return how it stands with a table."""
    unbatched, under_way, refused = connection.execute(sql.COUNTS, table.key).fetchone()
    trouble = connection.execute(sql.TROUBLE, table.key).fetchone()
    under_way_now = sent(connection, table)
    next_at = min(batch.next_at for batch in under_way_now) if under_way_now else _due(connection, table, now)
    quota, _ = _quota(connection, table, now)
    return Standing(table.name, unbatched + under_way, refused, trouble[0] if trouble else "", quota, next_at)


def _waiting(connection: sqlite3.Connection, table: Table) -> list[Batch]:
    """Return the batch that waits to be sent again and is due first, if there is one."""
    return _batches(connection, sql.WAITING, table)


def _batches(connection: sqlite3.Connection, statement: str, table: Table) -> list[Batch]:
    found = connection.execute(statement, table.key).fetchall()
    return [Batch(id, name, attempt, splits, instant_of(next_at)) for id, name, attempt, splits, next_at in found]


def _fitting(rows: Sequence[tuple[int, str, int]]) -> list[tuple[int, str]]:
    """Return number and id of the first rows that fit in one batch; a row is much smaller than a batch."""
    taken: list[tuple[int, str]] = []
    size = 0
    for number, id, length in rows:
        size += length + 1
        if size > BATCH_BYTES:
            break
        taken.append((number, id))
    return taken


def _fix(
    connection: sqlite3.Connection, table: Table, rows: Rows, batch: Batch, now: datetime, error: str = ""
) -> Batch:
    """Put rows into a batch of their own and return it: sent when it is due now, waiting otherwise."""
    name = job_id(table.place, table.name, (id for _, id in rows), batch.attempt)
    is_first = batch.attempt == 1
    values = {
        "job_id": name,
        "place": table.place,
        "table": table.name,
        "attempt": batch.attempt,
        "splits": batch.splits,
        "state": "sent" if is_first else "waiting",
        "next_at": instant_text(batch.next_at),
        "now": instant_text(now),
        "sent_at": instant_text(now) if is_first else None,
        "error": error,
    }
    id = connection.execute(sql.NEW_JOB, values).lastrowid or 0
    connection.executemany(sql.TAKE_ROW, [(id, number) for number, _ in rows])
    return replace(batch, id=id, job_id=name)


def _state(outcome: Loaded | NotLoaded, batch: Batch, rows: Sequence[object]) -> tuple[str, str]:
    """Return the state that an outcome puts a batch into, and its error."""
    if isinstance(outcome, Loaded):
        return "delivered", ""
    is_last = len(rows) == 1 or batch.splits == MOST_SPLITS
    is_refused = outcome.refusal is LoadRefusal.ROWS and is_last
    return "refused" if is_refused else "failed", for_terminal(outcome.reason, ERROR_CHARACTERS)


def _try_again(
    connection: sqlite3.Connection,
    table: Table,
    batch: Batch,
    rows: Rows,
    outcome: NotLoaded,
    now: datetime,
) -> None:
    """Put the rows of a failed batch into another, or into two when some of them are unfit."""
    wait = min(LONGEST_AGAIN, FAILED_AGAIN * 2 ** min(batch.attempt - 1, 10))
    pieces: tuple[Rows, ...] = (rows,)
    if outcome.refusal is LoadRefusal.ROWS:
        pieces, wait = halves(rows), timedelta(0)
    elif outcome.refusal is LoadRefusal.QUOTA:
        wait = min(LONGEST_AGAIN, quota_day(now)[1] - now)
    again = Batch(0, "", batch.attempt + 1, batch.splits + len(pieces) - 1, now + wait)
    error = for_terminal(outcome.reason, ERROR_CHARACTERS)
    for piece in pieces:
        _fix(connection, table, piece, again, now, error)


def _quota(connection: sqlite3.Connection, table: Table, now: datetime) -> tuple[LoadQuota | None, datetime | None]:
    """Return the quota, None where there is none, and when the last job was sent."""
    began, ends = quota_day(now)
    values = {"place": table.place, "table": table.name, "day_began": instant_text(began)}
    used, last = connection.execute(sql.USE, values).fetchone()
    limit = table.limits.jobs_a_day
    quota = None if limit is None else LoadQuota(table.name, used, limit, ends)
    return quota, instant_of(last) if last else None


def _due(connection: sqlite3.Connection, table: Table, now: datetime) -> datetime | None:
    """Return when the next batch that was not sent yet may be; None when there is none."""
    unbatched, _, _ = connection.execute(sql.COUNTS, table.key).fetchone()
    waiting = _waiting(connection, table)
    if not unbatched and not waiting:
        return None
    due = now if unbatched else waiting[0].next_at
    quota, last = _quota(connection, table, now)
    if last is not None:
        due = max(due, last + table.limits.spacing)
    return max(due, quota.resets_at) if quota is not None and quota.is_spent else due
