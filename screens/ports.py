"""What the screens ask of the world: a desk, a memory and a rehearsal of actions. The shell brings the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from checks.facts.fact import Fact, Row, Window
    from checks.model import Report, Scope, Subject, Verdict
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener


@dataclass(frozen=True, slots=True)
class Query:
    """The question behind a number: its SQL as this warehouse runs it, and its parameters."""

    fact: str
    sql: str
    window: Window
    as_of: datetime


class Look(Protocol):
    """A report and the facts that it was made of."""

    @property
    def report(self) -> Report:
        """The report."""

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Return a fact's rows. Raises an error with a sentence for the operator when they could not be had."""

    def query(self, fact: str) -> Query:
        """Return the question behind a fact of this report. Raises KeyError for a fact that it does not need."""


class Desk(Protocol):
    """Answers what is wrong. Opened for one refresh and closed after it, so that no file is held."""

    @property
    def policy(self) -> Policy:
        """The thresholds."""

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        """Return the report of the named checks (all when empty) with its facts."""

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        """Return the same, telling of each step on the way, and stopping soon after `cancelled` says so.

        What had not answered by then is UNKNOWN in the report.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Remembered:
    """A report of earlier, and when it was made (aware UTC)."""

    report: Report
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a finding was first and last seen, and how bad it was at worst."""

    fingerprint: str
    check: str
    sentence: str
    severity: str
    first_seen: datetime
    last_seen: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the operations log: who did what, when."""

    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str


class Memory(Protocol):
    """What outlives the console: the last report, what was seen, what was done, what the operator prefers."""

    def last_verdict(self, environment: str) -> tuple[Verdict, datetime] | None:
        """Return the last report's verdict and the moment that it is about (aware UTC); quicker than the whole report."""

    def last_report(self, environment: str) -> Remembered | None:
        """Return the last report of an environment."""

    def remember(self, environment: str, report: Report, at: datetime) -> None:
        """Keep a report as the last one, and what it found as seen."""

    def sightings(self, environment: str, fingerprint: str = "") -> tuple[Sighting, ...]:
        """Return what was seen of one finding, of all when no fingerprint is given; newest first."""

    def log(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """Return the operations log, newest first."""

    def note(self, entry: LogEntry) -> None:
        """Add to the operations log."""

    def preference(self, name: str) -> str:
        """Return what the operator chose, or ""."""

    def prefer(self, name: str, value: str) -> None:
        """Keep a choice."""


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One thing that an action would do, or why it would not."""

    subject: str
    would: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what an action would do. `available` is False where it can be shown and not applied, and `note` says why."""

    title: str
    items: tuple[PreviewItem, ...]
    text: str = ""
    available: bool = False
    note: str = ""


class Rehearsal(Protocol):
    """Says what an action would do, without doing it."""

    def requeue(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return what requeueing these subjects would do."""

    def acknowledge(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return what acknowledging the findings about these subjects would do."""

    def silence(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return what silencing the findings about these subjects would do."""

    def summary(self, look: Look, sentence: str = "") -> Preview:
        """Return the summary exactly as it would be posted."""
