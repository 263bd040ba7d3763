"""The BigQuery double answers the unmodified client as BigQuery does: each point of the REST surface."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from google.api_core.exceptions import Conflict, NotFound
from google.cloud import bigquery
from google.cloud.bigquery import ArrayQueryParameter, QueryJobConfig, ScalarQueryParameter

from tests.bigquery_double import BigQueryDouble, ResetAfter, StillRunning

QUEUE = "nba_orchestration.failed_processor_queue"
NOW = datetime(2026, 1, 26, 18, 30, tzinfo=UTC)


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


def row(number: int, **values: object) -> dict[str, object]:
    return {"id": f"q{number}", "game_date": date(2026, 1, 24), "phase": "phase_2", "status": "pending", **values}


def parameters(*given: Any) -> QueryJobConfig:
    return QueryJobConfig(query_parameters=list(given))


def test_every_type_comes_back_as_the_client_reads_it(client: bigquery.Client) -> None:
    [answer] = client.query_and_wait(
        "SELECT 7 AS i, 2.5 AS f, NUMERIC '1.50' AS n, TRUE AS b, 'x' AS s, DATE '2026-01-24' AS d,"
        " TIMESTAMP '2026-01-24 19:30:00.25-05:00' AS t, DATETIME '2026-01-24 19:30:00' AS dt, JSON '{\"a\": 1}' AS j,"
        " [1, 2] AS l, STRUCT('y' AS m, [TRUE] AS k) AS r, CAST(NULL AS STRING) AS nothing"
    )
    assert dict(answer) == {
        "i": 7,
        "f": 2.5,
        "n": Decimal("1.5"),
        "b": True,
        "s": "x",
        "d": date(2026, 1, 24),
        "t": datetime(2026, 1, 25, 0, 30, 0, 250_000, tzinfo=UTC),
        "dt": datetime(2026, 1, 24, 19, 30),  # noqa: DTZ001 - a DATETIME has no zone
        "j": {"a": 1},
        "l": [1, 2],
        "r": {"m": "y", "k": [True]},
        "nothing": None,
    }


def test_parameters_of_every_type_arrive_typed(double: BigQueryDouble, client: bigquery.Client) -> None:
    given = [
        ScalarQueryParameter("moment", "TIMESTAMP", NOW),
        ScalarQueryParameter("day", "DATE", date(2026, 1, 24)),
        ScalarQueryParameter("word", "STRING", "it's"),
        ScalarQueryParameter("whole", "INT64", 2**53 + 1),
        ScalarQueryParameter("real", "FLOAT64", 0.1),
        ScalarQueryParameter("flag", "BOOL", value=False),
        ScalarQueryParameter("missing", "INT64", None),
        ArrayQueryParameter("teams", "STRING", ["LAL", "DAL"]),
        ArrayQueryParameter("none", "DATE", []),
    ]
    sql = "SELECT @moment, @day, @word, @whole, @real, @flag, @missing, @teams, @none, 'LAL' IN UNNEST(@teams)"
    [answer] = client.query_and_wait(sql, job_config=parameters(*given))
    assert answer.values() == (
        NOW,
        date(2026, 1, 24),
        "it's",
        2**53 + 1,
        0.1,
        False,
        None,
        ["LAL", "DAL"],
        [],
        True,
    )
    assert list(answer.keys())[:2] == ["f0_", "f1_"]
    assert double.queries[-1].parameters["moment"] == NOW


def test_a_query_is_recorded_with_its_labels_limit_and_bytes(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.add_rows(QUEUE, [row(1)])
    config = QueryJobConfig(labels={"app": "courtside", "check": "queue"}, maximum_bytes_billed=10 << 20)
    client.query_and_wait(f"SELECT id, game_date FROM {QUEUE}", job_config=config)
    [query] = double.queries
    assert query.labels == {"app": "courtside", "check": "queue"}
    assert query.maximum_bytes_billed == 10 << 20
    assert query.tables == (QUEUE,)
    assert (query.bytes_processed, query.bytes_billed) == (4 + 8, 10 << 20)
    assert double.billed == 10 << 20
    assert [(request.method, request.path) for request in double.requests] == [
        ("POST", f"/bigquery/v2/projects/{double.project}/queries")
    ]


def test_a_long_answer_comes_in_pages(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.add_rows(QUEUE, [row(number) for number in range(7)])
    rows = client.query_and_wait(f"SELECT id FROM {QUEUE} ORDER BY id", page_size=3)
    assert rows.total_rows == 7
    assert [item.id for item in rows] == [f"q{number}" for number in range(7)]
    assert sum("pageToken" in request.arguments for request in double.requests) == 2


def test_an_answer_that_is_too_large_comes_in_pages_unasked() -> None:
    with BigQueryDouble(largest_page_rows=2) as double:
        double.add_rows(QUEUE, [row(number) for number in range(5)])
        for mode in ("JOB_CREATION_REQUIRED", "JOB_CREATION_OPTIONAL"):
            rows = double.client(default_job_creation_mode=mode).query_and_wait(f"SELECT id FROM {QUEUE}")
            assert len(list(rows)) == 5


def test_an_empty_answer_has_columns_and_no_rows(client: bigquery.Client) -> None:
    rows = client.query_and_wait(f"SELECT id, retry_count FROM {QUEUE}")
    assert (rows.total_rows, list(rows)) == (0, [])
    assert [(field.name, field.field_type) for field in rows.schema] == [("id", "STRING"), ("retry_count", "INTEGER")]


def test_a_short_query_need_not_have_a_job(double: BigQueryDouble) -> None:
    client = double.client(default_job_creation_mode="JOB_CREATION_OPTIONAL")
    rows = client.query_and_wait("SELECT 1 AS one")
    assert (rows.job_id, bool(rows.query_id), len(list(rows))) == (None, True, 1)


def test_a_dry_run_costs_nothing_and_says_what_the_query_would_read(
    double: BigQueryDouble, client: bigquery.Client
) -> None:
    double.add_rows(QUEUE, [row(1)])
    job = client.query(f"SELECT game_date FROM {QUEUE}", job_config=QueryJobConfig(dry_run=True))
    assert (job.total_bytes_processed, job.state, double.billed) == (8, "DONE", 0)
    assert [field.name for field in job.schema or ()] == ["game_date"]


def test_a_job_has_the_id_it_was_given_and_no_second_one_may_have_it(client: bigquery.Client) -> None:
    client.query("SELECT 1", job_id="mine", job_retry=None).result()
    with pytest.raises(Conflict, match="Already Exists: Job"):
        client.query("SELECT 1", job_id="mine", job_retry=None)
    assert client.get_job("mine").state == "DONE"
    with pytest.raises(NotFound):
        client.get_job("another")


def test_dml_says_how_many_rows_it_changed(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.add_rows(QUEUE, [row(1), row(2)])
    merge = f"""
        MERGE {QUEUE} AS t USING UNNEST(@ids) AS given ON t.id = given AND t.game_date = @day
        WHEN MATCHED THEN UPDATE SET t.status = 'retrying', updated_at = CURRENT_TIMESTAMP()
        WHEN NOT MATCHED THEN INSERT (id, game_date, status) VALUES (given, @day, 'pending')"""
    config = parameters(
        ArrayQueryParameter("ids", "STRING", ["q2", "q3", "q4"]), ScalarQueryParameter("day", "DATE", date(2026, 1, 24))
    )
    job = client.query(merge, job_config=config)
    job.result()
    assert job.num_dml_affected_rows == 3
    assert job.dml_stats is not None
    assert (job.dml_stats.inserted_row_count, job.dml_stats.updated_row_count) == (2, 1)
    changed = client.query_and_wait(f"UPDATE {QUEUE} SET status = 'x' WHERE id = 'q1'")
    assert changed.num_dml_affected_rows == 1
    gone = client.query(f"DELETE FROM {QUEUE} WHERE status = 'pending'")
    gone.result()
    assert gone.num_dml_affected_rows == 2
    rows = client.query_and_wait(f"SELECT id, status, updated_at FROM {QUEUE} ORDER BY id")
    assert [item.values() for item in rows] == [("q1", "x", None), ("q2", "retrying", NOW)]


def test_a_repeated_request_does_not_change_rows_again(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.add_rows(QUEUE, [row(1, retry_count=0)])
    double.inject(ResetAfter(), method="POST")
    client.query_and_wait(f"UPDATE {QUEUE} SET retry_count = retry_count + 1 WHERE TRUE")
    assert double.run(f"SELECT retry_count FROM {QUEUE}") == [(1,)]
    assert [len(double.requests), len(double.queries)] == [2, 1]


def test_a_running_job_can_be_cancelled_and_never_does_its_work(
    double: BigQueryDouble, client: bigquery.Client
) -> None:
    double.add_rows(QUEUE, [row(1)])
    double.inject(StillRunning())
    job = client.query(f"DELETE FROM {QUEUE} WHERE TRUE", job_id="slow", job_retry=None)
    assert job.state == "RUNNING"
    assert job.cancel()
    assert (job.state, job.error_result and job.error_result["reason"]) == ("DONE", "stopped")
    assert double.cancelled == ("slow",)
    assert double.run(f"SELECT COUNT(*) FROM {QUEUE}") == [(1,)]


def test_a_job_that_takes_its_time_is_waited_for(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(StillRunning(polls=1))
    assert [item.one for item in client.query_and_wait("SELECT 1 AS one")] == [1]
    assert len(double.requests) > 1


def test_a_table_is_described_with_types_modes_partitions_and_rows(
    double: BigQueryDouble, client: bigquery.Client
) -> None:
    double.add_rows(
        "nba_orchestration.workflow_decisions", [{"decision_id": "d", "decision_time": NOW, "workflow_name": "w"}]
    )
    table = client.get_table("nba_orchestration.workflow_decisions")
    described = {field.name: (field.field_type, field.mode) for field in table.schema}
    assert described["decision_time"] == ("TIMESTAMP", "REQUIRED")
    assert described["context"] == ("JSON", "NULLABLE")
    assert described["target_games"] == ("STRING", "REPEATED")
    assert table.time_partitioning is not None
    assert (table.time_partitioning.field, table.require_partition_filter) == ("decision_time", False)
    assert (table.num_rows, table.streaming_buffer, table.table_type) == (1, None, "TABLE")
    assert client.get_table("nba_raw.nbac_schedule").require_partition_filter
    view = client.get_table("nba_raw.v_game_id_mappings")
    assert (view.table_type, view.schema[0].name) == ("VIEW", "nba_game_id")


def test_datasets_can_have_a_prefix() -> None:
    with BigQueryDouble(clock=lambda: NOW, dataset_prefix="dev_") as double:
        double.add_rows(f"dev_{QUEUE}", [row(1)])
        client = double.client()
        assert [item.id for item in client.query_and_wait(f"SELECT id FROM dev_{QUEUE}")] == ["q1"]
        assert list(client.query_and_wait("SELECT * FROM dev_nba_raw.v_game_id_mappings")) == []
        assert client.get_table("dev_nba_raw.nbac_schedule").require_partition_filter
        with pytest.raises(NotFound, match="Dataset"):
            client.query_and_wait(f"SELECT id FROM {QUEUE}")


def test_a_view_asks_the_doubles_clock(double: BigQueryDouble, client: bigquery.Client) -> None:
    game = {"game_id": "0022500648", "season_year": 2025, "away_team_tricode": "LAL", "home_team_tricode": "DAL"}
    double.add_rows(
        "nba_raw.nbac_schedule", [{**game, "game_date": date(2026, 1, 24)}, {**game, "game_date": date(2025, 1, 24)}]
    )
    rows = client.query_and_wait("SELECT bdl_game_id FROM nba_raw.v_game_id_mappings")
    assert [item.bdl_game_id for item in rows] == ["20260124_LAL_DAL"]


def test_datasets_tables_and_views_can_be_made(double: BigQueryDouble, client: bigquery.Client) -> None:
    client.create_dataset("made")
    with pytest.raises(Conflict):
        client.create_dataset("made")
    fields = [
        bigquery.SchemaField("day", "DATE", mode="REQUIRED"),
        bigquery.SchemaField("names", "STRING", mode="REPEATED"),
    ]
    table = bigquery.Table(f"{double.project}.made.by_api", schema=fields)
    table.time_partitioning = bigquery.TimePartitioning(field="day")
    client.create_table(table)
    assert client.create_table(table, exists_ok=True).schema == fields
    client.query_and_wait(
        "CREATE TABLE IF NOT EXISTS made.by_sql (day DATE NOT NULL, note STRING, score NUMERIC)"
        " PARTITION BY day OPTIONS (require_partition_filter = TRUE)"
    )
    client.query_and_wait("CREATE VIEW made.seen AS SELECT note FROM made.by_sql WHERE day > '2026-01-01'")
    assert client.get_table("made.by_sql").require_partition_filter
    assert client.get_table("made.seen").table_type == "VIEW"
    assert list(client.query_and_wait("SELECT note FROM made.seen")) == []
    with pytest.raises(NotFound, match="Dataset"):
        client.get_dataset("nowhere")


def test_many_can_ask_at_once(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.add_rows(QUEUE, [row(number, retry_count=0) for number in range(4)])

    def raise_and_count(number: int) -> int:
        client.query_and_wait(f"UPDATE {QUEUE} SET retry_count = retry_count + 1 WHERE id = 'q{number % 4}'")
        return len(list(client.query_and_wait(f"SELECT id FROM {QUEUE}")))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(raise_and_count, range(16))) == [4] * 16
    assert double.run(f"SELECT SUM(retry_count) FROM {QUEUE}") == [(16,)]
    assert len(double.queries) == 32


def test_the_server_needs_no_closing_for_the_process_to_end() -> None:
    script = "import sys; from tests.bigquery_double import BigQueryDouble; BigQueryDouble().__enter__(); print('open')"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603 - our own script
    assert ended.stdout == "open\n"
