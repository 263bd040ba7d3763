"""The outbox: rows on their way to warehouse tables, durable from the moment they are put, delivered in batches, each once.

A batch is fixed in the journal, with the id of its job, before anything is sent. So whoever comes after a crash sends the same
batch under the same id, which a warehouse accepts once: what has arrived already is found out and not sent again. Nothing here
reads a clock or waits: `deliver` does what is due and says when to come again.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from console.journal import Journal, instant_text
from console.load_quota import quota_day
from console.outbox import batches
from console.outbox import statements as sql
from console.outbox.batches import Batch, Standing, Table
from console.outbox.rows import OutboxRow, row_line
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Loading, LoadLimits, LoadOutcome, Writes
from screens.clean import for_terminal

RUNNING_AGAIN = timedelta(seconds=5)
"""When to ask again for a job that runs."""
UNKNOWN_AGAIN = timedelta(seconds=60)
"""When to ask again for a job of which nobody knows whether it was started."""


class Arrival(Enum):
    """What has become of a row that was put."""

    WAITING = "waiting"
    """It is not known to have arrived."""
    DELIVERED = "delivered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a call of `deliver` came to: how many rows have arrived, and how each table stands now."""

    delivered: int
    tables: tuple[Standing, ...]

    @property
    def next_at(self) -> datetime | None:
        """When to deliver again, aware UTC; None when nothing waits."""
        return min((table.next_at for table in self.tables if table.next_at is not None), default=None)


class Outbox:
    """The outbox in a journal, shared by threads and processes. Raises JournalError from every method.

    A place is a warehouse as its address names it. `new_id` gives an id that nobody else ever gives.
    """

    def __init__(self, journal: Journal, *, new_id: Callable[[], str] = lambda: uuid.uuid4().hex) -> None:
        self._journal = journal
        self._new_id = new_id

    def put(self, place: str, table: str, rows: Iterable[OutboxRow], now: datetime) -> int:
        """Keep rows for a table and return how many are new. Raises UnfitRowError, and then keeps none."""
        with self._journal.writing() as connection:
            return self.put_with(connection, place, table, rows, now)

    def put_with(
        self, connection: sqlite3.Connection, place: str, table: str, rows: Iterable[OutboxRow], now: datetime
    ) -> int:
        """Do as `put` in somebody's transaction, so that an action and its rows are kept together or not at all."""
        before = connection.total_changes
        for row in rows:
            values = (self._new_id(), place, table, row.key, row_line(row), instant_text(now))
            connection.execute(sql.PUT, values)
        return connection.total_changes - before

    def deliver(self, place: str, writes: Writes, now: datetime) -> Delivery:
        """Do what is due: ask what came of jobs, and send at most one batch a table. Returns how it stands then.

        What the warehouse cannot be asked stands in `trouble`, and is tried again when it says so.
        """
        with self._journal.writing() as connection:
            soon = instant_text(now + UNKNOWN_AGAIN)
            connection.execute(sql.AHEAD, {"place": place, "now": instant_text(now), "soon": soon})
        tables = self._tables(place, writes.limits, now)
        delivered = sum(self._deliver_table(table, writes, now) for table in tables)
        return Delivery(delivered, self.standings(place, writes.limits, now))

    def standings(self, place: str, limits: LoadLimits, now: datetime) -> tuple[Standing, ...]:
        """Return how it stands with each table that rows wait for, or that was loaded into today."""
        tables = self._tables(place, limits, now)
        with self._journal.reading() as connection:
            return tuple(batches.standing(connection, table, now) for table in tables)

    def arrival(self, place: str, table: str, key: str) -> Arrival | None:
        """Return what has become of a row; None when there is none, or when it arrived so long ago that it was forgotten."""
        with self._journal.reading() as connection:
            row = connection.execute(sql.ARRIVAL, (place, table, key)).fetchone()
        states = {"delivered": Arrival.DELIVERED, "refused": Arrival.REFUSED}
        return None if row is None else states.get(row[0], Arrival.WAITING)

    def is_waiting(self, place: str) -> bool:
        """Return whether any row is not known to have arrived and may still do so."""
        with self._journal.reading() as connection:
            return bool(connection.execute(sql.IS_WAITING, (place,)).fetchone()[0])

    def retry_refused(self, place: str, table: str) -> int:
        """Let refused rows wait for delivery again, after the table or its definition was mended; return how many."""
        with self._journal.writing() as connection:
            refused = connection.execute(sql.REFUSED, (place, table)).fetchall()
            # Under new ids: the job that had the old ones is used up, and has loaded none of them.
            connection.executemany(sql.RELEASE, [(self._new_id(), number) for (number,) in refused])
            connection.execute(sql.FORGIVE, (place, table))
        return len(refused)

    def _tables(self, place: str, limits: LoadLimits, now: datetime) -> tuple[Table, ...]:
        values = {"place": place, "day_began": instant_text(quota_day(now)[0])}
        with self._journal.reading() as connection:
            names = connection.execute(sql.TABLES, values).fetchall()
        return tuple(Table(place, name, limits) for (name,) in names)

    def _deliver_table(self, table: Table, writes: Writes, now: datetime) -> int:
        """Return how many rows have arrived."""
        with self._journal.reading() as connection:
            sent = batches.sent(connection, table)
        delivered = sum(self._find_out(table, batch, writes, now) for batch in sent if batch.next_at <= now)
        batch = self._claim(table, now)
        return delivered + (self._send(table, batch, writes, now) if batch is not None else 0)

    def _find_out(self, table: Table, batch: Batch, writes: Writes, now: datetime) -> int:
        """Ask what came of a batch that was sent; send it again when it never arrived."""
        try:
            outcome = writes.outcome(batch.job_id)
        except WarehouseError as error:
            return self._postpone(batch, now, UNKNOWN_AGAIN, str(error))
        if outcome is not None:
            return self._note(table, batch, outcome, now)
        with self._journal.writing() as connection:
            connection.execute(sql.SEND, {"id": batch.id, "now": instant_text(now)})
        return self._send(table, batch, writes, now)

    def _claim(self, table: Table, now: datetime) -> Batch | None:
        """Return the next batch, fixed as sent before it is; None when none is due."""
        with self._journal.writing() as connection:
            return batches.claim(connection, table, now)

    def _send(self, table: Table, batch: Batch, writes: Writes, now: datetime) -> int:
        with self._journal.reading() as connection:
            lines = [row for _, _, row in connection.execute(sql.ROWS_OF, (batch.id,))]
        try:
            outcome = writes.append(batch.job_id, table.name, "\n".join(lines).encode())
        except WarehouseError as error:
            return self._postpone(batch, now, UNKNOWN_AGAIN, str(error))
        return self._note(table, batch, outcome, now)

    def _note(self, table: Table, batch: Batch, outcome: LoadOutcome, now: datetime) -> int:
        """Keep what came of a batch and return how many of its rows have arrived."""
        if isinstance(outcome, Loading):
            return self._postpone(batch, now, RUNNING_AGAIN, "")
        with self._journal.writing() as connection:
            return batches.settle(connection, table, batch, outcome, now)

    def _postpone(self, batch: Batch, now: datetime, wait: timedelta, error: str) -> int:
        words = for_terminal(error, batches.ERROR_CHARACTERS)
        values = {"id": batch.id, "next_at": instant_text(now + wait), "error": words, "now": instant_text(now)}
        with self._journal.writing() as connection:
            connection.execute(sql.POSTPONE, values)
        return 0
