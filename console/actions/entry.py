"""One entry of the journal of actions: who did what to what, when and why, and what came of it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any

from checks.times import require_aware
from console.crash import without_secrets
from console.journal import LONGEST_WORDS, instant_of, instant_text
from screens.clean import for_terminal

LONGEST_STATE = 10_000
"""Characters of a state before or after that are kept: a row of the retry queue with its stack trace cut to one screen."""

_FIRST_YEAR = 1970
"""Where the clocks of computers begin; of year 1 not every zone knows the time."""


class UnreadableEntryError(ValueError):
    """A text that no entry was ever written as; the message says why."""


class EntryKind(Enum):
    """Which step of an action an entry is about."""

    PLAN = "plan"
    ATTEMPT = "attempt"
    OUTCOME = "outcome"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    `user` and `host` are the operating system's, `origin` is the address that an SSH session came from, `account` the Google
    account; the last two are "" where there is none.
    """

    user: str
    host: str
    origin: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """One step of one action. `at` is aware, in UTC once it is made; raises ValueError for one without a zone or before 1970.

    `id` is random and no other entry's. `plan_id` is "" for what needs no plan. `before` and `after` are what was found and what
    it became, as text.
    """

    id: str
    at: datetime
    kind: EntryKind
    action: str
    subject: str
    actor: Actor
    plan_id: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""
    outcome: str = ""

    def __post_init__(self) -> None:
        if self.at.year < _FIRST_YEAR:
            raise ValueError(f"{self.at.isoformat()} is no time of an action: set the clock")
        object.__setattr__(self, "at", require_aware(self.at))


def cleaned(entry: ActionEntry) -> ActionEntry:
    """Return an entry as it may be kept: nothing that a terminal obeys, no secrets, no endless text."""
    actor = Actor(*(_clean(getattr(entry.actor, item.name)) for item in fields(Actor)))
    return replace(
        entry,
        id=_clean(entry.id),
        action=_clean(entry.action),
        subject=_clean(entry.subject),
        actor=actor,
        plan_id=_clean(entry.plan_id),
        reason=_clean(entry.reason),
        before=_clean(entry.before, LONGEST_STATE),
        after=_clean(entry.after, LONGEST_STATE),
        outcome=_clean(entry.outcome),
    )


def _clean(text: str, limit: int = LONGEST_WORDS) -> str:
    # In this order, because an escape sequence inside a secret would hide it from the search.
    return without_secrets(for_terminal(text, limit))


def canonical_text(entry: ActionEntry) -> str:
    """Return the one form of an entry that is hashed and kept: JSON in ASCII, keys sorted, no spaces."""
    values = {**asdict(entry), "at": instant_text(entry.at), "kind": entry.kind.value}
    return json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def entry_of(text: str) -> ActionEntry:
    """Return the entry that `canonical_text` wrote. Raises UnreadableEntryError."""
    try:
        values = json.loads(text)
        actor = Actor(**_texts(values.pop("actor"), Actor))
        values["actor"] = ""
        given: dict[str, Any] = _texts(values, ActionEntry)
        at, kind = instant_of(given.pop("at")), EntryKind(given.pop("kind"))
        return ActionEntry(**{**given, "actor": actor, "at": at, "kind": kind})
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableEntryError(f"it is no entry of this version of courtside ({error})") from error


def _texts(values: dict[str, Any], kind: type[Actor | ActionEntry]) -> dict[str, str]:
    """Return values as they are. Raises ValueError unless they are texts, one for each field of the type."""
    wrong = {item.name for item in fields(kind)} ^ set(values)
    wrong |= {name for name, value in values.items() if not isinstance(value, str)}
    if wrong:
        raise ValueError(f"missing, unknown or no text: {', '.join(sorted(wrong))}")
    return values
