"""The retry queue: rows of the last two weeks, in every shape of the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row of the queue as it stands; the queue is updated in place, so `as_of` only hides rows created later.

    `game_key` is `AWAY@HOME` for a missing game, else None; it, `resolution_notes` and `correlation_id` are None in older
    deployments, whose table lacks the columns. By its `correlation_id` whoever made a row active finds it again.
    """

    id: str
    game_date: date
    phase: str
    processor_name: str
    game_key: str | None
    error_type: str | None
    error_message: str | None
    retry_count: int
    max_retries: int
    first_failure_at: datetime
    last_retry_at: datetime | None
    next_retry_at: datetime | None
    status: str
    resolution_notes: str | None
    updated_at: datetime | None
    correlation_id: str | None

    @property
    def is_active(self) -> bool:
        """True while somebody must still work on it."""
        return self.status in ("pending", "retrying")


RETRY_QUEUE = Fact(
    name="retry_queue",
    row=QueueRow,
    tables=("nba_orchestration.failed_processor_queue",),
    partition=Partition.GAME_DATE,
    days_before=14,
)
