"""Hand-overs between phases, as the orchestrators log them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class HandOver:
    """One attempt to hand a date over.

    `transition` is spelled as in `Transition`; `status` is started, complete, partial, deadline_exceeded or blocked; `reason`
    is what the orchestrator wrote into its metadata.
    """

    execution_timestamp: datetime
    transition: str
    game_date: date
    correlation_id: str | None
    start_time: datetime | None
    duration_seconds: float | None
    games_processed: int | None
    status: str
    reason: str | None


HAND_OVERS = Fact(
    name="hand_overs",
    row=HandOver,
    tables=("nba_orchestration.phase_execution_log",),
    partition=Partition.GAME_DATE,
    suspect_when_empty="the hand-over log has no row for these dates: its writer is not running",
)
