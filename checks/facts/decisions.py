"""Decisions of the master controller: every one of the lookback, and each workflow's last one of two weeks before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about one workflow; `action` is RUN, SKIP or ABORT, and each of them is a sign of life."""

    decision_id: str
    decision_time: datetime
    workflow_name: str
    action: str
    reason: str | None
    scrapers_triggered: tuple[str, ...]
    target_games: tuple[str, ...]
    next_check_time: datetime | None


DECISIONS = Fact(
    name="decisions",
    row=Decision,
    tables=("nba_orchestration.workflow_decisions",),
    partition=Partition.DECISIONS,
    suspect_when_empty="no workflow decision in over two weeks: the controller is dead or its log is not written",
)
