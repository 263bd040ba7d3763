"""Somebody who is told: runs, decisions and what was sent, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checks.incidents.incident import Event, Run
from checks.model import Finding, Report
from console.notify.codec import ledger_of_text, text_of_ledger
from console.notify.deciding import Situation, decide, next_due
from console.notify.notice import Kind, Ledger, Manner, Notice
from tests.incidents.reports import CHECKS, Watch, report


@dataclass
class Told:
    """A watch whose events are told."""

    watch: Watch = field(default_factory=Watch)
    manner: Manner = field(default_factory=lambda: Manner(has_digest=False))
    ledger: Ledger = field(default_factory=Ledger)
    sent: list[Notice] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    """When each was sent."""
    last: Report | None = None

    def sees(
        self,
        *findings: Finding,
        times: int = 1,
        unknown: Sequence[str] = (),
        unreadable: bool = True,
        run: Sequence[str] = CHECKS,
    ) -> list[Kind]:
        """Let so many runs see these findings and return the kinds of what is sent."""
        before = len(self.sent)
        for _ in range(times):
            moment = self.watch.moment
            self.last = report(moment, *findings, unknown=unknown, unreadable=unreadable, run=run)
            events = self.watch.takes(Run("demo", self.last, self.watch.hushes, moment))
            self._decides(self.last, events, moment)
            self.watch.moment += self.watch.every
        return [notice.kind for notice in self.sent[before:]]

    def waits(self, **time: float) -> list[Kind]:
        """Let so long pass after the last run and return the kinds of what is sent without another."""
        before = len(self.sent)
        assert self.last is not None
        self._decides(self.last, (), self.watch.moment - self.watch.every + timedelta(**time))
        return [notice.kind for notice in self.sent[before:]]

    def _decides(self, seen: Report, events: tuple[Event, ...], moment: datetime) -> None:
        ledger = ledger_of_text(text_of_ledger(self.ledger))  # as the journal keeps it from one decision to the next
        assert ledger == self.ledger
        done = decide(Situation("demo", seen, self.watch.incidents, events, moment), ledger, self.manner)
        self.ledger = done.ledger
        due = next_due(self.watch.incidents, done.ledger, moment, self.manner)
        assert due is None or due > moment  # whoever waits for it never turns in circles
        self.sent.extend(done.notices)
        self.times.extend(moment for _ in done.notices)

    def later(self, **time: float) -> None:
        self.watch.moment += timedelta(**time)
