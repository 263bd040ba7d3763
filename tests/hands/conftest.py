"""A copy of the demo's file, an hour at which its queue has a row, and a folder for a journal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bigquery_double.hand_clock import HandClock
from tests.hands.moment import NOW


@pytest.fixture
def file(demo_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state"
