"""GoogleSQL means to the double what it means to BigQuery, wrong GoogleSQL too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from google.api_core.exceptions import BadRequest, MethodNotImplemented, NotFound
from google.cloud import bigquery
from google.cloud.bigquery import ArrayQueryParameter, QueryJobConfig, ScalarQueryParameter, StructQueryParameter

from tests.bigquery_double import BigQueryDouble

QUEUE = "nba_orchestration.failed_processor_queue"
NOW = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)
DAY = QueryJobConfig(query_parameters=[ScalarQueryParameter("day", "DATE", date(2026, 1, 24))])


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("TIMESTAMP_DIFF(TIMESTAMP '2026-01-24 13:58:30+00', TIMESTAMP '2026-01-24 13:00:00+00', MINUTE)", 58),
        ("TIMESTAMP_DIFF(TIMESTAMP '2026-01-24 13:00:00+00', TIMESTAMP '2026-01-24 13:58:30+00', MINUTE)", -58),
        ("(SELECT COUNTIF(x > 1) FROM UNNEST(CAST([] AS ARRAY<INT64>)) AS x)", 0),
        ("DATE_ADD(DATE '2026-01-24', INTERVAL 1 DAY)", date(2026, 1, 25)),
        ("CAST('1.123456789' AS NUMERIC)", Decimal("1.123456789")),
        ("0.1", 0.1),
        ("7 / 2", 3.5),
        ("CURRENT_TIMESTAMP()", NOW),
        ("CURRENT_DATE()", date(2026, 1, 26)),
        ("CURRENT_DATE('America/New_York')", date(2026, 1, 25)),
    ],
)
def test_an_expression_has_bigquerys_value(client: bigquery.Client, expression: str, value: object) -> None:
    [row] = client.query_and_wait(f"SELECT {expression} AS value")
    assert row.value == value
    assert type(row.value) is type(value)


def test_an_array_of_structs_is_a_table(double: BigQueryDouble, client: bigquery.Client) -> None:
    def given(name: str, tries: int) -> StructQueryParameter:
        return StructQueryParameter(
            None, ScalarQueryParameter("id", "STRING", name), ScalarQueryParameter("tries", "INT64", tries)
        )

    rows = ArrayQueryParameter("rows", "RECORD", [given("a", 1), given("b", 2)])
    config = QueryJobConfig(query_parameters=[rows, ScalarQueryParameter("day", "DATE", date(2026, 1, 24))])
    client.query_and_wait(
        f"INSERT INTO {QUEUE} (id, game_date, retry_count) SELECT r.id, @day, r.tries FROM UNNEST(@rows) AS r",
        job_config=config,
    )
    assert double.run(f"SELECT id, retry_count FROM {QUEUE} ORDER BY id") == [("a", 1), ("b", 2)]


def test_a_project_may_stand_before_a_table(double: BigQueryDouble, client: bigquery.Client) -> None:
    client.query_and_wait(f"SELECT id FROM `{double.project}.{QUEUE}`")
    client.query_and_wait(f"SELECT id FROM `{double.project}`.{QUEUE}")
    with pytest.raises(NotFound, match="Not found: Table another:nba_orchestration"):
        client.query_and_wait(f"SELECT id FROM `another`.{QUEUE}")


def test_a_default_dataset_stands_in_for_a_missing_one(double: BigQueryDouble, client: bigquery.Client) -> None:
    config = QueryJobConfig(default_dataset=f"{double.project}.nba_orchestration")
    client.query_and_wait("SELECT id FROM failed_processor_queue", job_config=config)
    with pytest.raises(BadRequest, match="must be qualified with a dataset"):
        client.query_and_wait("SELECT id FROM failed_processor_queue")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT nothing FROM " + QUEUE, r"Unrecognized name: nothing at \[1:8\]"),
        (f"SELECT q.id,\n  q.nothing FROM {QUEUE} AS q", r"Name nothing not found inside q at \[2:5\]"),
        (f"UPDATE {QUEUE} SET nothing = 1 WHERE TRUE", "Unrecognized name: nothing"),
        (f"INSERT INTO {QUEUE} (nothing) VALUES (1)", f"Column nothing is not present in table .*{QUEUE}"),
        (f"INSERT INTO {QUEUE} (id, game_date) VALUES (NULL, @day)", "Required field id cannot be null"),
        (f"DELETE FROM {QUEUE}", "DELETE must have a WHERE clause"),
        ("SELECT @other", "Query parameter 'other' not found"),
        ("SELECT 1 / 0", "division by zero: 1 / 0"),
        ("SELECT FROM WHERE", "Syntax error"),
        ("SELECT NOWHERE(1)", "Function not found: NOWHERE"),
    ],
)
def test_a_wrong_query_is_refused_in_bigquerys_words(client: bigquery.Client, sql: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as refused:
        client.query_and_wait(sql, job_config=DAY)
    assert refused.value.errors[0]["reason"] == "invalidQuery"


INTO_JSON = (
    f"MERGE {QUEUE} AS t USING (SELECT 'n' AS id) AS s ON FALSE"
    " WHEN NOT MATCHED THEN INSERT (id, game_date, metadata) VALUES (s.id, @day, s.id)"
)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (f"UPDATE {QUEUE} SET metadata = '{{}}' WHERE TRUE", "STRING cannot be assigned to metadata, .* type JSON"),
        (f"UPDATE {QUEUE} SET status = retry_count WHERE TRUE", "INT64 cannot be assigned to status, .* type STRING"),
        (INTO_JSON, "Value has type STRING which cannot be inserted into column metadata, .* type JSON"),
        (
            f"INSERT INTO {QUEUE} (id, game_date, retry_count) SELECT 'n', @day, 1.5",
            "Query column 3 has type FLOAT64 which cannot be inserted into column retry_count, .* type INT64",
        ),
        (
            f"INSERT INTO {QUEUE} (id, game_date, updated_at) VALUES ('n', @day, 'x' || 'y')",
            "Value has type STRING which cannot be inserted into column updated_at, .* type TIMESTAMP",
        ),
    ],
)
def test_a_value_does_not_go_into_a_column_of_another_type(client: bigquery.Client, sql: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        client.query_and_wait(sql, job_config=DAY)


def test_a_value_of_a_fitting_type_goes_in(double: BigQueryDouble, client: bigquery.Client) -> None:
    client.query_and_wait(
        f"INSERT INTO {QUEUE} (id, game_date, metadata, updated_at, retry_count)"
        """ VALUES ('n', '2026-01-24', PARSE_JSON('{"game_key": "LAL@DAL"}'), '2026-01-24 12:00:00+00', NULL)"""
    )
    assert double.run(f"SELECT metadata ->> 'game_key', retry_count FROM {QUEUE}") == [("LAL@DAL", None)]


@pytest.mark.parametrize(
    ("table", "says"),
    [("nba_raw.nothing", "Not found: Table .*:nba_raw.nothing"), ("nowhere.nothing", "Not found: Dataset .*:nowhere")],
)
def test_a_table_that_is_not_there_is_not_found(client: bigquery.Client, table: str, says: str) -> None:
    with pytest.raises(NotFound, match=f"{says} was not found in location US") as refused:
        client.query_and_wait(f"SELECT 1 FROM {table}")
    assert refused.value.errors[0]["reason"] == "notFound"
    with pytest.raises(NotFound, match=says):
        client.get_table(table)


def test_a_table_can_be_an_older_one(double: BigQueryDouble, client: bigquery.Client) -> None:
    client.query_and_wait(f"SELECT q.metadata FROM {QUEUE} AS q")
    double.run(f"ALTER TABLE {QUEUE} DROP COLUMN metadata")
    assert "metadata" not in [field.name for field in client.get_table(QUEUE).schema]
    with pytest.raises(BadRequest, match="Name metadata not found inside q"):
        client.query_and_wait(f"SELECT q.metadata FROM {QUEUE} AS q")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT [1][OFFSET(0)]",
        f"SELECT 1 FROM {QUEUE} FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01'",
        "SELECT column_name FROM nba_raw.INFORMATION_SCHEMA.COLUMNS",
        "SELECT 1; SELECT 2",
        f"DROP TABLE {QUEUE}",
    ],
)
def test_what_the_double_cannot_answer_like_bigquery_it_does_not_answer(client: bigquery.Client, sql: str) -> None:
    with pytest.raises(MethodNotImplemented, match="the BigQuery double does not answer this"):
        client.query_and_wait(sql)
