"""The values every check speaks in: severity, subject, finding, result and report.

All are frozen. A report is a value: the screen, the JSON document, Slack and the exit status are views of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from checks.severity import Severity, Verdict
from checks.times import eastern_date, to_minute

__all__ = [
    "CheckResult",
    "Evidence",
    "FactOutcome",
    "Fault",
    "Finding",
    "Report",
    "RootCause",
    "Scope",
    "Severity",
    "Subject",
    "SubjectKind",
    "Suggestion",
    "Verdict",
]


class Fault(Enum):
    """What is wrong: the data, the check that judged it, the pipeline that should have acted, or who should have watched it."""

    DATA = "data"
    CHECK = "check"
    PIPELINE = "pipeline"
    WATCHER = "watcher"


class SubjectKind(Enum):
    """What a finding is about."""

    GAME = "game"
    DATE = "date"
    TRANSITION = "transition"
    PHASE = "phase"
    WORKFLOW = "workflow"
    PROCESSOR = "processor"
    TABLE = "table"
    QUEUE = "queue"
    CONTROLLER = "controller"
    FILE = "file"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a finding is about; `game_date` is an Eastern game date, where the thing belongs to one."""

    kind: SubjectKind
    name: str
    game_date: date | None = None

    def __str__(self) -> str:
        if self.game_date is None or self.name == self.game_date.isoformat():
            return self.name
        return f"{self.name} {self.game_date.isoformat()}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number behind a finding, and the name of the fact whose query gave it."""

    label: str
    value: str | int | float
    unit: str
    fact: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A next step: the command to type and what it is for."""

    command: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say, in one sentence.

    `since` and `until` are aware UTC times; a finding with `until` is over, and is history, not an alarm.
    `names` lists the players, workflows or games that the sentence counts. `key` tells apart two findings of one
    check about one subject (two silences of the same controller).
    A finding of severity OK is a note: worth saying, nothing to do.
    """

    check: str
    severity: Severity
    subject: Subject
    sentence: str
    fault: Fault
    since: datetime | None = None
    until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    names: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    key: str = ""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same for as long as this is the same trouble."""
        day = self.subject.game_date.isoformat() if self.subject.game_date else ""
        identity = f"{self.check}|{self.subject.kind.value}|{self.subject.name}|{day}|{self.key}"
        return hashlib.sha256(identity.encode()).hexdigest()[:12]

    @property
    def is_active(self) -> bool:
        """True while the trouble lasts."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report covers.

    `as_of` is aware UTC on a whole minute, `first` to `last` are Eastern game dates, both included, and `lookback` is how far
    back decisions are looked at. `place` is the warehouse as commands must name it, "" where they read it anyway, and `is_chosen`
    whether `as_of` was chosen rather than taken: they aim the commands that a report offers (`checks.aiming`), and are no part of
    what it covers. What is later than a moment that was taken has a clock that is wrong.
    """

    as_of: datetime
    first: date
    last: date
    lookback: timedelta = timedelta(hours=48)
    place: str = field(default="", compare=False)
    is_chosen: bool = field(default=False, compare=False)

    @classmethod
    def at(
        cls,
        as_of: datetime,
        *,
        last: date | None = None,
        days: int = 2,
        lookback: timedelta = timedelta(hours=48),
    ) -> Scope:
        """Return the scope of `days` game dates that ends with `last` (by default the Eastern date of `as_of`).

        The default of two days covers tonight's games and last night's, whose box scores and grading are due now.
        Raises ValueError when `as_of` is naive or `days` is below 1.
        """
        if days < 1:
            raise ValueError(f"days must be 1 or more, not {days}")
        as_of = to_minute(as_of)
        last = last if last is not None else eastern_date(as_of)
        return cls(as_of=as_of, first=last - timedelta(days=days - 1), last=last, lookback=lookback)

    @property
    def dates(self) -> tuple[date, ...]:
        """The game dates covered, oldest first."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to.

    `reason` says why, when it could not be evaluated (UNKNOWN); `unreadable` is True when that is because a source failed,
    rather than because it answered with an emptiness that cannot be believed.
    """

    check: str
    severity: Severity
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class RootCause:
    """One trouble with everything that it explains.

    `key` is stable for as long as the trouble lasts: one key, one incident. `evidence` are the findings that establish
    the cause, the weightiest first, `symptoms` those that it explains and inhibits.
    """

    key: str
    name: str
    severity: Severity
    sentence: str
    fault: Fault
    since: datetime | None
    until: datetime | None
    evidence: tuple[Finding, ...]
    symptoms: tuple[Finding, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class FactOutcome:
    """How loading one fact went: rows, seconds, and the reason when it failed."""

    fact: str
    rows: int
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the checks say at one moment about one scope; causes come worst first."""

    scope: Scope
    verdict: Verdict
    causes: tuple[RootCause, ...]
    results: tuple[CheckResult, ...]
    facts: tuple[FactOutcome, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all checks, in the checks' order."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def nothing_read(self) -> str:
        """Why not a single fact could be had, or "": then nothing is known, and what was known before is worth more."""
        if self.facts and all(outcome.reason for outcome in self.facts):
            return self.facts[0].reason
        return ""
