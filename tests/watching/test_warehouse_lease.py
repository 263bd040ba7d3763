"""Of several hosts one holds the lease, on BigQuery's double and in a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Writes
from console.warehouse_lease import Claim, Holding, take
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble, ResetBefore
from tests.bigquery_double.hand_clock import HandClock
from tests.builders import at

__all__ = ["opened"]  # the fixture

NOW = at("2026-01-25T12:00")
TERM = timedelta(minutes=90)


@pytest.fixture(params=["bigquery", "embedded"])
def writes(request: pytest.FixtureRequest, tmp_path: Path, opened: Opener) -> Iterator[Writes]:
    if request.param == "bigquery":
        with BigQueryDouble(clock=HandClock(NOW)) as double:
            yield opened(double, QUICK).writes
        return
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    yield warehouse.writes


def asks(writes: Writes, holder: str, now: datetime = NOW, name: str = "watch prod") -> Holding:
    asked = take(writes, Claim(name, holder, f"host-of-{holder}", now + TERM), now)
    assert (asked.holding is Holding.UNDECIDED) == bool(asked.reason), asked.reason
    return asked.holding


def test_the_first_who_asks_holds_it_and_keeps_it_for_as_long_as_it_asks_again(writes: Writes) -> None:
    assert asks(writes, "a") is Holding.OURS
    assert asks(writes, "b") is Holding.ANOTHERS
    assert asks(writes, "a", NOW + TERM / 2) is Holding.OURS
    assert asks(writes, "b", NOW + TERM) is Holding.ANOTHERS
    assert asks(writes, "b", NOW + TERM / 2 + TERM) is Holding.OURS
    assert asks(writes, "a", NOW + TERM / 2 + TERM) is Holding.ANOTHERS


def test_leases_of_other_names_are_other_leases(writes: Writes) -> None:
    assert asks(writes, "a") is Holding.OURS
    assert asks(writes, "b", name="watch staging") is Holding.OURS


def test_a_term_that_a_clock_set_back_has_left_far_ahead_keeps_nobody_out(writes: Writes) -> None:
    assert asks(writes, "a", NOW + timedelta(days=365)) is Holding.OURS
    assert asks(writes, "b") is Holding.OURS


def test_of_many_who_ask_at_once_exactly_one_holds_it(writes: Writes) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda name: asks(writes, name), "abcd"))
    assert found.count(Holding.OURS) == 1
    assert found.count(Holding.ANOTHERS) + found.count(Holding.UNDECIDED) == 3


def test_a_warehouse_that_cannot_be_asked_decides_nothing(opened: Opener) -> None:
    with BigQueryDouble(clock=HandClock(NOW)) as double:
        writes = opened(double, QUICK).writes
        double.inject(ResetBefore(), times=None)
        assert asks(writes, "a") is Holding.UNDECIDED
