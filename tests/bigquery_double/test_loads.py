"""Rows are loaded into the double as into BigQuery: in one request or in pieces, all of them or none."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, Conflict
from google.cloud import bigquery
from google.cloud.bigquery import LoadJobConfig

from tests.bigquery_double import BigQueryDouble

CONFLICTS = "nba_orchestration.streaming_conflict_log"
NOW = datetime(2026, 1, 26, 18, 30, tzinfo=UTC)
JSON_ROWS = LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=False)


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


def test_rows_are_loaded_in_one_request(double: BigQueryDouble, client: bigquery.Client) -> None:
    rows = [
        {"conflict_id": "a", "timestamp": "2026-01-24T12:00:00Z", "details": {"game": "LAL@DAL"}, "resolved": False},
        {"conflict_id": "b", "timestamp": NOW.timestamp(), "retry_count": 3},
    ]
    job = client.load_table_from_json(rows, CONFLICTS, job_id="batch-1", job_config=JSON_ROWS)
    job.result()
    assert (job.output_rows, double.loads[0].table, double.loads[0].job_id) == (2, CONFLICTS, "batch-1")
    with pytest.raises(Conflict):
        client.load_table_from_json(rows, CONFLICTS, job_id="batch-1", job_config=JSON_ROWS)
    found = client.query_and_wait(
        f"SELECT JSON_VALUE(details, '$.game') AS game, timestamp FROM {CONFLICTS} ORDER BY conflict_id"
    )
    assert [item.values() for item in found] == [("LAL@DAL", datetime(2026, 1, 24, 12, tzinfo=UTC)), (None, NOW)]


def test_rows_are_loaded_in_pieces(double: BigQueryDouble, client: bigquery.Client) -> None:
    line = json.dumps({"conflict_id": "a", "timestamp": "2026-01-24 12:00:00 UTC"}).encode()
    job = client.load_table_from_file(io.BytesIO(b"\n".join([line] * 3)), CONFLICTS, job_config=JSON_ROWS)
    job.result()
    assert job.output_rows == 3
    assert [request.method for request in double.requests if request.path.startswith("/upload")] == ["POST", "PUT"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"conflict_id": "a", "timestamp": "soon"}, "Could not convert value"),
        ({"conflict_id": "a"}, "Missing required field: timestamp"),
        ({"conflict_id": "a", "timestamp": 0, "colour": "red"}, "no such field: colour"),
    ],
)
def test_a_load_job_with_a_bad_row_loads_nothing(client: bigquery.Client, bad: dict[str, Any], says: str) -> None:
    good = {"conflict_id": "a", "timestamp": 0}
    with pytest.raises(BadRequest, match=says):
        client.load_table_from_json([good, bad], CONFLICTS, job_config=JSON_ROWS).result()
    assert client.get_table(CONFLICTS).num_rows == 0


def test_a_json_text_is_parsed_when_it_is_streamed_and_a_string_when_it_is_loaded(
    double: BigQueryDouble, client: bigquery.Client
) -> None:
    text = json.dumps({"game": "LAL@DAL"})
    client.load_table_from_json(
        [{"conflict_id": "loaded", "timestamp": 0, "details": text}], CONFLICTS, job_config=JSON_ROWS
    ).result()
    client.insert_rows_json(CONFLICTS, [{"conflict_id": "streamed", "timestamp": 0, "details": text}])
    found = double.run(f"SELECT conflict_id, details ->> 'game' FROM {CONFLICTS} ORDER BY conflict_id")
    assert found == [("loaded", None), ("streamed", "LAL@DAL")]


def test_a_null_that_is_loaded_into_json_is_not_the_same_as_nothing(client: bigquery.Client) -> None:
    rows = [{"conflict_id": "a", "timestamp": 0, "details": None}, {"conflict_id": "b", "timestamp": 0}]
    client.load_table_from_json(rows, CONFLICTS, job_config=JSON_ROWS).result()
    found = client.query_and_wait(f"SELECT conflict_id FROM {CONFLICTS} WHERE details IS NULL")
    assert [row.conflict_id for row in found] == ["b"]


def test_a_load_job_says_what_becomes_of_what_was_there(double: BigQueryDouble, client: bigquery.Client) -> None:
    def load(disposition: str) -> None:
        config = LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=False)
        config.write_disposition = disposition
        client.load_table_from_json([{"conflict_id": "new", "timestamp": 0}], CONFLICTS, job_config=config).result()

    double.add_rows(CONFLICTS, [{"conflict_id": "old", "timestamp": NOW}])
    with pytest.raises(Conflict):
        load("WRITE_EMPTY")
    load("WRITE_APPEND")
    assert double.run(f"SELECT COUNT(*) FROM {CONFLICTS}") == [(2,)]
    load("WRITE_TRUNCATE")
    assert double.run(f"SELECT conflict_id FROM {CONFLICTS}") == [("new",)]
