"""Plans and what became of their items, as the journal keeps them: whoever comes after a crash finds where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from console.actions.plan import Plan, PlanItem
from console.actions.plan_codec import plan_of_text, text_of_plan
from console.journal import instant_of, instant_text


class RunState(Enum):
    """Where a plan stands."""

    PLANNED = "planned"
    """Nothing was done."""
    RUNNING = "running"
    """Somebody is at it, or ended without a word; it can be resumed."""
    STOPPED = "stopped"
    """Some items are left; it can be resumed while the plan is not too old."""
    DONE = "done"
    """Each item has come to its end, whichever."""


class ItemState(Enum):
    """Where one item of a plan stands."""

    WAITING = "waiting"
    ATTEMPTED = "attempted"
    """It was begun; whether it was done is not known."""
    DONE = "done"
    CHANGED = "changed"
    """Not done: what it expected was no longer so."""
    HELD = "held"
    """Not done: the streaming buffer holds the row."""
    FAILED = "failed"
    """Not done: the warehouse has refused it."""

    @property
    def is_open(self) -> bool:
        """True while something is left to do or to find out."""
        return self in (ItemState.WAITING, ItemState.ATTEMPTED)


@dataclass(frozen=True, slots=True)
class ItemRun:
    """An eligible item and how it went. `at` is when it was last begun, aware UTC; `said` is a sentence for people, or ""."""

    number: int
    item: PlanItem
    state: ItemState = ItemState.WAITING
    at: datetime | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A plan and how far it is. `stopped` is why items are left, or ""; `by` who applied it, `reason` what for."""

    plan: Plan
    state: RunState
    items: tuple[ItemRun, ...]
    reason: str = ""
    by: str = ""
    stopped: str = ""

    def count(self, *states: ItemState) -> int:
        """Return how many items are in one of these states."""
        return sum(item.state in states for item in self.items)

    @property
    def is_complete(self) -> bool:
        """True when everything that was to be done is done."""
        return self.state is RunState.DONE and self.count(ItemState.DONE) == len(self.items)

    def goes_on(self, now: datetime) -> bool:
        """Return whether applying it again does something: of what was begun it can always be found out how it ended."""
        is_open = self.state in (RunState.RUNNING, RunState.STOPPED)
        return is_open and (bool(self.count(ItemState.ATTEMPTED)) or not self.plan.is_too_old(now))


_KEEP_PLAN = """
    INSERT INTO plan (id, place, made_at, hash, text, state) VALUES (?, ?, ?, ?, ?, 'planned') ON CONFLICT (id) DO NOTHING
"""
_KEEP_ITEM = "INSERT INTO plan_item (plan, number, state) VALUES (?, ?, 'waiting')"
_PLAN = "SELECT text, state, reason, by, stopped FROM plan WHERE id = ?"
_NEWEST = "SELECT id FROM plan WHERE place = ? ORDER BY made_at DESC, id LIMIT ?"
_UNFINISHED = """
    SELECT id FROM plan WHERE place = ? AND state IN ('running', 'stopped') ORDER BY made_at DESC, id LIMIT ?
"""
_ITEMS = "SELECT number, state, at, said FROM plan_item WHERE plan = ? ORDER BY number"
_BEGIN = """
    UPDATE plan SET state = 'running', reason = CASE WHEN state = 'planned' THEN :reason ELSE reason END,
                    by = :by, stopped = '' WHERE id = :id AND state != 'done'
"""
_END = "UPDATE plan SET state = :state, stopped = :stopped WHERE id = :id"
_CLAIM = "UPDATE plan_item SET state = 'attempted', at = ? WHERE plan = ? AND number = ? AND state = 'waiting'"
_SETTLE = "UPDATE plan_item SET state = ?, said = ? WHERE plan = ? AND number = ? AND state = ?"


def keep(connection: sqlite3.Connection, plan: Plan) -> bool:
    """Keep a plan and return whether it is new."""
    values = (plan.id, plan.place, instant_text(plan.made_at), plan.hash, text_of_plan(plan))
    if connection.execute(_KEEP_PLAN, values).rowcount == 0:
        return False
    connection.executemany(_KEEP_ITEM, [(plan.id, number) for number in plan.eligible])
    return True


def run_of(connection: sqlite3.Connection, plan_id: str) -> Run | None:
    """Return a plan and how far it is; None when there is none. Raises UnreadablePlanError."""
    row = connection.execute(_PLAN, (plan_id,)).fetchone()
    if row is None:
        return None
    text, state, reason, by, stopped = row
    plan = plan_of_text(text)
    return Run(plan, RunState(state), _items(plan, connection.execute(_ITEMS, (plan_id,))), reason, by, stopped)


def newest(connection: sqlite3.Connection, place: str, limit: int) -> list[str]:
    """Return the ids of the newest plans of a place, newest first."""
    return [id for (id,) in connection.execute(_NEWEST, (place, limit))]


def unfinished(connection: sqlite3.Connection, place: str, limit: int) -> list[str]:
    """Return the ids of the newest plans of a place that were begun and have items left, newest first."""
    return [id for (id,) in connection.execute(_UNFINISHED, (place, limit))]


def begin(connection: sqlite3.Connection, plan_id: str, by: str, reason: str) -> None:
    """Note that somebody is at it. The reason stays that of whoever began."""
    connection.execute(_BEGIN, {"id": plan_id, "by": by, "reason": reason})


def end(connection: sqlite3.Connection, plan_id: str, state: RunState, stopped: str) -> None:
    """Note that nobody is at it any more, and why items are left, or ""."""
    connection.execute(_END, {"id": plan_id, "state": state.value, "stopped": stopped})


def claim(connection: sqlite3.Connection, plan_id: str, number: int, at: datetime) -> bool:
    """Begin an item and return whether it was this call that did."""
    return connection.execute(_CLAIM, (instant_text(at), plan_id, number)).rowcount == 1


def settle(
    connection: sqlite3.Connection, plan_id: str, number: int, before: ItemState, state: ItemState, said: str
) -> bool:
    """Note how an item that was `before` went, and return whether it was this call that did."""
    return connection.execute(_SETTLE, (state.value, said, plan_id, number, before.value)).rowcount == 1


def _items(plan: Plan, rows: Iterable[tuple[Any, ...]]) -> tuple[ItemRun, ...]:
    return tuple(
        ItemRun(number, plan.items[number], ItemState(state), at and instant_of(at), said)
        for number, state, at, said in rows
    )
