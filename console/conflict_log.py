"""Makes changes to the retry queue, and logs for the pipeline each one that a streaming buffer held up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from checks.times import require_aware
from console.outbox.outbox import Outbox
from console.outbox.rows import OutboxRow
from console.queue_changes import QueueKey
from console.warehouse.writing import Change, ChangeOutcome, HeldByBuffer, Writes

CONFLICTS = "nba_orchestration.streaming_conflict_log"
QUEUE_CONFLICT = "queue_streaming_buffer"
"""Not `streaming_buffer`, which the breaker counts: here a game's data was saved, and only its retry could not be changed."""


@dataclass(frozen=True, slots=True)
class QueueWriter:
    """Changes the queue of the warehouse at `place`; `new_id` gives an id that nobody else ever gives."""

    writes: Writes
    outbox: Outbox
    place: str
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex

    def apply(self, change: Change, key: QueueKey, now: datetime, *, retry_count: int = 0) -> ChangeOutcome:
        """Make a change and return what came of it; `retry_count` is how often the same was held up before.

        Raises WarehouseError, and JournalError when a conflict could not be kept for logging.
        """
        outcome = self.writes.change(change, now)
        if isinstance(outcome, HeldByBuffer):
            row = conflict_row(self.new_id(), outcome, key, change, now, retry_count)
            self.outbox.put(self.place, CONFLICTS, [row], now)
        return outcome


def conflict_row(
    conflict_id: str, held: HeldByBuffer, key: QueueKey, change: Change, now: datetime, retry_count: int
) -> OutboxRow:
    """Return the row of `streaming_conflict_log` for a change that was held up; its id is its key."""
    return OutboxRow(
        conflict_id,
        {
            "conflict_id": conflict_id,
            "timestamp": now,
            "processor_name": key.processor_name,
            "game_id": _bdl_game_id(key),
            "game_date": key.game_date,
            "conflict_type": QUEUE_CONFLICT,
            "retry_count": retry_count,
            "resolved": False,
            "details": {
                "table": change.table,
                "change": change.what,
                "until": require_aware(held.until).isoformat(),
                "oldest_entry": require_aware(held.oldest).isoformat() if held.oldest is not None else None,
            },
        },
    )


def _bdl_game_id(key: QueueKey) -> str | None:
    """Return `20260124_LAL_DAL`, as PIPELINE.md, "Two game ids, one game"; None when it is not about a game."""
    away, _, home = key.game_key.partition("@")
    return f"{key.game_date:%Y%m%d}_{away}_{home}" if away and home else None
