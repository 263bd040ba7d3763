"""Circuit breakers of the processors, as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """One processor's breaker; `state` is CLOSED, OPEN or HALF_OPEN."""

    processor_name: str
    state: str
    failure_count: int
    opened_at: datetime | None
    updated_at: datetime | None
    timeout_seconds: int | None
    last_error_type: str | None
    last_error_message: str | None


BREAKERS = Fact(
    name="breakers",
    row=BreakerRow,
    tables=("nba_orchestration.circuit_breaker_state",),
    partition=Partition.EVENT_TIME,
)
