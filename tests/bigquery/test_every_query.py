"""Every query that a report sends, read as it came in at the server: what it may read, what it may cost, and who asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.catalogue import ALL_FACTS
from checks.facts.watcher_runs import WATCHER_RUNS
from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from console.warehouse.bigquery.sql import google_sql
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from screens.text.amount import MEBIBYTE
from tests.benchmarks.seasons import build_seasons
from tests.bigquery.conftest import Opener
from tests.bigquery.trees import PARTITION_COLUMNS, name_of, partition_bounds, partitioned_tables
from tests.bigquery_double import BigQueryDouble, Fails, RecordedQuery
from tests.bigquery_double.cost import LEAST_PER_TABLE

MOMENT = datetime(2026, 1, 25, 12, 34, 56, 789_000, tzinfo=UTC)
LONGEST_LABEL = 63
"""https://cloud.google.com/bigquery/docs/labels-intro#requirements"""

ASKED = (*ALL_FACTS, ACKNOWLEDGEMENTS, WATCHER_RUNS)
"""What a report stands on, and what is asked beside it."""

SCOPE = Scope.at(MOMENT, days=4, last=date(2026, 1, 24))


def in_batches(warehouse: BigQueryWarehouse) -> None:
    Desk(warehouse, Policy()).report(SCOPE)


def one_by_one(warehouse: BigQueryWarehouse) -> None:
    for fact in ASKED:
        warehouse.load(fact, fact.window(SCOPE), MOMENT)


EACH_WAY = pytest.mark.parametrize("ask", [in_batches, one_by_one])
Way = Callable[[BigQueryWarehouse], None]


@pytest.fixture
def sent(double: BigQueryDouble, warehouse: BigQueryWarehouse, ask: Way) -> list[tuple[RecordedQuery, dict[str, Any]]]:
    """Give each query of a report as the server saw it, with the request that brought it."""
    ask(warehouse)
    bodies = {request.sql: request.json for request in double.requests if request.method == "POST"}
    return [(query, bodies[query.sql]) for query in double.queries]


Sent = list[tuple[RecordedQuery, dict[str, Any]]]


@EACH_WAY
def test_every_partitioned_table_is_filtered_on_its_partition_column_with_parameters(sent: Sent) -> None:
    seen = set()
    for query, _ in sent:
        for table in partitioned_tables(sqlglot.parse_one(query.sql, read="bigquery")):
            (low,), (high,) = partition_bounds(table)
            assert (low[-5:], high[-4:]) == ("first", "last"), f"{name_of(table)} in {query.sql}"
            assert isinstance(query.parameters[low], date)
            assert query.parameters[low] <= query.parameters[high]  # type: ignore[operator] # two dates
            seen.add(name_of(table))
    assert seen == {table for fact in ASKED for table in fact.tables} & PARTITION_COLUMNS.keys()


@EACH_WAY
def test_every_query_says_which_program_which_facts_and_who_asks(sent: Sent) -> None:
    labelled = [facts_of(query) for query, _ in sent]
    assert sorted(name for names in labelled for name in names) == sorted(fact.name for fact in ASKED)
    for (query, _), names in zip(sent, labelled, strict=True):
        check = "-".join(names)[:LONGEST_LABEL].strip("-")
        assert query.labels == {"app": "courtside", "check": check, "operator": "ann-o-neil"}


def facts_of(query: RecordedQuery) -> list[str]:
    """Return the facts that a query asks for: a batch names them, and a query of one fact is that fact's file."""
    named = re.findall(r"^SELECT '(\w+)' AS fact,", query.sql, re.MULTILINE)
    return named or [fact.name for fact in ASKED if google_sql(fact.name) == query.sql]


@EACH_WAY
def test_every_query_may_be_billed_at_most_ten_times_its_minimum_charge(sent: Sent) -> None:
    for query, _ in sent:
        assert query.maximum_bytes_billed == 10 * LEAST_PER_TABLE * len(query.tables)


@EACH_WAY
def test_every_query_ends_on_the_server_within_the_deadline(sent: Sent) -> None:
    assert [body for _, body in sent if not 0 < int(body["jobTimeoutMs"]) <= 15_000] == []


@EACH_WAY
def test_every_query_is_asked_as_of_a_whole_minute_and_never_asks_the_clock(sent: Sent) -> None:
    for query, _ in sent:
        assert query.parameters["as_of"] == MOMENT.replace(second=0, microsecond=0)
        assert "CURRENT_" not in query.sql.upper()


@pytest.mark.parametrize("ask", [in_batches])
def test_a_report_is_at_most_eight_queries_and_billed_at_most_300_mb(sent: Sent) -> None:
    assert len(sent) <= 8
    assert sum(LEAST_PER_TABLE * len(query.tables) for query, _ in sent) <= 300 * MEBIBYTE
    assert sum(query.bytes_billed for query, _ in sent) <= 300 * MEBIBYTE


def test_a_report_in_which_a_fact_keeps_failing_is_at_most_eight_queries_from_the_second_on(
    opened: Opener, demo_file: Path
) -> None:
    with BigQueryDouble(demo_file) as double:
        warehouse = opened(double)
        double.inject(Fails("invalidQuery"), sql="circuit_breaker_state", times=None)
        in_batches(warehouse)
        double.forget()
        in_batches(warehouse)
        assert 0 < len(double.queries) <= 8
        assert sum(LEAST_PER_TABLE * len(query.tables) for query in double.queries) <= 300 * MEBIBYTE
        warehouse.close()


def test_three_seasons_of_history_cost_a_report_what_one_costs(opened: Opener, tmp_path: Path) -> None:
    costs = []
    for seasons in (1, 3):
        path = tmp_path / f"{seasons}.duckdb"
        build_seasons(path, seasons)
        with BigQueryDouble(path) as double:
            warehouse = opened(double)
            in_batches(warehouse)
            costs.append([(query.tables, query.bytes_processed, query.bytes_billed) for query in double.queries])
            warehouse.close()
    assert sorted(costs[0]) == sorted(costs[1])
    assert sum(processed for _, processed, _ in costs[0]) > 0


@pytest.mark.parametrize(
    "condition",
    [
        "x.game_date >= @first",
        "x.game_date BETWEEN @first AND x.game_date",
        "x.game_date BETWEEN @first AND @last OR TRUE",
        "DATE_ADD(x.game_date, INTERVAL 1 DAY) BETWEEN @first AND @last",
        "x.game_date BETWEEN DATE '2026-01-01' AND DATE '2026-01-02'",
    ],
)
def test_a_table_that_is_not_filtered_so_is_found(condition: str) -> None:
    sql = f"SELECT x.game_id AS game_id FROM nba_raw.nbac_schedule AS x WHERE {condition}"
    (table,) = partitioned_tables(sqlglot.parse_one(sql, read="bigquery"))
    assert partition_bounds(table) != ({"first"}, {"last"})
