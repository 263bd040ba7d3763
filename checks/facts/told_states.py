"""What the watcher that leads has told people, as it stands with the lease of several hosts. The console's own table."""

from __future__ import annotations

from dataclasses import dataclass

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class ToldState:
    """What was told under the lease called `name`; `told` is text of `console.watching.baton`."""

    name: str
    told: str


TOLD_STATES = Fact(
    name="told_states",
    row=ToldState,
    tables=("nba_orchestration.console_leases",),
    partition=Partition.EVENT_TIME,
)
