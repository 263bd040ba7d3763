"""Several facts in one query: how they are grouped, what the query says, and what it is billed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from checks.facts.breakers import BREAKERS
from checks.facts.catalogue import ALL_FACTS
from checks.facts.decisions import DECISIONS
from checks.facts.executions import EXECUTIONS
from checks.facts.fact import Fact, Window
from checks.facts.lineage import LINEAGE
from console.warehouse.bigquery import sql as text
from console.warehouse.bigquery.batch import batch_sql, batches, question, sorted_out, tables_of
from console.warehouse.bigquery.bounds import CONCURRENCY, MINIMUM_BYTES_A_TABLE
from screens.text.amount import MEBIBYTE
from tests.bigquery.trees import PARTITION_COLUMNS, name_of, partition_bounds, partitioned_tables

WINDOW = Window(date(2026, 1, 23), date(2026, 1, 24))
AS_OF = datetime(2026, 1, 25, 12, tzinfo=UTC)
EACH_FACT = pytest.mark.parametrize("fact", ALL_FACTS, ids=lambda fact: fact.name)

GOLDEN = """\
SELECT 'executions' AS fact, ROW_NUMBER() OVER (ORDER BY execution_time, workflow_name, execution_id) AS n, \
TO_JSON_STRING(t) AS `row`
FROM (
SELECT
  x.execution_id AS execution_id,
  x.execution_time AS execution_time,
  x.workflow_name AS workflow_name,
  x.decision_id AS decision_id,
  x.scrapers_triggered AS scrapers_triggered,
  x.scrapers_succeeded AS scrapers_succeeded,
  x.scrapers_failed AS scrapers_failed,
  x.status AS status,
  x.error_message AS error_message
FROM nba_orchestration.workflow_executions AS x
WHERE DATE(x.execution_time) BETWEEN @executions_first AND @executions_last
  AND x.execution_time <= @as_of
) AS t
UNION ALL
SELECT 'breakers' AS fact, ROW_NUMBER() OVER (ORDER BY processor_name, updated_at, state) AS n, \
TO_JSON_STRING(t) AS `row`
FROM (
SELECT
  b.processor_name AS processor_name,
  b.state AS state,
  b.failure_count AS failure_count,
  b.opened_at AS opened_at,
  b.updated_at AS updated_at,
  b.timeout_seconds AS timeout_seconds,
  b.last_error_type AS last_error_type,
  b.last_error_message AS last_error_message
FROM nba_orchestration.circuit_breaker_state AS b
WHERE b.updated_at <= @as_of OR b.updated_at IS NULL
) AS t"""


def texts(facts: tuple[Fact[Any], ...]) -> list[tuple[str, str]]:
    return [(fact.name, text.google_sql(fact.name)) for fact in facts]


def parsed(facts: tuple[Fact[Any], ...]) -> exp.Expression:
    return sqlglot.parse_one(batch_sql(texts(facts)), read="bigquery")


def test_two_facts_become_this_query() -> None:
    assert batch_sql(texts((EXECUTIONS, BREAKERS))) == GOLDEN


def test_every_fact_stands_in_exactly_one_batch() -> None:
    names = [fact.name for group in batches(ALL_FACTS) for fact in group]
    assert sorted(names) == sorted(fact.name for fact in ALL_FACTS)


def test_a_report_is_at_most_eight_queries_and_the_lineage_stands_alone() -> None:
    groups = batches(ALL_FACTS)
    assert len(groups) == 4
    assert CONCURRENCY == 8
    assert (LINEAGE,) in groups


def test_a_report_is_billed_at_least_270_mb_when_each_fact_is_counted_and_240_as_it_is_grouped() -> None:
    references = [
        f"{table.db}.{table.name}"
        for group in batches(ALL_FACTS)
        for table in parsed(group).find_all(exp.Table)
        if table.db
    ]
    grouped = sum(len(tables_of(group)) for group in batches(ALL_FACTS))
    assert len(references) * MINIMUM_BYTES_A_TABLE == 270 * MEBIBYTE
    assert grouped * MINIMUM_BYTES_A_TABLE == 240 * MEBIBYTE


def test_facts_that_read_the_same_tables_share_a_query() -> None:
    (shared,) = [group for group in batches(ALL_FACTS) if "freshness" in {fact.name for fact in group}]
    assert {fact.name for fact in shared} == {"freshness", "prop_coverage", "feature_quality"}


def test_a_fact_that_failed_stands_alone() -> None:
    assert (DECISIONS,) in batches(ALL_FACTS, {"decisions"})


@pytest.mark.parametrize("count", range(len(ALL_FACTS) + 1))
def test_there_are_never_more_than_eight_queries_however_many_failed(count: int) -> None:
    groups = batches(ALL_FACTS, {fact.name for fact in ALL_FACTS[:count]})
    assert len(groups) <= 8
    assert sorted(fact.name for group in groups for fact in group) == sorted(fact.name for fact in ALL_FACTS)


def test_few_facts_are_one_query() -> None:
    assert batches((DECISIONS, BREAKERS)) == ((DECISIONS, BREAKERS),)
    assert batches(()) == ()


@EACH_FACT
def test_the_order_of_a_fact_moves_into_its_numbers(fact: Fact[Any]) -> None:
    whole = sqlglot.parse_one(text.google_sql(fact.name), read="bigquery")
    wanted = [item.sql("bigquery") for item in whole.args["order"].expressions]
    tree = parsed((fact,))
    (window,) = list(tree.expressions[1].find_all(exp.Window))
    (inner,) = [found.this for found in tree.find_all(exp.Subquery) if found.alias == "t"]
    assert [item.sql("bigquery") for item in window.args["order"].expressions] == wanted
    assert inner.args.get("order") is None
    assert [item.alias for item in inner.expressions] == [item.alias for item in whole.expressions]


@EACH_FACT
def test_every_partitioned_table_of_a_batch_is_bounded_by_its_own_dates(fact: Fact[Any]) -> None:
    tree = parsed((BREAKERS, fact))
    tables = partitioned_tables(tree)
    assert {name_of(node) for node in tables} == set(fact.tables) & PARTITION_COLUMNS.keys()
    for table in tables:
        assert partition_bounds(table) == ({f"{fact.name}_first"}, {f"{fact.name}_last"}), table.sql()


def test_a_batch_sends_the_parameters_that_it_mentions_and_no_others() -> None:
    asked = question(((EXECUTIONS, WINDOW), (BREAKERS, WINDOW)), texts((EXECUTIONS, BREAKERS)), AS_OF)
    assert asked.parameters == {"as_of": AS_OF, "executions_first": WINDOW.first, "executions_last": WINDOW.last}
    assert (asked.what, asked.tables) == ("executions-breakers", 2)


def test_rows_are_sorted_by_their_number_within_their_fact() -> None:
    rows = (("a", 2, "second"), ("b", 1, "other"), ("a", 10, "tenth"), ("a", 1, "first"))
    assert sorted_out(rows) == {"a": ["first", "second", "tenth"], "b": ["other"]}


@EACH_FACT
def test_a_dataset_prefix_stands_before_every_table_and_in_no_text(fact: Fact[Any]) -> None:
    sql = text.with_prefix(text.google_sql(fact.name), fact.tables, "test_")
    tree = sqlglot.parse_one(sql, read="bigquery")
    read = {f"{node.db}.{node.name}" for node in tree.find_all(exp.Table) if node.db}
    assert read == {f"test_{table}" for table in fact.tables}
    literals = {node.name for node in tree.find_all(exp.Literal) if node.name.startswith("nba_")}
    assert literals == (set(fact.tables) if fact.name == "freshness" else set())


def test_without_a_prefix_the_query_is_the_file() -> None:
    sql = text.google_sql("lineage")
    assert text.with_prefix(sql, LINEAGE.tables, "") == sql


def test_a_query_without_an_order_cannot_stand_in_a_batch() -> None:
    with pytest.raises(ValueError, match="no ORDER BY"):
        batch_sql([("a", "SELECT 1 AS a")])
