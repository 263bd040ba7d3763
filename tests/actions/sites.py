"""The January week in a file of its own, the real engine on it, and what is done after: for tests of verifying and mirroring."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from checks.model import Subject, SubjectKind
from checks.policy import Policy
from console.actions import run_state
from console.actions.aftercare import Aftercare
from console.actions.ledger import Ledger
from console.actions.mirror import MirroredLedger
from console.actions.plan import Plan
from console.actions.run_state import ItemState, Run
from console.actions.running import Hand
from console.actions.verifying import Verifications
from console.desk import Desk
from console.journal import Journal
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE
from console.warehouse.embedded import EmbeddedWarehouse
from tests.actions.entries import ANN
from tests.actions.plans import DAY, order
from tests.actions.worlds import PLACE, WHY, Bench
from tests.builders import at

NOW = at("2026-01-23T18:00")
"""When the box scores of the 22nd are due since long."""
BOX_SCORES = "nba_raw.bdl_player_boxscores"
CHECKS = ("reconcile.games",)


def ids(prefix: str = "id") -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{prefix}-{next(numbers)}"


class Site:
    """One console on a warehouse file: the real engine, with verifications and mirror."""

    def __init__(self, folder: Path, file: Path, place: str = PLACE) -> None:
        self.place = place
        self.bench = Bench(folder, file)
        self.file = file
        self.clock = self.bench.clock
        self.clock.now = NOW
        self.journal = self.bench.journal
        self.outbox = Outbox(self.journal)
        self.ledger = Ledger(self.journal)
        self.verifications = Verifications(self.journal, ids(folder.name))
        self.hand = Hand(
            replace(
                self.bench.world,
                record=MirroredLedger(self.journal, self.outbox, place),
                writer=replace(self.bench.world.writer, place=place),
                schedule=self.verifications.schedule_with,
            )
        )

    def care(self, journal: Journal | None = None, new_id: Callable[[], str] | None = None) -> Aftercare:
        return Aftercare(journal or self.journal, self.place, self.desk, ANN, self.clock, new_id or ids("verified"))

    def desk(self) -> Desk:
        return Desk(EmbeddedWarehouse(self.file), Policy())

    def requeue(self, *games: str, plan_id: str = "p1", checks: tuple[str, ...] = CHECKS) -> Run:
        """Plan and apply the requeueing of games of the 22nd."""
        subjects = tuple(Subject(SubjectKind.GAME, game, DAY) for game in games)
        plan = self.bench.replan(replace(order(), subjects=subjects), self.clock(), plan_id)
        self.hand.keep(replace(plan, checks=checks, place=self.place))
        return self.hand.apply(plan_id, WHY, lambda _done, _all: None, lambda: False)

    def lose(self, game: str) -> None:
        """Take a game's box score away, and keep it aside."""
        self.sql(
            f"CREATE TABLE aside AS SELECT * FROM {BOX_SCORES} WHERE {_is(game)}",
            f"DELETE FROM {BOX_SCORES} WHERE {_is(game)}",
        )

    def bring_back(self) -> None:
        """Do what the pipeline does: the box score is there, and the row has succeeded."""
        self.sql(f"INSERT INTO {BOX_SCORES} SELECT * FROM aside")
        self.end_rows()

    def end_rows(self, status: str = "succeeded") -> None:
        self.sql(f"UPDATE {QUEUE} SET status = '{status}'")

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements and return the rows of the last."""
        warehouse = EmbeddedWarehouse(self.file)
        with warehouse.write() as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall()


def _is(game: str) -> str:
    return f"game_id = '{DAY:%Y%m%d}_{game.replace('@', '_')}'"


def applied(connection: sqlite3.Connection, plan: Plan, count: int | None = None) -> None:
    """Note a plan as applied, up to so many items, without doing it."""
    run_state.keep(connection, plan)
    for number in plan.eligible[:count]:
        run_state.claim(connection, plan.id, number, plan.made_at)
        run_state.settle(connection, plan.id, number, ItemState.ATTEMPTED, ItemState.DONE, "done")


def verify_entries(ledger: Ledger, plan_id: str = "p1") -> Sequence[str]:
    """Return what the chain says of verifications, oldest first."""
    entries = [link.entry for link in ledger.of_plan(plan_id)]
    return [entry.outcome for entry in entries if entry is not None and entry.kind.value == "verify"]
