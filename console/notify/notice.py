"""What is told, and what was: a notice, the ledger of notices, and the manner in which a team wants to be told. Values only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from checks.severity import Severity


class Kind(Enum):
    """Why somebody is told; the value is what the outbox keeps and what a webhook's receiver sees."""

    OPENED = "opened"
    WORSENED = "worsened"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    LEFT = "left_unmended"
    """Its dates are no longer looked at; nothing says that it was mended. Whoever pages keeps it open."""
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"
    HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True)
class Part:
    """What a notice tells of one incident, by its `id`: why, how bad it is, in one sentence, and whether it lasts."""

    id: str
    kind: Kind
    severity: Severity
    title: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One message, whichever way it goes.

    `thread` is the incident's, or one of its own for what belongs to none; `incident` is the incident's key, or "". `title` says
    what is the matter in one line, `lines` the rest; both may hold words from outside, which each sink cleans for where they go.
    `is_live` is False once the trouble is over. `at` is aware UTC, `count` how many happenings it stands for. `parts` are what it
    tells of each incident, for those who are told of each apart; none of what belongs to no incident. `as_of` is the as-of (aware
    UTC) of the run that saw what it says, which a reminder between two runs repeats; None where that was not noted.
    """

    kind: Kind
    place: str
    thread: str
    incident: str
    severity: Severity
    title: str
    lines: tuple[str, ...]
    at: datetime
    is_live: bool = True
    count: int = 1
    parts: tuple[Part, ...] = ()
    as_of: datetime | None = None

    @property
    def seen(self) -> datetime:
        """As of when what it says was seen (aware UTC)."""
        return self.as_of or self.at

    @property
    def is_escalation(self) -> bool:
        """True of what may be for other people than all else."""
        return self.kind is Kind.ESCALATION

    def replaces(self, earlier: Notice) -> bool:
        """Return whether nobody needs an earlier notice of the same thread that has not been sent.

        That is so when this one is for the same people and tells of every incident that the earlier one tells of. An escalation
        is also needless once the trouble is over or somebody has taken it in hand.
        """
        settled = {part.id for part in self.parts if part.kind in (Kind.ACKNOWLEDGED, Kind.RESOLVED)}
        told = settled if earlier.is_escalation and not self.is_escalation else {part.id for part in self.parts}
        is_for_others = self.is_escalation and not earlier.is_escalation
        return self.thread == earlier.thread and not is_for_others and {part.id for part in earlier.parts} <= told

    @property
    def key(self) -> str:
        """Thirty-two hex digits, the idempotency key: what is told of the same for the same reason at the same time is one."""
        parts = (self.kind.value, self.thread, self.incident, self.at.isoformat(), self.title, *self.lines)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def held_back_thread(place: str) -> str:
    """Return the thread in which it is said of a place that messages are held back."""
    return f"{place}|held_back"


@dataclass(frozen=True, slots=True)
class Told:
    """What people know of one incident: when they were last told, and whether it was escalated.

    `since` is since when it has been urgent and nobody's, None while it is not. `swings` are its last reopenings, and `flaps` is
    whether people have been told that it comes and goes, `stayed_at` when they were last told that it stays nevertheless. `worst`
    is the worst severity that they were told of, `word` the last acknowledgement, as it is said, and `blind` are, of a blindness,
    the checks that they were told are without sight.
    """

    at: datetime
    since: datetime | None = None
    escalated: bool = False
    swings: tuple[datetime, ...] = ()
    flaps: bool = False
    stayed_at: datetime | None = None
    worst: Severity = Severity.OK
    word: str = ""
    blind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened since the last digest, or so far where there was none.

    `left` counts what went out of the dates that are looked at, and `left_named` says the first of it, each in one sentence.
    """

    opened: int = 0
    resolved: int = 0
    left: int = 0
    left_named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was told, as far as the next decision needs it.

    `told` is by incident id. `sent` are the times of the messages that count against the ceiling (`console.notify.received`) and
    `counted_at` when it was last said that some were held back. `waiting` are notices that are held back: by the grouping window
    of their thread, or by the ceiling. `spoke` is when each thread was last written to. `digest` is the Eastern date of the last
    digest, `tally` what happened since. `runs` are the as-ofs of the first runs, two at most: with fewer nothing but what is
    critical can have opened. `sinks` are the names of those that there were, None where that was not noted.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    sent: tuple[datetime, ...] = ()
    counted_at: datetime | None = None
    waiting: tuple[Notice, ...] = ()
    spoke: Mapping[str, datetime] = field(default_factory=dict)
    digest: date | None = None
    tally: Tally = field(default_factory=Tally)
    runs: tuple[datetime, ...] = ()
    sinks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a team wants to be told."""

    reminds_every: timedelta = timedelta(hours=4)
    """Of what is critical and nobody's, and of seeing nothing at all."""
    escalates_after: timedelta = timedelta(minutes=15)
    """Of being critical and nobody's."""
    groups_within: timedelta = timedelta(seconds=60)
    """What happens to one thread in this time becomes one message."""
    most_an_hour: int = 12
    """Messages; beyond them one says how many are held back."""
    has_digest: bool = True
    digest_hour: int = 9
    """Eastern."""
    swings: int = 3
    """Reopenings within `swings_within` that make an incident one that comes and goes (`console.notify.flapping`)."""
    swings_within: timedelta = timedelta(hours=24)
    stays_after: timedelta = timedelta(hours=1)
    """Of being bad without an end: what comes and goes has come to stay."""
