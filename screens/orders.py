"""What an operator orders, and how they agree to it: the words that screens, command line and actions share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.model import Subject


class Verb(Enum):
    """What can be done. The value is its word in commands, plans and the journal."""

    REQUEUE = "requeue"
    CANCEL = "cancel"
    RESOLVE = "resolve"
    RETRY = "retry"
    HOLD = "hold"
    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    WITHDRAW = "withdraw"
    """Takes back an acknowledgement or a silence."""
    GATE_HOLD = "gate-hold"
    GATE_RELEASE = "gate-release"

    @property
    def changes_queue(self) -> bool:
        """True for what changes rows of the retry queue; one such run at a time."""
        return self in (Verb.REQUEUE, Verb.CANCEL, Verb.RESOLVE, Verb.RETRY, Verb.HOLD)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to what.

    `first` to `last` are the Eastern game dates that are looked at to plan it. `note` is a sentence of the operator's, `until` an
    aware UTC time for what ends. `fingerprints` are findings, for verbs that are about findings; for words about
    troubles also incidents, by the names that `courtside incidents` shows or the keys of their causes.
    """

    verb: Verb
    subjects: tuple[Subject, ...]
    first: date
    last: date
    note: str = ""
    until: datetime | None = None
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """How an operator agreed to a plan: the reason they gave, and the number of items that they typed, if asked for it."""

    reason: str = ""
    count: int | None = None
