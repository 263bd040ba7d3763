"""What asking costs is added up from all threads, and a day's budget says when to slow down and when to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.decisions import DECISIONS
from checks.policy import Policy
from console.desk import Desk
from console.headstart import Ahead
from console.spending import Account
from console.warehouse.bigquery.cost import (
    Budget,
    BudgetState,
    Meter,
    Usage,
    estimated_bill,
    process_meter,
)
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.record import QueryRecord, Records
from screens.feed import Metered
from screens.text.amount import GIBIBYTE, MEBIBYTE
from tests.bigquery.asking import SCOPE
from tests.bigquery.conftest import Opener
from tests.bigquery_double import BigQueryDouble
from tests.builders import at

DAY = date(2026, 1, 25)
NOON = at("2026-01-25T12:00")
RECORD = QueryRecord(("decisions",), "SELECT 1", (), 0.5, 12, 0, 10 * MEBIBYTE)
CACHED = replace(RECORD, bytes_billed=0, cache_hit=True, seconds=0.1)


# What a query was and what it cost


def test_a_record_of_a_query_says_what_was_asked_and_what_it_cost(
    double: BigQueryDouble, warehouse: BigQueryWarehouse
) -> None:
    warehouse.load_batch([(fact, fact.window(SCOPE)) for fact in (DECISIONS, BREAKERS)], SCOPE.as_of)
    (record,) = warehouse.records
    assert record.facts == ("decisions", "breakers")
    assert record.sql == double.queries[0].sql
    assert [name for name, _ in record.parameters] == ["as_of", "decisions_first", "decisions_last"]
    assert record.parameters[0] == ("as_of", SCOPE.as_of)
    assert record.rows is not None
    assert record.rows > 3
    assert record.bytes_processed is not None
    assert (record.bytes_billed, record.cache_hit) == (double.billed, False)
    assert 0 < record.seconds < warehouse.bounds.deadline


def test_the_embedded_warehouse_records_its_queries_too_and_counts_no_bytes(demo_file: Path) -> None:
    ticks = iter((1.0, 1.25))
    warehouse = EmbeddedWarehouse(demo_file, monotonic=lambda: next(ticks))
    rows = warehouse.load(BREAKERS, BREAKERS.window(SCOPE), SCOPE.as_of)
    warehouse.close()
    assert warehouse.records == (
        QueryRecord(("breakers",), warehouse.sql(BREAKERS), (("as_of", SCOPE.as_of),), 0.25, len(rows)),
    )
    assert warehouse.meter is None


def test_records_are_kept_in_order_and_only_the_newest() -> None:
    records = Records()
    for n in range(300):
        records.add(replace(RECORD, rows=n))
    assert [record.rows for record in records.newest] == list(range(100, 300))


def test_a_meter_adds_up() -> None:
    meter = Meter()
    meter.add(RECORD)
    meter.add(CACHED)
    assert meter.usage == Usage(10 * MEBIBYTE, cache_hits=1, queries=2, seconds=0.6)


def test_nothing_is_lost_when_many_threads_count_at_once() -> None:
    meter = Meter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: meter.add(RECORD), range(800)))
    assert (meter.usage.queries, meter.usage.bytes_billed) == (800, 8_000 * MEBIBYTE)


def test_a_process_has_one_meter_for_each_project() -> None:
    assert process_meter("nba-prod") is process_meter("nba-prod")
    assert process_meter("nba-prod") is not process_meter("nba-staging")


def test_what_is_settled_is_never_settled_again_not_even_by_two_at_once() -> None:
    meter, booked = Meter(), list[int]()
    for _ in range(10):
        meter.add(RECORD)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: meter.settle(booked.append), range(4)))
    assert booked == [10 * MEBIBYTE] * 10
    assert meter.unsettled == 0


def test_what_could_not_be_booked_is_left_for_the_next_time() -> None:
    meter, booked = Meter(), list[int]()

    def refuse(_: int) -> None:
        raise OSError("full")

    meter.add(RECORD)
    with pytest.raises(OSError, match="full"):
        meter.settle(refuse)
    meter.add(RECORD)
    meter.settle(booked.append)
    assert booked == [20 * MEBIBYTE]


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
    assert Budget(10, spent, DAY).state is state


def test_a_budget_slows_the_console_three_times_then_leaves_it_to_the_key() -> None:
    slowness = [Budget(10, spent * GIBIBYTE, DAY).slowness for spent in (0, 8, 10)]
    assert slowness == [1.0, 3.0, None]


def test_a_budget_holds_until_midnight_utc() -> None:
    assert Budget(10, 0, DAY).until == at("2026-01-26T00:00")


@pytest.mark.parametrize(
    ("spent", "sentence"),
    [
        (GIBIBYTE, "1.00 of 10 GB of today's BigQuery budget spent"),
        (
            9 * GIBIBYTE,
            "9.00 of 10 GB of today's BigQuery budget spent (90 %): the console refreshes more slowly until 00:00 UTC",
        ),
        (
            11 * GIBIBYTE,
            (
                "11.00 of 10 GB of today's BigQuery budget spent: the console refreshes only by hand until 00:00 UTC; "
                "commands still run"
            ),
        ),
    ],
)
def test_a_budget_says_how_much_is_spent_and_what_follows(spent: int, sentence: str) -> None:
    assert Budget(10, spent, DAY).sentence == sentence


def test_a_budget_that_is_nearly_spent_is_not_called_spent() -> None:
    assert "(99 %)" in Budget(10, 10 * GIBIBYTE - 1, DAY).sentence


@pytest.mark.parametrize(("daily_gb", "spent"), [(0, 0), (-1, 0), (float("nan"), 0), (1, -1)])
def test_a_budget_that_cannot_be_is_refused(daily_gb: float, spent: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Budget(daily_gb, spent, DAY)


# The account that processes share


def account(state: Path, *, now: datetime = NOON, daily_gb: float | None = 1, meter: Meter | None = None) -> Account:
    return Account(meter or Meter(), "nba-prod", daily_gb, state, lambda: now)


def spent(state: Path, **changes: datetime) -> int:
    budget = account(state, **changes).budget()  # type: ignore[arg-type]  # a moment is the only change
    assert budget is not None
    return budget.spent_today


def test_processes_share_one_days_budget(tmp_path: Path) -> None:
    meters = [Meter(), Meter()]
    for meter in meters:
        meter.add(RECORD)
        account(tmp_path, meter=meter).settle()
    for meter in meters:
        assert account(tmp_path, meter=meter).budget() == Budget(1, 20 * MEBIBYTE, DAY)


def test_each_day_of_utc_and_each_project_has_a_budget_of_its_own(tmp_path: Path) -> None:
    meter = Meter()
    meter.add(RECORD)
    account(tmp_path, meter=meter, now=at("2026-01-25T23:59")).settle()
    assert spent(tmp_path, now=at("2026-01-25T00:00")) == 10 * MEBIBYTE
    assert spent(tmp_path, now=at("2026-01-26T00:00")) == 0
    other = Account(Meter(), "nba-staging", 1, tmp_path, lambda: NOON)
    assert other.budget() == Budget(1, 0, DAY)


def test_without_a_budget_what_was_billed_is_booked_all_the_same(tmp_path: Path) -> None:
    meter = Meter()
    meter.add(RECORD)
    found = account(tmp_path, daily_gb=None, meter=meter)
    assert found.budget() is None
    found.settle()
    assert spent(tmp_path) == 10 * MEBIBYTE


def test_who_was_billed_for_nothing_opens_no_journal(tmp_path: Path) -> None:
    account(tmp_path / "state").settle()
    assert not (tmp_path / "state").exists()


def test_while_the_journal_cannot_be_used_this_process_counts_alone_and_books_later(tmp_path: Path) -> None:
    state, meter = tmp_path / "state", Meter()
    state.write_text("no folder")
    meter.add(RECORD)
    found = account(state, meter=meter)
    assert found.budget() == Budget(1, 10 * MEBIBYTE, DAY)
    assert "state" in found.trouble
    state.unlink()
    found.settle()
    assert (found.trouble, spent(state)) == ("", 10 * MEBIBYTE)


def test_a_desk_books_what_it_cost_when_it_is_closed(double: BigQueryDouble, opened: Opener, tmp_path: Path) -> None:
    warehouse = opened(double)
    with Desk(warehouse, Policy(), account=account(tmp_path, meter=warehouse.meter)) as desk:
        desk.report(SCOPE, ["streaming.conflicts"])
    assert desk.bytes_billed == double.billed > 0
    assert spent(tmp_path) == double.billed


def test_the_desk_of_a_console_says_what_the_desk_behind_it_costs(
    double: BigQueryDouble, opened: Opener, tmp_path: Path
) -> None:
    warehouse = opened(double)
    behind = Desk(warehouse, Policy(), account=account(tmp_path, meter=warehouse.meter))
    with Ahead(None, lambda: behind, Policy)() as desk:
        assert isinstance(desk, Metered)
        assert (desk.bytes_billed, desk.budget()) == (None, None)
        desk.look(SCOPE, ["streaming.conflicts"])
        assert desk.bytes_billed == double.billed
        assert desk.budget() == Budget(1, double.billed, DAY)


def test_a_desk_on_a_file_has_no_cost(demo_file: Path) -> None:
    desk = Desk(EmbeddedWarehouse(demo_file), Policy())
    assert (desk.bytes_billed, desk.budget()) == (None, None)
