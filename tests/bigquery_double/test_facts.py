"""The GoogleSQL of every fact, answered through the client by the double, is what DuckDB's generated form answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.cloud import bigquery
from google.cloud.bigquery import QueryJobConfig, ScalarQueryParameter

from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.facts.fact import Fact
from console.warehouse.embedded import fact_sql
from console.warehouse.translate import fact_source
from tests.bigquery_double import BigQueryDouble

FIRST, LAST, AS_OF = date(2026, 1, 19), date(2026, 1, 26), datetime(2026, 1, 26, 18, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def double(demo_file: Path) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(demo_file, clock=lambda: AS_OF) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


@pytest.fixture(scope="module")
def embedded(demo_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_file), read_only=True) as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def generated_answer(embedded: duckdb.DuckDBPyConnection, fact: Fact[Any]) -> list[tuple[Any, ...]]:
    [statement] = embedded.extract_statements(fact_sql(fact.name))
    given = {"as_of": AS_OF, "first": FIRST, "last": LAST}
    return embedded.execute(statement, {name: given[name] for name in statement.named_parameters}).fetchall()


def in_microseconds(value: Any) -> Any:
    return (value - EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value


@pytest.mark.parametrize("fact", [*ALL_FACTS, *WORDS], ids=lambda fact: fact.name)
def test_a_fact_is_answered_as_by_the_embedded_warehouse(
    client: bigquery.Client, embedded: duckdb.DuckDBPyConnection, fact: Fact[Any]
) -> None:
    config = QueryJobConfig(
        query_parameters=[
            ScalarQueryParameter("as_of", "TIMESTAMP", AS_OF),
            ScalarQueryParameter("first", "DATE", FIRST),
            ScalarQueryParameter("last", "DATE", LAST),
        ],
        use_query_cache=False,
    )
    rows = client.query_and_wait(fact_source(fact), job_config=config)
    answer = [tuple(in_microseconds(value) for value in row.values()) for row in rows]
    assert answer == generated_answer(embedded, fact)


def test_the_demo_has_rows_for_nearly_every_fact(embedded: duckdb.DuckDBPyConnection) -> None:
    empty = {fact.name for fact in ALL_FACTS if not generated_answer(embedded, fact)}
    assert empty <= {"hand_overs", "streaming_conflicts"}
