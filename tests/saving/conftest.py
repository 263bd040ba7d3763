"""A processor's machine with a real journal and a real DuckDB file, at noon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bigquery_double.hand_clock import HandClock
from tests.saving.saving import NOW, Desk, HoldableWarehouse, Table


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    clock = HandClock(NOW)
    warehouse = HoldableWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    return Desk(tmp_path, clock, warehouse, Table(clock))
