"""Each run of a watcher is a row of the warehouse, by which every host knows of it: on BigQuery's double and in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.model import Scope, Severity
from console.lease import identity_of
from console.outbox.outbox import Outbox
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse
from console.warehouse.writing import Writable
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.watching.worlds import HALF_AN_HOUR, PLACE, START, World

__all__ = ["opened"]  # the fixture


@pytest.fixture(params=["bigquery", "embedded"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, opened: Opener) -> Iterator[Warehouse]:
    if request.param == "bigquery":
        with BigQueryDouble(clock=HandClock(START)) as double:
            yield opened(double, QUICK)
        return
    embedded = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    embedded.apply_schema()
    yield embedded


def known(warehouse: Warehouse, world: World) -> tuple[WatcherRun, ...]:
    scope = Scope.at(world.wall)
    return warehouse.load(WATCHER_RUNS, WATCHER_RUNS.window(scope), scope.as_of)


def test_the_newest_run_of_each_choice_of_checks_is_known_by_its_row(warehouse: Warehouse, tmp_path: Path) -> None:
    world = World(tmp_path / "a", lambda _: Severity.CRITICAL, mirrors=True)
    world.folder.mkdir()
    queue = world.watcher(chosen="queue.overdue", every=timedelta(minutes=5))
    everything = world.watcher()
    for watcher in (queue, everything, everything):
        watcher.run()
        watcher.stop()
        assert isinstance(warehouse, Writable)
        Outbox(world.journal()).deliver(PLACE, warehouse.writes, world.wall)
        world.passes(HALF_AN_HOUR)
    assert known(warehouse, world) == (
        WatcherRun(START, "ops-1", 300, "CRITICAL", "queue.overdue"),
        WatcherRun(START + 2 * HALF_AN_HOUR, "ops-1", 1800, "CRITICAL"),
    )


def test_two_choices_in_one_minute_are_two_rows_and_one_choice_is_one(tmp_path: Path) -> None:
    world = World(tmp_path, mirrors=True)
    for chosen in ("queue.overdue", "", "queue.overdue", ""):
        watcher = world.watcher(chosen=chosen)
        watcher.run()
        watcher.stop()
    with world.journal().reading() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM outbox ORDER BY length(key)")]
    assert len(keys) == 2
    assert keys[0] == f"2026-01-25T12:00Z-{identity_of(world.journal())}"
    assert keys[1].startswith(f"{keys[0]}-")
