"""Outboxes in real journals, rows for them, and ways to break off a delivery at any step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Delivery, Outbox
from console.outbox.rows import OutboxRow
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change, ChangeOutcome, LoadLimits, LoadOutcome, Writes
from tests.bigquery_double import BigQueryDouble
from tests.fuse import Fuse

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
TABLE = "nba_orchestration.streaming_conflict_log"
PLACE = "prod"


@dataclass
class BreakableWrites:
    """A warehouse on the way to which the process may end: before it is asked, and after it has done what it was asked."""

    writes: Writes
    fuse: Fuse

    @property
    def limits(self) -> LoadLimits:
        return self.writes.limits

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        self.fuse.step()
        outcome = self.writes.append(job_id, table, lines)
        self.fuse.step()
        return outcome

    def outcome(self, job_id: str) -> LoadOutcome | None:
        self.fuse.step()
        outcome = self.writes.outcome(job_id)
        self.fuse.step()
        return outcome

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        raise AssertionError("the outbox changes nothing")


def outbox(folder: Path) -> Outbox:
    return Outbox(Journal(folder / FILE_NAME, now=lambda: NOW))


def row(key: str, **values: object) -> OutboxRow:
    return OutboxRow(key, {"conflict_id": key, "timestamp": NOW, **values})


def rows(*keys: str) -> Sequence[OutboxRow]:
    return [row(key) for key in keys]


def deliver_all(box: Outbox, writes: Writes, now: datetime = NOW, *, most: int = 200) -> Delivery:
    """Deliver whenever something is due, until nothing waits any more."""
    delivered = 0
    for _ in range(most):
        done = box.deliver(PLACE, writes, now)
        delivered += done.delivered
        if done.next_at is None:
            return Delivery(delivered, done.tables)
        now = max(done.next_at, now + timedelta(microseconds=1))
    raise WarehouseError(f"something still waits after {most} deliveries")


def arrived(double: BigQueryDouble) -> list[str]:
    return [key for (key,) in double.run(f"SELECT conflict_id FROM {TABLE} ORDER BY conflict_id")]
