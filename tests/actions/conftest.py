"""A queue in a file, empty, and a console on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from console.warehouse.embedded import EmbeddedWarehouse
from tests.actions.worlds import Bench


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    EmbeddedWarehouse(path).apply_schema()
    return path


@pytest.fixture
def file(empty_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_file, tmp_path / "queue.duckdb"))


@pytest.fixture
def bench(tmp_path: Path, file: Path) -> Bench:
    return Bench(tmp_path / "ann", file)
