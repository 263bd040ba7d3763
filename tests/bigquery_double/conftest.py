"""A double with all tables and nothing in them, the time that it goes by, and Google's client for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from google.cloud import bigquery

from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock

START = datetime(2026, 1, 26, 18, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def double(clock: HandClock) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=clock) as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()
