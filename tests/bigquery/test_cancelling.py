"""A question that is cancelled or late frees whoever asked, ends on the server, and disturbs no other."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.events import EVENTS
from checks.facts.fact import Fact
from checks.loading import Loading
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.errors import StoppedError
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.protocol import WarehouseError
from screens.text.amount import MEBIBYTE
from tests.bigquery.asking import SCOPE, STALL_SECONDS, eventually, load, refusal
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery_double import BigQueryDouble, Silence, StillRunning


def in_thread(warehouse: BigQueryWarehouse, fact: Fact[Any] = BREAKERS) -> tuple[threading.Thread, list[BaseException]]:
    """Return a thread that loads, and what the load raises."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            load(warehouse, fact)
        except WarehouseError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


@pytest.mark.parametrize("requests_before", [1, 2], ids=["before the job is known", "while its result is waited for"])
def test_a_cancelled_query_is_cancelled_on_the_server(
    double: BigQueryDouble, opened: Opener, requests_before: int
) -> None:
    double.inject(StillRunning(None), times=None)
    cancelled = len(double.cancelled)
    bounds = Bounds(deadline=60.0, first_answer=40.0)
    warehouse = opened(double, bounds)
    thread, raised = in_thread(warehouse)
    assert eventually(lambda: len(double.requests) >= requests_before)
    started = time.monotonic()
    warehouse.cancel()
    thread.join(30)
    assert time.monotonic() - started < STALL_SECONDS
    assert isinstance(raised[0], StoppedError)
    assert eventually(lambda: len(double.cancelled) == cancelled + 1)


def test_a_query_that_is_late_is_cancelled_on_the_server(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(StillRunning(None), times=None)
    cancelled = len(double.cancelled)
    refusal(opened(double, QUICK))
    assert eventually(lambda: len(double.cancelled) == cancelled + 1)


def test_after_a_cancel_the_next_question_is_answered(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    warehouse.cancel()
    assert len(load(warehouse)) == 3
    warehouse.close()
    assert len(load(warehouse)) == 3


def test_a_stopped_question_does_not_disturb_the_others(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(Silence(), sql="pipeline_event_log", times=None)
    slow, quick = opened(double, QUICK), opened(double)
    waiting, raised = in_thread(slow, EVENTS)
    assert eventually(lambda: len(double.requests) > 0)
    slow.cancel()
    for _ in range(5):
        assert len(load(quick)) == 3
    waiting.join(5)
    assert isinstance(raised[0], StoppedError)


def test_a_late_fact_has_our_reason_and_not_only_that_it_was_late(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(StillRunning(None), times=None)
    (outcome,) = Loading((BREAKERS,), opened(double, QUICK), SCOPE).wait(QUICK.deadline).outcomes
    assert outcome.reason.endswith("gave no answer to breakers within 2.5 s; the query is being cancelled")


def test_a_query_that_was_stopped_on_the_server_counts_as_billed(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(StillRunning(None), times=None)
    warehouse = opened(double, QUICK)
    refusal(warehouse)
    assert eventually(lambda: warehouse.usage.queries == 1)
    assert (warehouse.usage.bytes_billed, warehouse.records[0].rows) == (10 * MEBIBYTE, None)
