"""The generated files are current, every fact's query decodes, and the lint refuses what is not portable."""

from __future__ import annotations

from typing import Any

import pytest

from checks.facts.executions import EXECUTIONS
from checks.facts.fact import Fact
from console.warehouse.portable import problems
from console.warehouse.translate import all_facts, fact_source, lint, main, stale_files, translate
from tests.facts.tables import Tables

ALL = pytest.mark.parametrize("fact", all_facts(), ids=lambda fact: fact.name)


def test_there_are_eighteen_facts() -> None:
    assert len(all_facts()) == 18


def test_the_generated_files_are_what_would_be_generated_now(capsys: pytest.CaptureFixture[str]) -> None:
    assert stale_files() == ()
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


@ALL
def test_the_query_of_a_fact_is_portable_and_has_the_fact_s_shape(fact: Fact[Any]) -> None:
    assert lint(fact, fact_source(fact)) == ()


@ALL
def test_a_fact_on_empty_tables_is_an_answer(fact: Fact[Any], tables: Tables) -> None:
    assert len(tables.ask(fact)) == (len(fact.tables) if fact.name == "freshness" else 0)


@ALL
def test_the_source_of_a_fact_begins_with_its_question(fact: Fact[Any]) -> None:
    first, *_ = fact_source(fact).splitlines()
    assert first.startswith("-- ")
    assert "?" in first


def test_instants_of_the_outermost_select_become_microseconds_and_dates_a_range_of_instants() -> None:
    sql = translate(EXECUTIONS, fact_source(EXECUTIONS))
    assert sql.startswith("-- Generated from checks/facts/executions.sql by `python -m console.warehouse.translate`")
    assert "EPOCH_US(x.execution_time) AS execution_time" in sql
    assert "x.execution_time >= CAST($first AS TIMESTAMPTZ)" in sql
    assert "x.execution_time < CAST($last AS TIMESTAMPTZ) + INTERVAL '1' DAY" in sql


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("TIMESTAMP_DIFF(a, b, MINUTE)", "TIMESTAMP_DIFF"),
        ("DATETIME_DIFF(a, b, HOUR)", "DATETIME_DIFF"),
        ("COUNTIF(a)", "COUNTIF"),
        ("CURRENT_DATE()", "CURRENT_DATE"),
        ("CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP"),
        ("CURRENT_DATETIME()", "CURRENT_DATETIME"),
        ("CURRENT_TIME()", "CURRENT_TIME"),
        ("FORMAT('%d', a)", "FORMAT"),
        ("FORMAT_TIMESTAMP('%H', a, 'America/New_York')", "FORMAT_TIMESTAMP"),
        ("PARSE_TIMESTAMP('%Y', a)", "PARSE_TIMESTAMP"),
        ("TIMESTAMP_MILLIS(a)", "TIMESTAMP_MILLIS"),
        ("TIMESTAMP_MICROS(a)", "TIMESTAMP_MILLIS"),
        ("a / b", "bare /"),
        ("DIV(a, b + 1)", "DIV"),
        ("MOD(a, b)", "MOD"),
        ("ARRAY_AGG(STRUCT(a, b) LIMIT 3)", "ARRAY_AGG"),
        ("a[OFFSET(0)]", "element"),
        ("EXTRACT(DAYOFWEEK FROM a)", "EXTRACT(DAYOFWEEK)"),
        ("EXTRACT(WEEK FROM a)", "EXTRACT(WEEK)"),
        ("EXTRACT(ISOWEEK FROM a)", "EXTRACT(ISOWEEK)"),
        ("DATE_DIFF(a, b, ISOWEEK)", "DATE_DIFF by ISOWEEK"),
        ("DATE_DIFF(a, b, MONTH)", "DATE_DIFF by MONTH"),
        ("DATE_ADD(a, INTERVAL 1 DAY)", "DATE_ADD"),
        ("DATE_SUB(a, INTERVAL 1 DAY)", "DATE_ADD and DATE_SUB"),
        ("DATE_TRUNC(a, MONTH)", "DATE_TRUNC"),
        ("CAST(a AS INT64)", "INT64"),
        ("SAFE_CAST(a AS INT64)", "INT64"),
        ("CAST(a AS NUMERIC)", "NUMERIC"),
        ("SAFE_ADD(a, b)", "SAFE_ADD"),
        ("FARM_FINGERPRINT(a)", "FARM_FINGERPRINT"),
        ("APPROX_QUANTILES(a, 4)", "APPROX_QUANTILES"),
        ("REGEXP_CONTAINS(a, 'x')", "REGEXP"),
        ("SOME_FUNCTION(a)", "SOME_FUNCTION"),
        ("@game", "@game"),
    ],
)
def test_a_construct_that_is_not_portable_is_refused_by_file_and_name(expression: str, named: str) -> None:
    said = problems(f"SELECT {expression} AS x FROM d.t", "gap.sql")
    assert any(sentence.startswith("gap.sql: ") and named in sentence for sentence in said), said


