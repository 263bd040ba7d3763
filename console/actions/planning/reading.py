"""Reads what decides about the retry queue's work: its rows, and what says whether something may run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from checks.facts.breakers import BREAKERS, BreakerRow
from checks.facts.fact import Fact, Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS, StreamingConflict
from checks.model import Scope
from checks.policy import Policy
from checks.queue_rows import name_of
from checks.times import to_minute
from console.queue_changes import QUEUE
from console.warehouse.protocol import WarehouseError
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from console.desk import Desk

AHEAD = timedelta(minutes=2)
"""How far beyond now is looked: to see what others, whose clocks are up to a minute fast, wrote within this very minute."""

RUNS_AGAIN = (Verb.REQUEUE, Verb.RETRY)
"""Verbs that make something run again, so that it matters whether it may."""

_MAY_LACK = (BREAKERS, STREAMING_CONFLICTS)
"""What deployments may have no table of; without one there is no breaker and no conflict."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The queue's rows, oldest first, by what they are asked for: a queue may have 100,000 of them.

    `by_place` goes by phase, processor and game date, `by_name` by what `checks.queue_rows.name_of` says and game date.
    """

    by_id: Mapping[str, QueueRow]
    by_place: Mapping[tuple[str, str, date], tuple[QueueRow, ...]]
    by_name: Mapping[str, tuple[QueueRow, ...]]

    @classmethod
    def of(cls, rows: Iterable[QueueRow]) -> Rows:
        """Return rows of any order."""
        ordered = sorted(rows, key=lambda row: (row.first_failure_at, row.id))
        by_place: dict[tuple[str, str, date], list[QueueRow]] = {}
        by_name: dict[str, list[QueueRow]] = {}
        for row in ordered:
            by_place.setdefault((row.phase, row.processor_name, row.game_date), []).append(row)
            by_name.setdefault(name_of(row), []).append(row)
        return cls(
            {row.id: row for row in ordered},
            {place: tuple(found) for place, found in by_place.items()},
            {name: tuple(found) for name, found in by_name.items()},
        )

    def named(self, name: str, day: date | None) -> list[QueueRow]:
        """Return the rows that are called so, of one game date where one is given."""
        return [row for row in self.by_name.get(name, ()) if day in (None, row.game_date)]


@dataclass(frozen=True, slots=True)
class QueueState:
    """The present state, as of `now` (aware UTC). `rows` are of the game dates from `since` on.

    `columns` are those that the queue's table has. For a verb that makes nothing run again there are only rows.
    """

    policy: Policy
    now: datetime
    since: date
    columns: frozenset[str]
    rows: Rows
    games: tuple[GameLineage, ...] = ()
    runs: tuple[ProcessorRun, ...] = ()
    breakers: tuple[BreakerRow, ...] = ()
    conflicts: tuple[StreamingConflict, ...] = ()

    @property
    def tells_games_apart(self) -> bool:
        """False in older deployments, where one row stands for all games of a date."""
        return "metadata" in self.columns


def read_queue(desk: Desk, order: Order, now: datetime) -> QueueState:
    """Return the present state for an order. Raises WarehouseError when any of it cannot be had, or there is no queue."""
    again: tuple[Fact[Any], ...] = (LINEAGE, PROCESSOR_RUNS) if order.verb in RUNS_AGAIN else ()
    optional: tuple[Fact[Any], ...] = _MAY_LACK if order.verb in RUNS_AGAIN else ()
    queue, *others = desk.warehouse.inspect((QUEUE, *(fact.tables[0] for fact in optional)))
    if not queue.exists:
        raise WarehouseError(f"there is no table {QUEUE}: `courtside schema plan` shows how it is created")
    there = tuple(fact for fact, table in zip(optional, others, strict=True) if table.exists)
    scope = scope_of(order, now)
    facts = desk.facts(scope, RETRY_QUEUE, *again, *there)
    return QueueState(
        policy=desk.policy,
        now=now,
        since=RETRY_QUEUE.window(scope).first,
        columns=frozenset(column.name for column in queue.columns),
        rows=Rows.of(facts[RETRY_QUEUE]),
        games=_rows(facts, LINEAGE, again),
        runs=_rows(facts, PROCESSOR_RUNS, again),
        breakers=_rows(facts, BREAKERS, there),
        conflicts=_rows(facts, STREAMING_CONFLICTS, there),
    )


def scope_of(order: Order, now: datetime) -> Scope:
    """Return a scope that holds the order's dates and those of its subjects, and a little more than what was written by `now`."""
    dates = [order.first, order.last, *(item.game_date for item in order.subjects if item.game_date is not None)]
    return Scope(to_minute(now) + AHEAD, min(dates), max(dates))


def _rows(facts: Facts, fact: Fact[Any], loaded: tuple[Fact[Any], ...]) -> tuple[Any, ...]:
    return facts[fact] if fact in loaded else ()
