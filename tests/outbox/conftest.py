"""An outbox in a journal of its own, and a double that it delivers to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.outbox.outbox import Outbox
from console.warehouse.bigquery.writes import BigQueryWrites
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.outbox.outboxes import NOW, outbox

__all__ = ["opened"]  # the fixture


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=HandClock(NOW)) as made:
        yield made


@pytest.fixture
def writes(double: BigQueryDouble, opened: Opener) -> BigQueryWrites:
    return opened(double, QUICK).writes


@pytest.fixture
def box(tmp_path: Path) -> Outbox:
    return outbox(tmp_path)
