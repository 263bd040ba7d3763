"""What asking costs is added up from all threads, and a day's budget says when to slow down and when to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from console.warehouse.bigquery.bounds import MEBIBYTE
from console.warehouse.bigquery.cost import (
    GIBIBYTE,
    Budget,
    BudgetState,
    Meter,
    QueryRecord,
    Usage,
    estimated_bill,
    process_meter,
)

RECORD = QueryRecord("decisions", 10 * MEBIBYTE, cache_hit=False, seconds=0.5, rows=12)
CACHED = QueryRecord("decisions", 0, cache_hit=True, seconds=0.1, rows=12)


def test_a_meter_adds_up_and_keeps_the_records_in_order() -> None:
    meter = Meter()
    meter.add(RECORD)
    meter.add(CACHED)
    assert meter.usage == Usage(10 * MEBIBYTE, cache_hits=1, queries=2, seconds=0.6)
    assert meter.records == (RECORD, CACHED)


def test_nothing_is_lost_when_many_threads_count_at_once() -> None:
    meter = Meter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: meter.add(RECORD), range(800)))
    assert (meter.usage.queries, meter.usage.bytes_billed) == (800, 8_000 * MEBIBYTE)


def test_a_process_has_one_meter() -> None:
    assert process_meter() is process_meter()


@pytest.mark.parametrize(
    ("processed", "tables", "billed"),
    [
        (0, 1, 10 * MEBIBYTE),
        (0, 8, 80 * MEBIBYTE),
        (10 * MEBIBYTE, 1, 10 * MEBIBYTE),
        (10 * MEBIBYTE + 1, 1, 11 * MEBIBYTE),
        (0, 0, 0),
    ],
)
def test_a_bill_that_the_service_does_not_say_is_ten_mb_a_table_or_what_was_read(
    processed: int, tables: int, billed: int
) -> None:
    assert estimated_bill(processed, tables) == billed


@pytest.mark.parametrize(
    ("spent", "state"),
    [
        (0, BudgetState.OK),
        (8 * GIBIBYTE - 1, BudgetState.OK),
        (8 * GIBIBYTE, BudgetState.WARN),
        (10 * GIBIBYTE - 1, BudgetState.WARN),
        (10 * GIBIBYTE, BudgetState.EXHAUSTED),
        (20 * GIBIBYTE, BudgetState.EXHAUSTED),
    ],
)
def test_a_budget_warns_at_80_percent_and_is_exhausted_at_all_of_it(spent: int, state: BudgetState) -> None:
    assert Budget(10, spent).state is state


def test_a_budget_says_how_much_is_spent_and_what_follows() -> None:
    assert Budget(10, GIBIBYTE).sentence == "1.00 of 10 GB of today's BigQuery budget spent"
    assert Budget(10, 9 * GIBIBYTE).sentence.endswith("spent (90%): refreshing more slowly")
    assert Budget(0.5, GIBIBYTE).sentence.endswith("refreshing only when asked, until 00:00 UTC")


@pytest.mark.parametrize(("daily_gb", "spent"), [(0, 0), (-1, 0), (float("nan"), 0), (1, -1)])
def test_a_budget_that_cannot_be_is_refused(daily_gb: float, spent: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Budget(daily_gb, spent)
