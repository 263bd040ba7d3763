"""Pipeline events: phases and processors starting, completing, failing and retrying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class PipelineEvent:
    """One event; `phase` is spelled `phase_2` to `phase_6`."""

    event_id: str
    timestamp: datetime
    event_type: str
    phase: str | None
    processor_name: str | None
    game_date: date | None
    correlation_id: str | None
    duration_seconds: float | None
    records_processed: int | None
    error_type: str | None
    error_message: str | None


EVENTS = Fact(
    name="events",
    row=PipelineEvent,
    tables=("nba_orchestration.pipeline_event_log",),
    partition=Partition.EVENT_TIME,
)
