"""What an incident is, what can happen to one, and the rules of when. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from checks.cause_rules import RULES
from checks.causes import BLIND, LOG_SILENT, STANDING_THREAD
from checks.hushes import Hush, Hushes
from checks.keys import cause_of, fitting, place_of
from checks.model import Report
from checks.severity import Severity

_MACHINERY = frozenset(rule.name for rule in RULES if rule.is_machinery)
_OF_CONTROLLER = "orchestration.gap"
"""The check that cannot judge when the decision log is empty: the controller is silent for longer than anybody knows."""


class State(Enum):
    """Where an incident is in its life; the value is what the journal keeps."""

    NEW = "new"
    """Seen, but not often enough to be believed."""
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    RESOLVED = "resolved"
    """Over, but what returns within the hour is this same incident."""
    CLOSED = "closed"


LIVE = frozenset({State.OPEN, State.ACKNOWLEDGED, State.SILENCED})
"""The states in which the trouble lasts and is believed."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble from its first bad run to its closing.

    All instants are aware UTC. `key` is the environment and the cause's key; of one key at most one incident is not closed.
    `since` is since when the trouble lasts as its check tells it, `first_seen` the first run that saw it, `changed_at` when it
    came into its state, `ended_at` when the trouble ended. `worst` is the worst severity since it was opened. `bad` and `good`
    count such runs in a row, `counted_at` is the as-of of the last run that counted. `flaps` is how often it seemed over and
    was not. `hush` is the word in force that keeps people from being told. `word` is the last word that was said of it, whether
    it still holds or not, and `word_at` how bad it was as far as runs had seen when that was said: what becomes critical
    afterwards breaks through. `outgrown` is the last word that was broken through: it counts for nothing again when a later one
    ends. `blind` are, of a blindness, the checks that are believed to be without sight.
    `checks`, `signs` (fingerprints) and `days` (Eastern game dates as text) are those of the evidence when it was
    last seen; `explains` (fingerprints) and `explains_checks` those of what follows from it. `absorbed` are the keys of incidents
    that turned out to be its symptoms, and `note` says how it ended.
    """

    key: str
    cause: str
    state: State
    severity: Severity
    worst: Severity
    sentence: str
    command: str
    since: datetime | None
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    counted_at: datetime
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    bad: int = 0
    good: int = 0
    flaps: int = 0
    hush: Hush | None = None
    word: Hush | None = None
    word_at: Severity | None = None
    outgrown: Hush | None = None
    blind: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    explains_checks: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """What tells it from earlier and later incidents of its key."""
        return fitting(f"{self.key}@{self.first_seen:%Y%m%dT%H%M%SZ}")

    @property
    def symptoms(self) -> int:
        """How many findings follow from it."""
        return len(self.explains)

    @property
    def is_live(self) -> bool:
        """True while the trouble lasts and is believed."""
        return self.state in LIVE

    @property
    def has_outgrown_its_word(self) -> bool:
        """True when it has become critical since somebody said that they have it in hand, or want to hear nothing of it.

        Of a blindness: when less can be seen since.
        """
        if self.cause == BLIND:
            return self.word is not None and self.word == self.outgrown
        said_at = self.severity if self.word_at is None else self.word_at
        return self.severity is Severity.CRITICAL and said_at < Severity.CRITICAL

    @property
    def has_own_thread(self) -> bool:
        """True for broken machinery and for blindness, on which somebody must act now; defects of data share a thread.

        A decision log that has nothing for two weeks is broken machinery too: nobody knows since when.
        """
        is_controller = self.cause == LOG_SILENT and _OF_CONTROLLER in self.checks
        return self.cause == BLIND or self.cause in _MACHINERY or is_controller

    @property
    def thread(self) -> str:
        """The notification thread it belongs to: its own, or the one that the week's lesser troubles share."""
        if self.has_own_thread:
            return self.id
        year, week, _ = (self.opened_at or self.first_seen).isocalendar()
        return f"{place_of(self.key)}|{STANDING_THREAD}:{year}-W{week:02d}"

    @property
    def name(self) -> str:
        """Its cause and scope, without the environment."""
        return cause_of(self.key)

    @property
    def account(self) -> str:
        """What there is to say of it: how it ended where that was seen, else what it is about and the note on it."""
        if self.resolved_at is not None:
            return self.note or self.sentence
        return f"{self.sentence} ({self.note})" if self.note else self.sentence


class Happening(Enum):
    """What can happen to an incident."""

    OPENED = "opened"
    REOPENED = "opened again"
    WORSENED = "worsened"
    EASED = "eased"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    SPOKE_UP = "no longer acknowledged or silenced"
    RESOLVED = "resolved"
    ABSORBED = "joined its cause"
    LEFT = "out of the dates that are looked at"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an incident at a moment (aware UTC); `incident` is as it was afterwards."""

    what: Happening
    incident: Incident
    at: datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """When an incident opens and ends, in runs and times."""

    bad_runs: int = 2
    """In a row, to open; what is critical opens with the first."""
    good_runs: int = 2
    """In a row, to resolve."""
    reopens_within: timedelta = timedelta(hours=1)
    """Of its resolution, the same incident; it is closed afterwards."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of checks on the warehouse that people call `place`; `now` is aware UTC, `hushes` what operators have said."""

    place: str
    report: Report
    hushes: Hushes
    now: datetime
