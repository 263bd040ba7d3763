"""A real queue in a real file, a real journal, and a hand on them; the planner asks only whether a game is queued already."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Scope
from checks.progress import never
from console.actions.entry import Actor
from console.actions.ledger import Ledger
from console.actions.plan import Activate, Plan, PlanItem
from console.actions.run_state import Run
from console.actions.running import Hand
from console.actions.world import World
from console.conflict_log import QueueWriter
from console.journal import FILE_NAME, Journal
from console.lease import Leases
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE, Entry
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Change, ChangeOutcome, Writes
from screens.orders import Consent, Order
from tests.actions.entries import ANN, NOW
from tests.actions.plans import key, order
from tests.bigquery_double.hand_clock import HandClock

PLACE = "queue.duckdb"
WHY = Consent("box score arrived late")


@dataclass
class Spoiled:
    """The writing side of a warehouse, in which `spoil` may do something else instead."""

    writes: Writes
    spoil: Callable[[Change], ChangeOutcome | None] = lambda _: None
    changes: list[Change] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.writes, name)

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        self.changes.append(change)
        return self.spoil(change) or self.writes.change(change, now)


class Bench:
    """One console: its journal in `folder`, its clock, and the file that it shares with others."""

    def __init__(self, folder: Path, file: Path, *, actor: Actor = ANN, **world: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.clock = HandClock(NOW)
        self.warehouse = EmbeddedWarehouse(file)
        self.journal = Journal(folder / FILE_NAME, now=self.clock)
        self.ledger = Ledger(self.journal)
        self.outbox = Outbox(self.journal)
        self.writes = Spoiled(self.warehouse.writes)
        self.verifications: list[str] = []
        self.progress: list[tuple[int, int]] = []
        numbers = count(1)
        self.world = World(
            journal=self.journal,
            record=self.ledger,
            leases=Leases(self.journal),
            writer=QueueWriter(self.writes, self.outbox, PLACE),
            queue=self.rows,
            schedule=lambda _connection, plan, _now: self.verifications.append(plan.id),
            actor=actor,
            now=self.clock,
            new_id=lambda: f"{folder.name}-{self.clock().timestamp()}-{next(numbers)}",
            **{"is_production": False, "plan": self.replan, "columns": self.columns, **world},
        )
        self.hand = Hand(self.world)

    def columns(self) -> tuple[str, ...]:
        try:
            return tuple(column.name for column in self.warehouse.inspect((QUEUE,))[0].columns)
        finally:
            self.warehouse.close()  # so that others can write the file

    def rows(self, asked: Order | None = None) -> Sequence[QueueRow]:
        asked = asked or order()
        scope = Scope.at(self.clock() + timedelta(minutes=1), last=asked.last, days=1)
        try:
            return self.warehouse.load(RETRY_QUEUE, RETRY_QUEUE.window(scope), scope.as_of)
        finally:
            self.warehouse.close()

    def replan(self, asked: Order, now: datetime, plan_id: str = "again") -> Plan:
        """Return the plan of an order: each game that has no row gets one."""
        rows = self.rows(asked)
        items = []
        for number, subject in enumerate(asked.subjects):
            known = [[row.id, row.status] for row in rows if row.game_key == subject.name]
            wanted = replace(key(), game_key=subject.name)
            entry = Entry(
                f"{plan_id}-{number}", "missing_game", "requeued", now, correlation_id=f"courtside-{plan_id}-{number}"
            )
            step = None if known else Activate(wanted, None, entry)
            items.append(
                PlanItem(
                    str(subject), "" if known else "insert", "already queued" * bool(known), step, json.dumps(known)
                )
            )
        return Plan(plan_id, asked, PLACE, now, tuple(items))

    def planned(self, games: int, plan_id: str = "p1") -> Plan:
        """Return a plan for so many games, kept."""
        plan = self.replan(order(games), self.clock(), plan_id)
        self.hand.keep(plan)
        return plan

    def apply(self, plan_id: str = "p1", consent: Consent = WHY, cancelled: Callable[[], bool] = never) -> Run:
        return self.hand.apply(plan_id, consent, lambda done, total: self.progress.append((done, total)), cancelled)
