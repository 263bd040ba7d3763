"""A plan: exactly what would be done, item by item, or why not, with everything that was read to say so. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.queue_changes import Entry, QueueKey, SeenRow
from screens.orders import Order

PLAN_LASTS = timedelta(minutes=10)
"""An older plan is made again: the issue's rule, so that nobody applies what they read before lunch."""
BATCH = 25
"""Items between two looks at the state."""
MOST_ITEMS = 200
"""Items of one run; further ones are refused as over the limit."""
COUNT_TYPED_ABOVE = 25
"""Items above which whoever applies in production types their number."""


@dataclass(frozen=True, slots=True)
class Activate:
    """Revive the row `seen`, or insert one where there was none; `console.queue_changes.revive_or_insert`."""

    key: QueueKey
    seen: SeenRow | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Change an active row; `console.queue_changes.set_status`. What is None stays as it is."""

    key: QueueKey
    seen: SeenRow
    status: str
    next_retry_at: datetime | None = None
    retry_count: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Append a row to one of the console's own tables, through the outbox. `values` are what JSON has, by column."""

    table: str
    key: str
    values: Mapping[str, str | int | float | bool | None]


Step = Activate | SetStatus | Put


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One thing to be done, or refused.

    `would` says exactly what would be done, `refused` why it would not; one of them is "". `step` is None for what is refused.
    `read` is the canonical JSON of the state that decided it, in which nothing changes by time alone.
    """

    subject: str
    would: str
    refused: str = ""
    step: Step | None = None
    read: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order would do in the warehouse at `place`, as of `made_at` (aware UTC).

    `checks` are the ids to run again when it is verified. `cost` says what applying costs, for people.
    """

    id: str
    order: Order
    place: str
    made_at: datetime
    items: tuple[PlanItem, ...]
    checks: tuple[str, ...] = ()
    cost: str = ""

    @property
    def eligible(self) -> tuple[int, ...]:
        """The numbers, from 0, of the items that would be done."""
        return tuple(number for number, item in enumerate(self.items) if item.step is not None)

    @property
    def hash(self) -> str:
        """64 hex digits of everything that was read to make it."""
        return hashlib.sha256(json.dumps([item.read for item in self.items]).encode()).hexdigest()

    def is_too_old(self, now: datetime) -> bool:
        """Return whether it must be made again: older than ten minutes, or from a clock that has stepped back since."""
        return not timedelta(0) <= now - self.made_at <= PLAN_LASTS
