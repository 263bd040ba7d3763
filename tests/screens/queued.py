"""Rows of the retry queue for tests of the screens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Scope
from screens.ports import Look
from screens.views.needs import QUEUE_CHECKS
from tests.builders import at
from tests.screens.looks import look_at

AS_OF = at("2026-01-25T16:00")
SCOPE = Scope.at(AS_OF)


def queued(id: str = "one", **changes: Any) -> QueueRow:
    """Return the outage's row: failed at 12:37, due at 12:52, never tried."""
    values: dict[str, Any] = {
        "id": id,
        "game_date": date(2026, 1, 24),
        "phase": "phase_2",
        "processor_name": "nbac_player_boxscore",
        "game_key": None,
        "error_type": "transient",
        "error_message": "Max decode/download retries reached: 8",
        "retry_count": 0,
        "max_retries": 3,
        "first_failure_at": at("2026-01-25T12:37"),
        "last_retry_at": None,
        "next_retry_at": at("2026-01-25T12:52"),
        "status": "pending",
        "resolution_notes": None,
        "updated_at": at("2026-01-25T12:37"),
        "correlation_id": None,
    }
    return QueueRow(**{**values, **changes})


def many(count: int) -> tuple[QueueRow, ...]:
    """Return a queue of `count` rows of all kinds, in a fixed disorder."""
    statuses = ("pending", "pending", "retrying", "succeeded", "failed_permanent")
    rows = []
    for number in range(count):
        first = AS_OF - timedelta(seconds=60 + number * 7_919 % (14 * 86_400))
        rows.append(
            queued(
                f"row-{number}",
                phase=f"phase_{number % 5 + 1}",
                processor_name=f"processor_{number % 40}",
                error_message=f"could not fetch page {number % 997}",
                retry_count=number % 4,
                first_failure_at=first,
                next_retry_at=first + timedelta(minutes=15 * (number % 4 + 1)),
                status=statuses[number % 5],
                updated_at=first,
            )
        )
    return tuple(rows)


def queue_look(*rows: QueueRow) -> Look:
    return look_at(SCOPE, QUEUE_CHECKS, (RETRY_QUEUE, rows))
