"""One row of the queue on its way through a round: taken, and then handed back or given up, each by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from checks.facts.retry_queue import QueueRow
from checks.times import format_utc
from console.conflict_log import QueueWriter
from console.queue_changes import QueueKey, SeenRow, give_up, set_status
from console.warehouse.writing import Change, Changed, Contended


@dataclass(frozen=True, slots=True)
class QueueInUse:
    """The queue as a round changes it: its writer, and the columns that its table has.

    Each method returns why the row was not changed, "" where it was. Raises WarehouseError where that is not known, and
    JournalError.
    """

    writer: QueueWriter
    columns: Collection[str]

    def take(self, row: QueueRow, next_at: datetime, now: datetime) -> str:
        """Take a pending row for its next try; `next_at` is when it may be tried once more."""
        count = row.retry_count + 1
        change = set_status(
            self.columns, row.game_date, SeenRow.of(row), "retrying", now, next_retry_at=next_at, retry_count=count
        )
        return self._apply(change, row, now)

    def hand_back(self, row: QueueRow, next_at: datetime | None, note: str | None, now: datetime) -> str:
        """Let a row wait again, up to `next_at`; None leaves that as it is."""
        change = set_status(
            self.columns, row.game_date, SeenRow.of(row), "pending", now, next_retry_at=next_at, note=note
        )
        return self._apply(change, row, now)

    def give_up(self, row: QueueRow, why: str, error_type: str | None, now: datetime) -> str:
        """Let nobody try a row again."""
        return self._apply(
            give_up(self.columns, row.game_date, SeenRow.of(row), now, why=why, error_type=error_type), row, now
        )

    def _apply(self, change: Change, row: QueueRow, now: datetime) -> str:
        key = QueueKey(row.phase, row.processor_name, row.game_date, row.game_key or "")
        outcome = self.writer.apply(change, key, now)
        if isinstance(outcome, Changed):
            return "" if outcome.rows else "somebody else has changed the row meanwhile"
        if isinstance(outcome, Contended):
            return f"others changed the queue at the same time, {outcome.tries} times: {outcome.reason}"
        return f"the table's streaming buffer holds it until {format_utc(outcome.until)}"


def taken(row: QueueRow, next_at: datetime, now: datetime) -> QueueRow:
    """Return a row as `QueueInUse.take` has left it."""
    return replace(
        row,
        status="retrying",
        retry_count=row.retry_count + 1,
        next_retry_at=next_at,
        last_retry_at=now,
        updated_at=now,
    )
