"""What applying a plan needs of the world around it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from checks.facts.retry_queue import QueueRow
from console.actions.entry import ActionEntry, Actor
from console.actions.plan import Plan
from console.conflict_log import QueueWriter
from console.journal import Journal
from console.lease import Leases
from console.warehouse_lease import Asked, Claim, Holding
from screens.orders import Order

Planner = Callable[[Order, datetime], Plan]


class Record(Protocol):
    """The chain of actions."""

    def append_with(self, connection: sqlite3.Connection, entry: ActionEntry) -> object:
        """Keep an entry in somebody's transaction of the journal."""


@dataclass(frozen=True, slots=True)
class World:
    """The journal, the warehouse, and who acts.

    `queue` reads the rows of the retry queue that an order is about, `columns` those that the table has. `now` is aware UTC.
    `claim` asks for the lease that all hosts share, `identity` is this journal's id in it. `schedule` plans the verifications of
    a plan in a transaction of the journal. `read_only` is why nothing may be done, or "". `step` is told the name of each step
    that was taken; tests end the process there.
    """

    journal: Journal
    record: Record
    leases: Leases
    writer: QueueWriter
    plan: Planner
    queue: Callable[[Order], Sequence[QueueRow]]
    columns: Callable[[], Collection[str]]
    schedule: Callable[[sqlite3.Connection, Plan, datetime], None]
    actor: Actor
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    claim: Callable[[Claim, datetime], Asked] = lambda _claim, _now: Asked(Holding.OURS)
    identity: Callable[[], str] = lambda: ""
    is_production: bool = True
    read_only: str = ""
    step: Callable[[str], None] = lambda _: None

    @property
    def by(self) -> str:
        """Who acts, in a word."""
        return f"{self.actor.user}@{self.actor.host}"
