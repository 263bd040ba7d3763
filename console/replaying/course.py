"""What became of a stretch of time under one set of thresholds: values, and the run-by-run life that makes them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from checks.hushes import Hushes
from checks.incidents.incident import Event, Happening, Incident, Rules, Run, State
from checks.incidents.signs import evaluated
from checks.incidents.stepping import step
from checks.model import Report
from checks.severity import Severity
from console.notify.deciding import Situation, decide
from console.notify.notice import Kind, Ledger, Manner, Notice
from console.replaying.operator import Operator


@dataclass(frozen=True, slots=True)
class Period:
    """The moments of a replay: `first`, and then one every so often up to `last` (aware UTC)."""

    first: datetime
    last: datetime
    every: timedelta

    @property
    def moments(self) -> tuple[datetime, ...]:
        """All of them, in order."""
        return tuple(self.first + n * self.every for n in range((self.last - self.first) // self.every + 1))


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice and when it would have been sent."""

    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class Span:
    """One finding as the runs saw it: from the first that showed it to the first that looked and did not, None where it lasted.

    `severities` are the severities that it had, with when each began; `sentence` is the last that it said; `day` the Eastern
    game date that it is about. `has_left` when that was no longer looked at by then: nothing says that it was mended.
    """

    fingerprint: str
    check: str
    subject: str
    sentence: str
    severities: tuple[tuple[datetime, Severity], ...]
    day: date | None = None
    ended_at: datetime | None = None
    has_left: bool = False

    @property
    def began_at(self) -> datetime:
        """When it was first seen."""
        return self.severities[0][0]

    @property
    def worst(self) -> Severity:
        """The worst severity that it had."""
        return max(severity for _, severity in self.severities)

    def when(self, severity: Severity) -> datetime | None:
        """Return when it was first this bad or worse, None where it never was."""
        return next((at for at, found in self.severities if found >= severity), None)


ALERTS = (Kind.OPENED, Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.RESOLVED, Kind.LEFT)
"""What is told because something happened to an incident."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of each sort there were, and in how many threads those about incidents.

    `alerts` say that an incident opened, worsened, was acknowledged or ended; escalations and reminders that a critical one was
    nobody's; `held_back` that there were more than an hour may have.
    """

    alerts: int
    escalations: int
    reminders: int
    threads: int
    digests: int
    held_back: int

    @property
    def about_incidents(self) -> int:
        """All messages but the digests and those that only count others."""
        return self.alerts + self.escalations + self.reminders


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that happened under one set of thresholds, called `name`, up to `until`.

    `answered` counts what would have been told had somebody acknowledged what was critical; None where that is supposed anyway.
    """

    name: str
    until: datetime
    events: tuple[Event, ...]
    incidents: tuple[Incident, ...]
    sent: tuple[Sent, ...]
    spans: tuple[Span, ...]
    answered: Counts | None = None

    @property
    def counts(self) -> Counts:
        """How many messages of each sort were sent."""
        return Counts(
            alerts=self.count(*ALERTS),
            escalations=self.count(Kind.ESCALATION),
            reminders=self.count(Kind.REMINDER),
            threads=len(self.threads),
            digests=self.count(Kind.DIGEST),
            held_back=self.count(Kind.HELD_BACK),
        )

    @property
    def threads(self) -> tuple[str, ...]:
        """The notification threads of incidents, in the order in which they began."""
        return tuple(dict.fromkeys(sent.notice.thread for sent in self.sent if sent.notice.parts))

    def count(self, *kinds: Kind) -> int:
        """Return how many notices of these kinds were sent."""
        return sum(sent.notice.kind in kinds for sent in self.sent)


class Life:
    """One set of thresholds, living through reports; `operator` is who is supposed to be there, if anybody."""

    def __init__(self, name: str, place: str, rules: Rules, manner: Manner, operator: Operator | None) -> None:
        self._name = name
        self._place = place
        self._rules = rules
        self._manner = manner
        self._operator = operator
        self._current: tuple[Incident, ...] = ()
        self._ever: dict[str, Incident] = {}
        self._ledger = Ledger()
        self._events: list[Event] = []
        self._sent: list[Sent] = []
        self._spans: dict[str, Span] = {}
        self._ended: list[Span] = []
        self._until: datetime | None = None

    def sees(self, report: Report, hushes: Hushes) -> None:
        """Live through one report."""
        now = report.scope.as_of
        if self._operator is not None:
            hushes = self._operator.speaks(self._current, report, hushes)
        done = step(self._current, Run(self._place, report, hushes, now), self._rules)
        self._current = done.current
        self._ever.update((incident.id, incident) for incident in done.incidents if incident.state is not State.NEW)
        self._events.extend(done.events)
        told = decide(Situation(self._place, report, self._current, done.events, now), self._ledger, self._manner)
        self._ledger = told.ledger
        self._sent.extend(Sent(now, notice) for notice in told.notices)
        if self._operator is not None:
            self._operator.hears(told.notices, now)
        self._follow(report)
        self._until = now

    def course(self) -> Course:
        """Return what has become of it so far. There was a report."""
        if self._until is None:
            raise AssertionError("a course without a single report")
        spans = sorted(
            (*self._ended, *self._spans.values()), key=lambda span: (span.began_at, span.check, span.subject)
        )
        return Course(
            self._name,
            self._until,
            tuple(self._events),
            tuple(sorted(self._ever.values(), key=lambda incident: (incident.first_seen, incident.key))),
            tuple(self._sent),
            tuple(spans),
        )

    def _follow(self, report: Report) -> None:
        """Note which findings began, changed their severity or ended."""
        now = report.scope.as_of
        lasting = {item.fingerprint: item for item in report.findings if item.is_active and item.severity}
        for fingerprint, finding in lasting.items():
            before = self._spans.get(fingerprint)
            severities = before.severities if before else ()
            if not severities or severities[-1][1] is not finding.severity:
                severities = (*severities, (now, finding.severity))
            self._spans[fingerprint] = Span(
                fingerprint,
                finding.check,
                str(finding.subject),
                finding.sentence,
                severities,
                finding.subject.game_date,
            )
        judged = evaluated(report)
        for fingerprint in self._spans.keys() - lasting.keys():
            span = self._spans[fingerprint]
            has_left = span.day is not None and span.day < report.scope.first
            if has_left or span.check in judged:
                self._ended.append(replace(self._spans.pop(fingerprint), ended_at=now, has_left=has_left))


TOLD_OF = frozenset(Happening) - {Happening.EASED, Happening.CLOSED}
"""What a timeline shows: all but the easing and the closing, which nobody has to do anything about."""
