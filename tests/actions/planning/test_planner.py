"""The planner on real warehouses: the January week, and a queue's table in each of its shapes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb
import pytest

from checks.model import Subject, SubjectKind
from checks.policy import Policy
from console.actions.plan import Activate, Plan, SetStatus
from console.actions.plan_codec import plan_of_text, text_of_plan
from console.actions.planning.planner import Planner
from console.actions.steps import change_of
from console.desk import Desk
from console.queue_changes import QUEUE
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Changed
from screens.orders import Order, Verb
from tests.actions.entries import ANN
from tests.builders import at

DAY = date(2026, 1, 24)
NOW = at("2026-01-27T16:00")
POSTPONED = Subject(SubjectKind.GAME, "GSW@MIN", DAY)
PROPS = Subject(SubjectKind.PROCESSOR, "p2_odds_game_lines", date(2026, 1, 27))
WAITING = Subject(SubjectKind.QUEUE, "nbac_player_boxscore", DAY)
NEWER = "ADD COLUMN priority INTEGER"
SHAPES: Sequence[tuple[str, ...]] = (
    (),
    (NEWER,),
    ("correlation_id",),
    ("metadata", "resolution_notes"),
    ("metadata", "resolution_notes", "correlation_id"),
)


@pytest.fixture
def file(demo_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_file, tmp_path / "january.duckdb"))


def planner_on(file: Path) -> Planner:
    numbers = count(1)
    return Planner(lambda: Desk(EmbeddedWarehouse(file), Policy()), "here", lambda: f"n-{next(numbers)}", ANN)


def plan(file: Path, *subjects: Subject, verb: Verb = Verb.REQUEUE) -> Plan:
    return planner_on(file)(Order(verb, subjects, DAY, DAY), NOW)


def do(file: Path, plan: Plan, now: datetime = NOW) -> list[int]:
    """Do what a plan says and return how many rows each step has changed."""
    warehouse = EmbeddedWarehouse(file)
    columns = [column.name for column in warehouse.inspect((QUEUE,))[0].columns]
    warehouse.close()
    changed = []
    for item in plan.items:
        if isinstance(item.step, Activate | SetStatus):
            outcome = warehouse.writes.change(change_of(item.step, columns, now), now)
            changed.append(outcome.rows if isinstance(outcome, Changed) else 0)
    return changed


def rows(file: Path, columns: str = "status") -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM {QUEUE} ORDER BY first_failure_at").fetchall()


def shape(file: Path, differs: Sequence[str]) -> None:
    """Give the table the shape of a deployment that lacks columns, or has a newer one."""
    with duckdb.connect(str(file)) as connection:
        for column in differs:
            connection.execute(f"ALTER TABLE {QUEUE} {column if column == NEWER else f'DROP COLUMN {column}'}")


def test_the_january_week_refuses_what_was_postponed_and_what_is_queued(file: Path) -> None:
    made = plan(file, POSTPONED, WAITING)
    assert [item.subject for item in made.items] == ["GSW@MIN 2026-01-24", "nbac_player_boxscore 2026-01-24"]
    assert made.items[0].refused.startswith("not played: ")
    assert made.items[1].refused.startswith("already queued (nbac_player_boxscore-20260124-")
    assert (made.eligible, made.cost) == ((), f"0 statements on {QUEUE}, nothing is billed")


@pytest.mark.parametrize("differs", SHAPES, ids=lambda differs: " ".join(differs) or "whole")
def test_in_every_shape_of_the_table_a_plan_does_what_it_says_and_is_then_refused(
    file: Path, differs: Sequence[str]
) -> None:
    shape(file, differs)
    made = plan(file, PROPS)
    assert made.items[0].would == (
        "insert pending row: processor p2_odds_game_lines, phase_2, 2026-01-27, retry_count 0, next retry now"
    )
    assert do(file, made) == [1]
    assert do(file, made) == [0]
    again = plan(file, PROPS)
    assert again.items[0].refused.startswith("already queued (n-2, pending)")
    assert again.hash != made.hash
    assert do(file, plan(file, PROPS, verb=Verb.CANCEL)) == [1]
    assert rows(file) == [("pending",), ("failed_permanent",)]
    revived = plan(file, PROPS)
    assert revived.items[0].would.startswith("revive row n-2: ")
    assert do(file, revived) == [1]
    assert rows(file) == [("pending",), ("pending",)]


def test_each_change_of_a_row_does_what_it_says(file: Path) -> None:
    until = NOW + timedelta(hours=3)
    held = planner_on(file)(Order(Verb.HOLD, (WAITING,), DAY, DAY, "maintenance", until), NOW)
    assert do(file, held) == [1]
    found = rows(file, "status, epoch(next_retry_at), resolution_notes")
    assert found == [("pending", until.timestamp(), "held by ann@ops-1: maintenance")]
    assert do(file, plan(file, WAITING, verb=Verb.RETRY)) == [1]
    assert rows(file, "status, epoch(next_retry_at)") == [("pending", NOW.timestamp())]
    resolved = planner_on(file)(Order(Verb.RESOLVE, (WAITING,), DAY, DAY, "loaded by hand"), NOW)
    assert do(file, resolved) == [1]
    assert rows(file, "status, resolution_notes") == [("succeeded", "resolved by ann@ops-1: loaded by hand")]


def test_a_row_of_this_very_minute_is_seen(file: Path) -> None:
    assert do(file, plan(file, PROPS), NOW + timedelta(seconds=40)) == [1]
    at_once = planner_on(file)(Order(Verb.REQUEUE, (PROPS,), DAY, DAY), NOW + timedelta(seconds=41))
    assert at_once.items[0].refused.startswith("already queued")


def test_dates_outside_of_the_order_are_read_for_the_subjects_that_name_them(file: Path) -> None:
    early = replace(POSTPONED, name="DEN@MEM", game_date=date(2026, 1, 25))
    assert plan(file, early).items[0].refused.startswith("not played: ")


def test_a_deployment_without_breakers_and_conflict_log_is_planned_for_too(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("DROP TABLE nba_orchestration.circuit_breaker_state")
        connection.execute("DROP TABLE nba_orchestration.streaming_conflict_log")
    assert plan(file, PROPS).eligible == (0,)


def test_a_queue_that_is_not_there_is_said_and_so_is_what_cannot_be_read(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("ALTER TABLE nba_reference.processor_run_history DROP COLUMN run_id")
    with pytest.raises(WarehouseError, match="processor_runs: "):
        plan(file, PROPS)
    assert plan(file, WAITING, verb=Verb.CANCEL).eligible == (0,), "nothing but the queue is read for what runs nothing"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"DROP TABLE {QUEUE}")
    with pytest.raises(WarehouseError, match=r"there is no table nba_orchestration\.failed_processor_queue"):
        plan(file, WAITING, verb=Verb.CANCEL)


@pytest.mark.parametrize(
    ("subject", "verb", "checks"),
    [
        (
            POSTPONED,
            Verb.REQUEUE,
            (
                "queue.overdue",
                "queue.exhausted",
                "availability.missing_game",
                "availability.late_source",
                "reconcile.games",
            ),
        ),
        (
            Subject(SubjectKind.PROCESSOR, "player_game_summary", DAY),
            Verb.REQUEUE,
            (
                "queue.overdue",
                "queue.exhausted",
                "reconcile.players",
                "reconcile.inflated",
                "reconcile.impossible",
                "availability.late_source",
                "transitions.stuck_run",
            ),
        ),
        (
            Subject(SubjectKind.PROCESSOR, "ml_feature_store", DAY),
            Verb.REQUEUE,
            (
                "queue.overdue",
                "queue.exhausted",
                "reconcile.features",
                "quality.features",
                "quality.rolling_window",
                "availability.late_source",
                "transitions.stuck_run",
            ),
        ),
        (WAITING, Verb.CANCEL, ("queue.overdue", "queue.exhausted")),
    ],
)
def test_a_plan_names_the_checks_whose_findings_can_be_about_it(
    file: Path, subject: Subject, verb: Verb, checks: Sequence[str]
) -> None:
    assert plan(file, subject, verb=verb).checks == tuple(checks)


def test_a_plan_is_the_same_after_it_was_kept_as_text(file: Path) -> None:
    made = plan(file, PROPS, POSTPONED)
    assert plan_of_text(text_of_plan(made)) == made
    assert (made.place, made.made_at, made.id) == ("here", NOW, "n-1")
