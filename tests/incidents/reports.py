"""Reports for incidents: only the causes and results that a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from checks.causes import find_causes
from checks.hushes import Hush, Hushes, HushKind
from checks.incidents.incident import Event, Incident, Rules, Run
from checks.incidents.stepping import step
from checks.model import CheckResult, Fault, Finding, Report, Scope, Severity, Subject, SubjectKind
from checks.verdict import verdict_of
from tests.builders import at

NOON = at("2026-01-23T12:00")
CHECKS = ("orchestration.gap", "schedule.stale", "queue.retrier_dead", "reconcile.players", "availability.missing_game")
QUARTER = timedelta(minutes=15)


def finding(
    check: str = "queue.retrier_dead",
    severity: Severity = Severity.ERROR,
    *,
    until: datetime | None = None,
    since: datetime | None = NOON,
    day: date | None = None,
    name: str = "it",
    key: str = "",
) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        subject=Subject(SubjectKind.CONTROLLER, name, day),
        sentence=f"{check} of {name} is {severity.name}",
        fault=Fault.PIPELINE,
        since=since,
        until=until,
        key=key,
    )


SILENCE = finding("orchestration.gap", Severity.CRITICAL, key="silence")
STALE = finding("schedule.stale", Severity.WARNING)
RETRIER = finding()


def report(
    moment: datetime,
    *findings: Finding,
    unknown: Sequence[str] = (),
    reason: str = "no answer",
    run: Sequence[str] = CHECKS,
    unreadable: bool = True,
    because: Mapping[str, str] | None = None,
) -> Report:
    """Return a report in which the checks `run` were evaluated, those in `unknown` excepted, for reasons `because`."""
    reasons = because or {}
    ids = tuple(dict.fromkeys((*run, *(item.check for item in findings), *unknown)))
    results = tuple(
        CheckResult(check, Severity.UNKNOWN, reason=reasons.get(check, reason), unreadable=unreadable)
        if check in unknown
        else CheckResult(
            check,
            max((item.severity for item in findings if item.check == check and item.is_active), default=Severity.OK),
            tuple(item for item in findings if item.check == check),
        )
        for check in ids
    )
    causes = find_causes(results)
    return Report(Scope.at(moment), verdict_of(causes, results), causes, results, ())


@dataclass
class Watch:
    """Runs one after the other, with a clock that is set by hand."""

    moment: datetime = NOON
    incidents: tuple[Incident, ...] = ()
    hushes: Hushes = field(default_factory=Hushes)
    events: list[Event] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    every: timedelta = QUARTER

    def sees(
        self,
        *findings: Finding,
        unknown: Sequence[str] = (),
        reason: str = "no answer",
        times: int = 1,
        because: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Let so many runs see these findings, then move the clock; return what happened, as `what cause`."""
        happened: list[Event] = []
        for _ in range(times):
            seen = report(self.moment, *findings, unknown=unknown, reason=reason, because=because)
            run = Run("demo", seen, self.hushes, self.moment)
            happened.extend(self.takes(run))
            self.moment += self.every
        return [f"{event.what.value}: {event.incident.cause}" for event in happened]

    def takes(self, run: Run) -> tuple[Event, ...]:
        done = step(self.incidents, run, self.rules)
        self.incidents = done.current
        self.events.extend(done.events)
        return done.events

    def only(self) -> Incident:
        (incident,) = self.incidents
        return incident

    def hush(self, about: Finding, kind: HushKind = HushKind.ACKNOWLEDGED, hours: float = 2) -> None:
        word = Hush(kind, "ann", self.moment + timedelta(hours=hours), "on it", self.moment)
        self.hushes = Hushes({about.fingerprint: word})
