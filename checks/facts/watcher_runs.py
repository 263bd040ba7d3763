"""When the checks were last run without a person, as the console's own table of runs has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition

REMEMBERED_DAYS = 14
"""How long a watcher that died is missed: longer than any outage that nobody heard of."""


@dataclass(frozen=True, slots=True)
class WatcherRun:
    """The newest run: when it ended (aware UTC), on which host, how often it is meant to be, and its verdict."""

    ran_at: datetime
    host: str
    every_seconds: int
    verdict: str


WATCHER_RUNS = Fact(
    name="watcher_runs",
    row=WatcherRun,
    tables=("nba_orchestration.console_check_runs",),
    partition=Partition.EVENT_TIME,
    days_before=REMEMBERED_DAYS,
)
