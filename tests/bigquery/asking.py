"""A fact asked for, the sentence with which it is refused, and a way to wait for what other threads do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.fact import Fact
from checks.model import Scope
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.protocol import WarehouseError

SCOPE = Scope.at(datetime(2026, 1, 25, 12, tzinfo=UTC), days=4, last=date(2026, 1, 24))
STALL_SECONDS = 10.0
"""For how long a busy machine may leave a thread that is due unserved; what waits without a bound waits a minute or for ever."""


def load(warehouse: BigQueryWarehouse, fact: Fact[Any] = BREAKERS) -> tuple[Any, ...]:
    return warehouse.load(fact, fact.window(SCOPE), SCOPE.as_of)


def refusal(warehouse: BigQueryWarehouse) -> str:
    """Return the sentence with which a load is refused, which must come within its deadline."""
    started = time.monotonic()
    with pytest.raises(WarehouseError) as caught:
        load(warehouse)
    assert time.monotonic() - started < warehouse.bounds.deadline + STALL_SECONDS
    return str(caught.value)


def eventually(holds: Callable[[], bool], seconds: float = STALL_SECONDS) -> bool:
    """Return whether something comes to hold within some seconds."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not holds() and time.monotonic() < deadline:
        pause.wait(0.01)
    return holds()
