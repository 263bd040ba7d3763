"""When the checks were last run without a person, as the console's own table of runs has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition

REMEMBERED_DAYS = 14
"""How far back the warehouse is asked: a watcher that died is missed on every host for that long, and on its own for ever."""


@dataclass(frozen=True, slots=True)
class WatcherRun:
    """The newest run of one choice of checks: when it ended (aware UTC), where, how often it is to be, and its verdict.

    `checks` are the ids that were chosen, with commas between them; "" is all of them.
    """

    ran_at: datetime
    host: str
    every_seconds: int
    verdict: str
    checks: str = ""

    def has_run(self, check: str) -> bool:
        """Return whether it ran a check; "" is all of them."""
        return not self.checks or check in self.checks.split(",")


def choice_text(checks: Iterable[str]) -> str:
    """Return the ids of a choice as `WatcherRun.checks` has them, whatever their order; "" where none is named."""
    return ",".join(sorted(checks))


WATCHER_RUNS = Fact(
    name="watcher_runs",
    row=WatcherRun,
    tables=("nba_orchestration.console_check_runs",),
    partition=Partition.EVENT_TIME,
    days_before=REMEMBERED_DAYS,
)
