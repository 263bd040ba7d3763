"""Through the unmodified client a fact is what DuckDB says it is, alone and in a batch, for at most 8 queries and 300 MB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.catalogue import ALL_CHECKS
from checks.facts.breakers import BREAKERS
from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.facts.decisions import DECISIONS
from checks.facts.fact import Fact, Facts
from checks.facts.lineage import LINEAGE
from checks.loading import Loaded, Loading
from checks.model import FactOutcome, Scope
from checks.policy import Policy
from checks.runner import report_on
from console.desk import Desk
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse
from console.warehouse.schema import definitions
from screens.text.amount import MEBIBYTE
from tests.bigquery.conftest import Opener
from tests.bigquery_double import BigQueryDouble

SCOPES = (
    Scope.at(datetime(2026, 1, 23, 6, 20, tzinfo=UTC), days=2),
    Scope.at(datetime(2026, 1, 25, 12, tzinfo=UTC), days=4, last=date(2026, 1, 24)),
    Scope.at(datetime(2026, 1, 26, 15, 20, tzinfo=UTC), days=1),
)
SCOPE = SCOPES[1]
EACH_FACT = pytest.mark.parametrize("fact", [*ALL_FACTS, *WORDS], ids=lambda fact: fact.name)
EACH_SCOPE = pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: f"{scope.as_of:%dT%H%M}")


@pytest.fixture(scope="module")
def embedded(demo_file: Path) -> Iterator[EmbeddedWarehouse]:
    warehouse = EmbeddedWarehouse(demo_file)
    yield warehouse
    warehouse.close()


def rows(warehouse: Warehouse, fact: Fact[Any], scope: Scope) -> tuple[Any, ...]:
    return warehouse.load(fact, fact.window(scope), scope.as_of)


def in_batches(warehouse: BigQueryWarehouse, scope: Scope) -> dict[str, tuple[Any, ...]]:
    """Return all facts of a report, loaded as a report loads them."""
    loaded: dict[str, tuple[Any, ...]] = {}
    for group in warehouse.batches(ALL_FACTS):
        loaded |= warehouse.load_batch([(fact, fact.window(scope)) for fact in group], scope.as_of)
    return loaded


@EACH_SCOPE
@EACH_FACT
def test_a_fact_is_what_duckdb_says_it_is(
    fact: Fact[Any], scope: Scope, warehouse: BigQueryWarehouse, embedded: EmbeddedWarehouse
) -> None:
    assert rows(warehouse, fact, scope) == rows(embedded, fact, scope)


@EACH_SCOPE
def test_a_batch_is_what_its_facts_are_alone(
    scope: Scope, warehouse: BigQueryWarehouse, embedded: EmbeddedWarehouse
) -> None:
    assert in_batches(warehouse, scope) == {fact.name: rows(embedded, fact, scope) for fact in ALL_FACTS}


def test_the_report_is_the_one_from_duckdb(warehouse: BigQueryWarehouse, embedded: EmbeddedWarehouse) -> None:
    facts = in_batches(warehouse, SCOPE)
    outcomes = tuple(FactOutcome(fact.name, len(facts[fact.name]), 0.0) for fact in ALL_FACTS)
    ours = report_on(ALL_CHECKS, Loaded(Facts(SCOPE, facts), outcomes), Policy())
    theirs = report_on(ALL_CHECKS, Loading(ALL_FACTS, embedded, SCOPE).wait(), Policy())
    assert replace(ours, facts=()) == replace(theirs, facts=())


def test_a_report_is_four_queries_in_four_requests_for_240_mb(opened: Opener, demo_file: Path) -> None:
    with BigQueryDouble(demo_file) as double:
        warehouse = opened(double)
        in_batches(warehouse, SCOPE)
        assert len(double.queries) == len(double.requests) == 4
        assert double.billed == 240 * MEBIBYTE
        assert (warehouse.usage.queries, warehouse.usage.bytes_billed) == (4, 240 * MEBIBYTE)
        in_batches(warehouse, SCOPE)
        assert double.billed == 240 * MEBIBYTE
        assert warehouse.usage.cache_hits == 4
        warehouse.close()


def test_loaded_fact_by_fact_a_report_is_billed_270_mb(opened: Opener, demo_file: Path) -> None:
    with BigQueryDouble(demo_file) as double:
        warehouse = opened(double)
        for fact in ALL_FACTS:
            warehouse.load(fact, fact.window(SCOPE), SCOPE.as_of)
        assert double.billed == 270 * MEBIBYTE
        warehouse.close()


def test_a_report_of_the_desk_is_asked_in_the_warehouses_groups(opened: Opener, demo_file: Path) -> None:
    with BigQueryDouble(demo_file) as double, Desk(opened(double), Policy()) as desk:
        report = desk.report(SCOPE)
        assert {outcome.reason for outcome in report.facts} == {""}
        assert len(double.queries) == 4


def test_a_query_carries_labels_a_limit_a_deadline_and_parameters(
    double: BigQueryDouble, warehouse: BigQueryWarehouse
) -> None:
    rows(warehouse, LINEAGE, SCOPE)
    (request,) = double.requests
    sent = request.json
    assert sent["labels"] == {"app": "courtside", "check": "lineage", "operator": "ann-o-neil"}
    assert int(sent["maximumBytesBilled"]) == 600 * MEBIBYTE
    assert 14_000 < int(sent["jobTimeoutMs"]) <= 15_000
    assert 1_500 < int(sent["timeoutMs"]) < 2_000
    assert (sent["useQueryCache"], sent["jobCreationMode"]) == (True, "JOB_CREATION_OPTIONAL")
    assert {item["name"]: item["parameterValue"]["value"] for item in sent["queryParameters"]} == {
        "as_of": "2026-01-25 12:00:00+00:00",
        "first": "2026-01-21",
        "last": "2026-01-24",
    }


def test_the_labels_of_a_batch_name_its_facts(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    warehouse.load_batch([(fact, fact.window(SCOPE)) for fact in (DECISIONS, BREAKERS)], SCOPE.as_of)
    assert double.requests[0].json["labels"]["check"] == "decisions-breakers"
    assert warehouse.records[0].facts == ("decisions", "breakers")


def test_a_fact_that_takes_no_dates_sends_none(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    rows(warehouse, BREAKERS, SCOPE)
    assert [item["name"] for item in double.requests[0].json["queryParameters"]] == ["as_of"]


def test_within_one_minute_the_cache_answers_for_nothing(opened: Opener, demo_file: Path) -> None:
    with BigQueryDouble(demo_file) as double:
        warehouse = opened(double)
        window = BREAKERS.window(SCOPE)
        first = warehouse.load(BREAKERS, window, SCOPE.as_of.replace(second=1))
        assert warehouse.load(BREAKERS, window, SCOPE.as_of.replace(second=59, microsecond=999_999)) == first
        assert [record.cache_hit for record in warehouse.records] == [False, True]
        assert double.billed == warehouse.usage.bytes_billed == 10 * MEBIBYTE
        warehouse.close()


def test_an_as_of_without_a_zone_is_refused(warehouse: BigQueryWarehouse) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        warehouse.load(BREAKERS, BREAKERS.window(SCOPE), SCOPE.as_of.replace(tzinfo=None))


def test_a_dataset_prefix_reads_other_datasets(opened: Opener, demo_file: Path) -> None:
    with BigQueryDouble(demo_file) as double:
        double.run("CREATE SCHEMA test_nba_orchestration")
        double.run(
            "CREATE TABLE test_nba_orchestration.circuit_breaker_state AS"
            " SELECT * FROM nba_orchestration.circuit_breaker_state LIMIT 1"
        )
        warehouse = opened(double, dataset_prefix="test_")
        assert len(rows(warehouse, BREAKERS, SCOPE)) == 1
        assert "FROM test_nba_orchestration.circuit_breaker_state" in warehouse.sql(BREAKERS)
        (info,) = warehouse.inspect(("nba_orchestration.circuit_breaker_state",))
        assert (info.name, info.rows) == ("nba_orchestration.circuit_breaker_state", 1)
        warehouse.close()


def test_inspecting_every_table_finds_every_column_with_its_type_and_is_free(
    double: BigQueryDouble, warehouse: BigQueryWarehouse
) -> None:
    wanted = {item.name: dict(item.columns) for item in definitions()}
    found = warehouse.inspect(tuple(wanted))
    assert {info.name: {column.name: column.type for column in info.columns} for info in found} == wanted
    assert double.billed == 0
    assert {info.name for info in found if info.rows is None} == {item.name for item in definitions() if item.is_view}


def test_what_is_not_there_is_inspected_as_missing(warehouse: BigQueryWarehouse) -> None:
    missing = warehouse.inspect(("nba_raw.nothing", "nowhere.nothing"))
    assert [info.exists for info in missing] == [False, False]
    assert warehouse.inspect(()) == ()
