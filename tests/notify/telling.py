"""Somebody who is told: runs, decisions and what was sent, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checks.incidents.incident import Run
from checks.model import Finding
from console.notify.deciding import Situation, decide, next_due
from console.notify.notice import Kind, Ledger, Manner, Notice
from tests.incidents.reports import Watch, report


@dataclass
class Told:
    """A watch whose events are told."""

    watch: Watch = field(default_factory=Watch)
    manner: Manner = field(default_factory=lambda: Manner(has_digest=False))
    ledger: Ledger = field(default_factory=Ledger)
    sent: list[Notice] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    """When each was sent."""

    def sees(
        self, *findings: Finding, times: int = 1, unknown: Sequence[str] = (), unreadable: bool = True
    ) -> list[Kind]:
        """Let so many runs see these findings and return the kinds of what is sent."""
        before = len(self.sent)
        for _ in range(times):
            moment = self.watch.moment
            seen = report(moment, *findings, unknown=unknown, unreadable=unreadable)
            events = self.watch.takes(Run("demo", seen, self.watch.hushes, moment))
            done = decide(Situation("demo", seen, self.watch.incidents, events, moment), self.ledger, self.manner)
            self.ledger = done.ledger
            due = next_due(self.watch.incidents, done.ledger, moment, self.manner)
            assert due is None or due > moment  # whoever waits for it never turns in circles
            self.sent.extend(done.notices)
            self.times.extend(moment for _ in done.notices)
            self.watch.moment += self.watch.every
        return [notice.kind for notice in self.sent[before:]]

    def later(self, **time: float) -> None:
        self.watch.moment += timedelta(**time)
