"""A depot with a service, and another service to which nothing may go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.warehouse.clients import close_clients
from tests.draining.queues import Depot, depot_in, make_template
from tests.draining.services import ProcessorDouble


@pytest.fixture
def service() -> Iterator[ProcessorDouble]:
    with ProcessorDouble().serving() as double:
        yield double
    close_clients()


@pytest.fixture
def elsewhere() -> Iterator[ProcessorDouble]:
    with ProcessorDouble().serving() as double:
        yield double


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "warehouse.duckdb"
    make_template(path)
    return path


@pytest.fixture
def depot(tmp_path: Path, template: Path, service: ProcessorDouble) -> Depot:
    return depot_in(tmp_path, template, service.address)
