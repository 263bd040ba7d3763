"""One read-only connection to a copy of the built demo for all tests of this folder.

DuckDB refuses a second connection of one process to the same file when its configuration is another one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.demo.queries import opened


@pytest.fixture(scope="session")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(Path(shutil.copy(demo_file, tmp_path_factory.mktemp("copy")))) as connection:
        yield connection
