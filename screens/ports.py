"""What the screens ask of the world: a desk, a memory and hands. The shell brings the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from checks.facts.fact import Fact, Row, Window
    from checks.model import Report, Scope, Verdict
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener
    from checks.severity import Severity
    from screens.orders import Consent, Order
    from screens.text.checklist import ChecklistView


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

    def reason(self, fact: Fact[Any]) -> str:
        """Return why a fact could not be had, or ""."""

    @property
    def watched_at(self) -> datetime | None:
        """When the checks were last run without a person (aware UTC); None where they never were."""

    @property
    def untold(self) -> int:
        """How many messages about the pipeline's trouble have not reached whoever was to be told."""

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
    """One line of the operations log: who did what, when; `at` is aware UTC.

    `plan` is one that was stopped and has items left, or "", and `is_too_old` says that it has to be planned again. `is_to_come`
    is what has not happened yet. `details` are name and text of everything that is kept of it.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str
    plan: str = ""
    is_too_old: bool = False
    is_to_come: bool = False
    details: tuple[tuple[str, str], ...] = ()


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
    """Exactly what an action would do.

    `available` is False where it can be shown and not applied, and `note` says why. `id` is the plan's, by which it is applied.
    `asks_reason` and `asks_count` are what consent needs: a reason, and the number of items typed (None where it need not be).
    """

    title: str
    items: tuple[PreviewItem, ...]
    text: str = ""
    available: bool = False
    note: str = ""
    id: str = ""
    asks_reason: bool = False
    asks_count: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of applying a preview: each item done (`would` says what) or not (`refused` says why), and one sentence.

    `is_complete` is False when something that was to be done is not certainly done.
    """

    title: str
    items: tuple[PreviewItem, ...]
    sentence: str
    is_complete: bool


class Hands(Protocol):
    """Says what an action would do, and does it. Nothing of it ever raises: what cannot be done is said in the answer.

    `at` is the fixed moment that is looked at (aware UTC), None while the console is live: nobody acts in the past.
    """

    @property
    def read_only(self) -> str:
        """Why nothing can be changed here, or ""; known at once."""

    def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
        """Return what an order would do; it changes nothing but the journal. `look` has the findings that it names."""

    def rest(self, plan: str, at: datetime | None) -> Preview:
        """Return what is left of a plan that was stopped, by its id; applying that goes on with it.

        Of a plan that is too old to go on with, a new plan of the same order.
        """

    def summary(self, look: Look, sentence: str, at: datetime | None) -> Preview:
        """Return the summary exactly as it would be posted, with a sentence of the operator's own."""

    def apply(
        self, preview: Preview, consent: Consent, on_progress: Callable[[int, int], None], cancelled: Cancelled
    ) -> Result:
        """Do what a preview says, telling of items done and of all, and stopping between items once `cancelled` says so."""

    def operations(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """Return what was planned, tried, stopped, done and verified, and what is yet to be verified; newest first."""

    def follow_up(self) -> tuple[str, ...]:
        """Verify what is due, and return a sentence for each thing that is known by that: fixed or not."""


@dataclass(frozen=True, slots=True)
class AuditSpot:
    """One place that an audit found: `path` is relative to the checkout, lines count from 1, `line` 0 is about all of the file.

    `code` are the numbered lines around it, as they were when the audit ran; `id` is the finding's fingerprint. `about` is the
    table that it concerns, "" where there is none or it cannot be told.
    """

    id: str
    check: str
    path: str
    line: int
    severity: Severity
    sentence: str
    remedy: str = ""
    code: tuple[tuple[int, str], ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known of a checkout: `spots` worst first, as of `at` (aware UTC; None when it was never audited).

    `asides` are sentences on what is not among the spots. `reason` says why the checkout cannot be audited, or "".
    `is_running` says that an audit is on its way.
    """

    checkout: str
    severity: Severity
    sentence: str = ""
    spots: tuple[AuditSpot, ...] = ()
    asides: tuple[str, ...] = ()
    at: datetime | None = None
    reason: str = ""
    is_running: bool = False


class Auditor(Protocol):
    """Audits one checkout. Nothing of it waits, and nothing raises."""

    def known(self) -> Audit:
        """Return what is known now; whoever asks first starts the audit."""

    def again(self) -> None:
        """Start an audit; one that is on its way is ended."""

    def stop(self) -> None:
        """End what is on its way, at once."""


class Checklist(Protocol):
    """The checklist of the newest deployment. Nothing of it ever raises: what cannot be is said in the answer."""

    def known(self) -> ChecklistView | str:
        """Return it as it is now, or why there is none to show."""

    def answer(self, deployment: str, step: str, word: str, note: str) -> str:
        """Keep the answer yes, no or skip to a step of a deployment, and return a sentence: that it is kept, or why not."""