@pytest.mark.parametrize(
    "expression",
    [
        "SAFE_DIVIDE(a, b)",
        "(UNIX_MICROS(a) - UNIX_MICROS(b)) * 1.0",
        "COUNT(IF(a, 1, NULL))",
        "MOD(DATE_DIFF(a, DATE '1970-01-04', DAY), 7)",
        "CAST(ROUND(a) AS INT64)",
        "CAST(DATE_SUB(a, INTERVAL 1 DAY) AS DATE)",
        "DATE(a, 'America/New_York')",
        "JSON_VALUE(a, '$.reason')",
        "EXTRACT(YEAR FROM a)",
        "a IN UNNEST(GENERATE_DATE_ARRAY(@first, @last))",
    ],
)
def test_what_was_proved_equal_is_let_through(expression: str) -> None:
    assert problems(f"SELECT {expression} AS x FROM d.t", "gap.sql") == ()


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT a FROM UNNEST(GENERATE_DATE_ARRAY(@first, @last)) AS a WITH OFFSET AS n", "WITH OFFSET"),
        ("MERGE d.t USING d.s ON TRUE WHEN NOT MATCHED THEN INSERT ROW", "MERGE"),
        ("SELECT a FROM `d.events_*`", "wildcard"),
        ("SELECT a FROM project.d.t", "project"),
        ("SELECT a FROM d.INFORMATION_SCHEMA.TABLES", "INFORMATION_SCHEMA"),
        ("SELECT a FROM d.t FOR SYSTEM_TIME AS OF @as_of", "FOR SYSTEM_TIME"),
        ("SELECT 1; SELECT 2", "script"),
        ("SELECT a FROM d.t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY a) = 1", "QUALIFY"),
        ("SELECT x.a FROM d.t AS x JOIN d.t AS y ON x.a = y.a", "read 2 times"),
    ],
)
def test_a_statement_that_is_not_portable_is_refused(sql: str, named: str) -> None:
    assert any(named in sentence for sentence in problems(sql, "gap.sql"))


@pytest.mark.parametrize(
    "where",
    [
        "",
        "WHERE x.game_id = 'a'",
        "WHERE x.game_date >= @first",
        "WHERE x.game_date BETWEEN @first AND @last OR x.game_id = 'a'",
        "WHERE x.game_date BETWEEN @last AND @first",
        "WHERE x.game_date BETWEEN x.game_date AND @last",
        "WHERE x.game_date BETWEEN DATE '2026-01-01' AND DATE '2026-01-02'",
        "WHERE y.game_date BETWEEN @first AND @last",
    ],
)
def test_a_partitioned_table_without_its_partitions_bounded_is_refused(where: str) -> None:
    said = problems(f"SELECT x.game_id FROM nba_raw.nbac_schedule AS x {where}", "gap.sql")
    assert said == (
        "gap.sql: nba_raw.nbac_schedule is read without game_date BETWEEN @first AND @last, or a widened form of it",
    )


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("nba_raw.nbac_schedule", "x.game_date BETWEEN @first AND @last"),
        ("nba_raw.nbac_schedule", "x.game_id = 'a' AND x.game_date BETWEEN @first AND @last AND TRUE"),
        ("nba_raw.nbac_schedule", "x.game_date BETWEEN CAST(DATE_SUB(@first, INTERVAL 3 DAY) AS DATE) AND @last"),
        ("nba_orchestration.workflow_decisions", "DATE(x.decision_time) BETWEEN @first AND @last"),
        ("nba_orchestration.circuit_breaker_state", "x.state = 'OPEN'"),
    ],
)
def test_a_partitioned_table_with_its_partitions_bounded_is_let_through(table: str, where: str) -> None:
    assert problems(f"SELECT x.a FROM {table} AS x WHERE {where}", "gap.sql") == ()


def test_a_query_of_another_shape_than_its_fact_is_refused() -> None:
    sql = fact_source(EXECUTIONS)
    swapped = sql.replace("x.status AS status", "x.status")
    unordered = sql[: sql.index("ORDER BY")]
    elsewhere = sql.replace("workflow_executions", "circuit_breaker_state")
    timeless = sql.replace("x.execution_time <= @as_of", "TRUE")
    said = [" ".join(lint(EXECUTIONS, text)) for text in (swapped, unordered, elsewhere, timeless)]
    wanted = ("the columns must be execution_id,", "ORDER BY", "the tables read must be", "@as_of must hide")
    assert all(words in sentence for words, sentence in zip(wanted, said, strict=True)), said
