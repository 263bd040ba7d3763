"""Streaming-buffer conflicts per game and kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class StreamingConflict:
    """The conflicts of one game of one kind.

    A `conflict_type` other than `streaming_buffer` (such as already_processed) is no conflict and must not be counted as one.
    """

    game_date: date
    game_id: str | None
    conflict_type: str
    conflicts: int
    unresolved: int
    most_retries: int | None
    first_at: datetime
    last_at: datetime


STREAMING_CONFLICTS = Fact(
    name="streaming_conflicts",
    row=StreamingConflict,
    tables=("nba_orchestration.streaming_conflict_log",),
    partition=Partition.GAME_DATE,
)
