"""Queues in real warehouses, drainers that work them, and a fuse that ends their process at any step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from checks.facts.retry_queue import QueueRow
from checks.policy import Policy
from console.actions.entry import Actor
from console.desk import Desk
from console.draining.answers import Answer
from console.draining.drain import Drainer, Round
from console.draining.endpoints import Endpoints, Patience
from console.draining.tries import Tries, Try
from console.draining.work import Means, Processors
from console.journal import FILE_NAME, Journal
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Writes
from tests.bigquery_double.hand_clock import HandClock
from tests.builders import at
from tests.fuse import BreakableJournal, BreakableWrites, Fuse

NOW = at("2026-01-25T12:00")
DAY = date(2026, 1, 24)
QUEUE = "nba_orchestration.failed_processor_queue"
ANN = Actor("ann", "ops-1")
PLACE = "prod"
SECRET = "identity-token-that-nobody-else-may-see"  # noqa: S105  # the double's
PATIENCE = Patience(silence=0.5, whole=1.5)


class BreakableWarehouse(EmbeddedWarehouse):
    fuse = Fuse()

    @property
    def writes(self) -> Writes:  # type: ignore[override]  # the protocol's type, which is all that is asked of it
        return BreakableWrites(super().writes, self.fuse)


@dataclass
class BreakableProcessors:
    processors: Processors
    fuse: Fuse

    def log_in(self, phase: str) -> str:
        return self.processors.log_in(phase)

    def post(self, row: QueueRow, retry_count: int, now: datetime) -> Answer:
        self.fuse.step()
        answer = self.processors.post(row, retry_count, now)
        self.fuse.step()
        return answer


def pending(id: str = "q1", **changes: Any) -> dict[str, Any]:
    """Return a row of the queue that has been due for ten minutes; a row with a `game_key` in it is about that game."""
    values: dict[str, Any] = {
        "id": id,
        "game_date": DAY,
        "phase": "phase_2",
        "processor_name": f"processor_{id}",
        "error_type": "transient",
        "error_message": "it failed",
        "retry_count": 0,
        "max_retries": 3,
        "first_failure_at": NOW - timedelta(minutes=30),
        "next_retry_at": NOW - timedelta(minutes=10),
        "status": "pending",
        "created_at": NOW - timedelta(minutes=30),
        "updated_at": NOW - timedelta(minutes=30),
        **changes,
    }
    game_key = values.pop("game_key", None)
    return {**values, "metadata": {"game_key": game_key}} if game_key else values


def runs(count: int, when: datetime = NOW) -> list[dict[str, Any]]:
    """Return processor runs that began just before `when`: ten of them allow one retry in the hour."""
    began = when - timedelta(minutes=5)
    return [
        {"processor_name": "p", "run_id": f"{when:%H%M}-{number}", "status": "success", "data_date": DAY}
        | {"started_at": began, "processed_at": began}
        for number in range(count)
    ]


@dataclass
class Depot:
    """One warehouse with a queue, one state directory with a journal, and the services of all phases at one address."""

    desk: Desk
    folder: Path
    add: Callable[[str, Sequence[Mapping[str, Any]]], None]
    run: Callable[[str], Sequence[tuple[Any, ...]]]
    address: str = ""
    clock: HandClock = field(default_factory=lambda: HandClock(NOW))
    policy: Policy = field(default_factory=Policy)
    asked_for: list[str] = field(default_factory=list)
    """The services that an identity token was asked for."""

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / FILE_NAME, now=self.clock)

    def drainer(self, *, fuse: Fuse | None = None, **changes: Any) -> Drainer:
        fuse = fuse or Fuse()
        phases = {f"phase_{number}": self.address for number in range(2, 6)}
        processors = Endpoints(phases, changes.pop("tokens", self.token), patience=PATIENCE)
        means = Means(BreakableProcessors(processors, fuse), self.policy, ANN, self.clock, lambda: 0.5)
        journal = BreakableJournal(self.folder / FILE_NAME, fuse, self.clock)
        return Drainer(PLACE, journal, frozenset(phases), means, **changes)

    def token(self, service: str) -> str:
        self.asked_for.append(service)
        return SECRET

    def round(self, **changes: Any) -> Round:
        return self.drainer(**changes).round(self.desk)

    def queued(self, columns: str = "id, status") -> Sequence[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {QUEUE} ORDER BY id")

    def pass_by(self, minutes: float) -> None:
        self.clock.now += timedelta(minutes=minutes)

    def tries(self) -> tuple[Try, ...]:
        return Tries(self.journal, PLACE).since(at("2020-01-01T00:00"))


def make_template(path: Path) -> None:
    """Make the warehouse that depots begin with: empty, but for enough runs, now and two hours later, for many retries."""
    warehouse = EmbeddedWarehouse(path)
    warehouse.apply_schema()
    with warehouse.write() as connection:
        for minutes in (0, 130, 155):
            for values in runs(90, NOW + timedelta(minutes=minutes)):
                _insert(connection, "nba_reference.processor_run_history", values)


def depot_in(folder: Path, template: Path, address: str = "") -> Depot:
    """Return a depot on a file of its own, a copy of the template."""
    path = folder / "warehouse.duckdb"
    shutil.copyfile(template, path)
    warehouse = BreakableWarehouse(path)

    def run(sql: str) -> Sequence[tuple[Any, ...]]:
        with warehouse.write() as connection:
            return connection.execute(sql).fetchall()

    def add(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with warehouse.write() as connection:
            for values in rows:
                _insert(connection, table, values)

    return Depot(Desk(warehouse, Policy()), folder, add, run, address)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, values: Mapping[str, Any]) -> None:
    marks = ", ".join("?" for _ in values)
    given = [json.dumps(value) if isinstance(value, dict) else value for value in values.values()]
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", given)
