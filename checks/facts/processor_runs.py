"""Processor runs: the last state of each run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class ProcessorRun:
    """The last state of one run: `ended_at` and `duration_seconds` are None while `status` is running."""

    run_id: str
    processor_name: str
    phase: str | None
    data_date: date
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    records_processed: int | None
    retry_attempt: int | None
    skip_reason: str | None
    failure_category: str | None


PROCESSOR_RUNS = Fact(
    name="processor_runs",
    row=ProcessorRun,
    tables=("nba_reference.processor_run_history",),
    partition=Partition.GAME_DATE,
    suspect_when_empty="no processor run is recorded for these dates",
)
