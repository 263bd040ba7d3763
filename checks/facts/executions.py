"""Executions that followed RUN decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class Execution:
    """One workflow execution; the counts are of scrapers."""

    execution_id: str
    execution_time: datetime
    workflow_name: str
    decision_id: str | None
    scrapers_triggered: int
    scrapers_succeeded: int
    scrapers_failed: int
    status: str
    error_message: str | None


EXECUTIONS = Fact(
    name="executions",
    row=Execution,
    tables=("nba_orchestration.workflow_executions",),
    partition=Partition.DECISIONS,
)
