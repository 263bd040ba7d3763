"""Outboxes in real journals, rows for them, and ways to break off a delivery at any step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Delivery, Outbox
from console.outbox.rows import OutboxRow
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writes
from tests.bigquery_double import BigQueryDouble

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
TABLE = "nba_orchestration.streaming_conflict_log"
PLACE = "prod"


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
