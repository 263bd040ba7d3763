"""A BigQuery on loopback that holds the January week, and warehouses that ask it through the project's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import google.cloud.bigquery  # noqa: F401 - half a second of import that no deadline of a test should pay
import pytest

from console.warehouse import clients
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.cost import Meter
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from tests.bigquery_double import BigQueryDouble

QUICK = Bounds(deadline=2.5, socket=2.0, first_answer=0.2, retry=0.3, cancel=1.0)
"""The bounds, a few times shorter than in life."""

IMPATIENT = replace(QUICK, socket=0.4)
"""Those that give up soon on a server that says nothing."""

Opener = Callable[..., BigQueryWarehouse]


@pytest.fixture(scope="session")
def january(demo_file: Path) -> Iterator[BigQueryDouble]:
    """Give the double of the demo; a test that uses it changes nothing in it."""
    with BigQueryDouble(demo_file) as opened:
        yield opened


@pytest.fixture
def double(january: BigQueryDouble) -> Iterator[BigQueryDouble]:
    """Give that double healthy and with an empty record."""
    january.heal()
    january.forget()
    yield january
    january.heal()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Return a function that opens a warehouse on a double."""
    made: list[BigQueryWarehouse] = []

    def open_on(double: BigQueryDouble, bounds: Bounds | None = None, **options: Any) -> BigQueryWarehouse:
        monkeypatch.setenv(clients.EMULATOR, double.url)
        names = {"location", "dataset_prefix"} & set(options)
        target = BigQueryTarget(double.project, **{name: options.pop(name) for name in names})
        warehouse = BigQueryWarehouse(target, bounds=bounds, meter=Meter(), operator="Ann O'Neil", **options)
        made.append(warehouse)
        return warehouse

    yield open_on
    for warehouse in made:
        warehouse.close()
    clients.close_clients()


@pytest.fixture
def warehouse(double: BigQueryDouble, opened: Opener) -> BigQueryWarehouse:
    """Give a warehouse on the January week."""
    return opened(double)
