"""What should run: the daily expected schedule, written at 05:00 Eastern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class ExpectedRun:
    """One run that a date's schedule expects."""

    run_date: date
    workflow_name: str
    expected_run_time: datetime
    reason: str | None
    games_today: int | None


EXPECTED_RUNS = Fact(
    name="expected_runs",
    row=ExpectedRun,
    tables=("nba_orchestration.daily_expected_schedule",),
    partition=Partition.EVENT_TIME,
    suspect_when_empty="no expected schedule was written for these dates",
)
