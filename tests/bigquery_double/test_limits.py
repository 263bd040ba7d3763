"""The double refuses what BigQuery refuses: filters, budgets, buffers, quotas and permissions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from google.api_core.exceptions import BadRequest, Forbidden, InternalServerError, NotFound
from google.cloud import bigquery
from google.cloud.bigquery import LoadJobConfig, QueryJobConfig, ScalarQueryParameter

from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock

QUEUE = "nba_orchestration.failed_processor_queue"
CONFLICTS = "nba_orchestration.streaming_conflict_log"
SCHEDULE = "nba_raw.nbac_schedule"
MEGABYTE = 1 << 20
DAY = QueryJobConfig(query_parameters=[ScalarQueryParameter("day", "DATE", date(2026, 1, 24))])
STREAMED = {"id": "s", "game_date": "2026-01-24"}
JSON_ROWS = LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=False)


def reason(refused: pytest.ExceptionInfo[BadRequest | Forbidden | InternalServerError | NotFound]) -> str:
    return str(refused.value.errors[0]["reason"])


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT game_id FROM {SCHEDULE}",
        f"SELECT game_id FROM {SCHEDULE} WHERE game_status = 3",
        f"SELECT game_id FROM {SCHEDULE} WHERE game_date = @day OR game_status = 3",
        f"SELECT game_id FROM {SCHEDULE} WHERE NOT game_date = @day",
        f"SELECT s.game_id FROM {SCHEDULE} AS s JOIN {QUEUE} AS q ON s.game_date = q.game_date",
        f"SELECT game_id FROM (SELECT game_id, game_date FROM {SCHEDULE} LIMIT 5) WHERE game_date = @day",
        f"WITH s AS (SELECT * FROM {SCHEDULE}) SELECT a.game_id FROM s AS a JOIN s AS b USING (game_id) WHERE a.game_date = @day",
        f"SELECT id FROM {QUEUE} WHERE id IN (SELECT game_id FROM {SCHEDULE})",
        f"UPDATE {SCHEDULE} SET game_status = 3 WHERE game_id = 'x'",
    ],
)
def test_a_table_that_demands_a_partition_filter_is_not_read_without(client: bigquery.Client, sql: str) -> None:
    with pytest.raises(
        BadRequest, match=r"Cannot query over table '.*nbac_schedule' without a filter over column\(s\) 'game_date'"
    ) as refused:
        client.query_and_wait(sql, job_config=DAY)
    assert reason(refused) == "invalidQuery"


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT game_id FROM {SCHEDULE} WHERE game_date = @day AND game_status = 3",
        f"SELECT game_id FROM {SCHEDULE} AS s WHERE s.game_date BETWEEN CAST(DATE_SUB(@day, INTERVAL 3 DAY) AS DATE) AND @day",
        f"SELECT game_id FROM {SCHEDULE} WHERE (game_date = @day OR game_date IN ('2026-01-20')) AND game_status = 3",
        f"SELECT d FROM (SELECT game_date AS d FROM {SCHEDULE}) AS s WHERE s.d >= @day",
        f"WITH s AS (SELECT * FROM {SCHEDULE}) SELECT game_id FROM s WHERE game_date = @day",
        f"SELECT s.game_id FROM {QUEUE} AS q JOIN {SCHEDULE} AS s ON s.game_date = @day AND s.game_id = q.id",
        "SELECT * FROM nba_raw.v_nbac_schedule_latest",
        f"UPDATE {SCHEDULE} SET game_status = 3 WHERE game_date = @day",
    ],
)
def test_a_filter_by_constants_on_the_partition_column_is_enough(client: bigquery.Client, sql: str) -> None:
    client.query_and_wait(sql, job_config=DAY)


def test_each_table_is_billed_ten_megabytes_at_least(double: BigQueryDouble, client: bigquery.Client) -> None:
    sql = f"SELECT q.id FROM {QUEUE} AS q JOIN {CONFLICTS} AS c ON c.game_date = q.game_date"
    client.query_and_wait(sql, job_config=QueryJobConfig(maximum_bytes_billed=20 * MEGABYTE))
    with pytest.raises(BadRequest, match="Query exceeded limit for bytes billed: 20971519") as refused:
        client.query_and_wait(
            sql, job_config=QueryJobConfig(maximum_bytes_billed=20 * MEGABYTE - 1, use_query_cache=False)
        )
    assert (reason(refused), double.billed) == ("bytesBilledLimitExceeded", 20 * MEGABYTE)


def test_as_a_job_an_unaffordable_query_fails_with_the_clients_own_status(client: bigquery.Client) -> None:
    job = client.query(f"SELECT id FROM {QUEUE}", job_config=QueryJobConfig(maximum_bytes_billed=1))
    with pytest.raises(InternalServerError) as refused:
        job.result(job_retry=None)
    assert reason(refused) == "bytesBilledLimitExceeded"


def test_only_the_partitions_asked_for_are_read(double: BigQueryDouble, client: bigquery.Client) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(20)]
    double.add_rows(SCHEDULE, [{"game_id": "0022500648", "game_date": day, "game_status": 3} for day in days])
    client.query_and_wait(f"SELECT game_status FROM {SCHEDULE} WHERE game_date = '2026-01-05'")
    assert double.queries[-1].bytes_processed == 8 + 8
    client.query_and_wait(f"SELECT game_status FROM {SCHEDULE} WHERE game_date >= '2026-01-01'")
    assert double.queries[-1].bytes_processed == 20 * (8 + 8)


def test_the_same_question_is_free_until_a_table_changes(
    double: BigQueryDouble, client: bigquery.Client, clock: HandClock
) -> None:
    def ask() -> bool:
        client.query_and_wait(f"SELECT id FROM {QUEUE} WHERE game_date = @day", job_config=DAY)
        return double.queries[-1].is_cache_hit

    assert [ask(), ask()] == [False, True]
    double.add_rows(QUEUE, [{"id": "q", "game_date": date(2026, 1, 24)}])
    assert [ask(), ask()] == [False, True]
    clock.now += timedelta(hours=25)
    assert [ask(), ask()] == [False, True]
    client.insert_rows_json(QUEUE, [STREAMED])
    assert [ask(), ask()] == [False, False]


DELETES = f"MERGE {QUEUE} AS t USING (SELECT 's' AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE"
INSERTS = (
    f"MERGE {QUEUE} AS t USING (SELECT 'n' AS id) AS s ON t.id = s.id"
    " WHEN NOT MATCHED THEN INSERT (id, game_date) VALUES (s.id, @day)"
)


@pytest.mark.parametrize(
    "sql", [f"UPDATE {QUEUE} SET status = 'x' WHERE TRUE", f"DELETE FROM {QUEUE} WHERE id = 's'", DELETES]
)
def test_rows_in_the_streaming_buffer_cannot_be_changed_for_90_minutes(
    double: BigQueryDouble, client: bigquery.Client, clock: HandClock, sql: str
) -> None:
    assert client.insert_rows_json(QUEUE, [STREAMED]) == []
    clock.now += timedelta(minutes=89)
    says = f"UPDATE or DELETE statement over table {double.project}.{QUEUE} would affect rows in the streaming buffer"
    with pytest.raises(BadRequest, match=says) as refused:
        client.query_and_wait(sql)
    assert reason(refused) == "invalidQuery"
    clock.now += timedelta(minutes=1)
    assert client.query_and_wait(sql).num_dml_affected_rows == 1


@pytest.mark.parametrize("sql", [f"INSERT INTO {QUEUE} (id, game_date) VALUES ('n', @day)", INSERTS])
def test_rows_are_added_beside_the_streaming_buffer(client: bigquery.Client, sql: str) -> None:
    client.insert_rows_json(QUEUE, [STREAMED])
    assert client.query_and_wait(sql, job_config=DAY).num_dml_affected_rows == 1


def test_a_table_tells_of_its_streaming_buffer(client: bigquery.Client, clock: HandClock) -> None:
    began = clock.now
    client.insert_rows_json(QUEUE, [STREAMED])
    clock.now += timedelta(minutes=10)
    client.insert_rows_json(QUEUE, [STREAMED, STREAMED])
    table = client.get_table(QUEUE)
    assert table.streaming_buffer is not None
    assert (table.streaming_buffer.estimated_rows, table.streaming_buffer.oldest_entry_time) == (3, began)
    assert table.num_rows == 0
    clock.now += timedelta(minutes=90)
    settled = client.get_table(QUEUE)
    assert (settled.streaming_buffer, settled.num_rows) == (None, 3)


def test_loaded_rows_pass_the_streaming_buffer_by(client: bigquery.Client) -> None:
    client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS).result()
    assert client.query_and_wait(f"DELETE FROM {QUEUE} WHERE id = 's'").num_dml_affected_rows == 1


def test_streamed_rows_are_taken_all_or_none(client: bigquery.Client) -> None:
    [error] = client.insert_rows_json(QUEUE, [STREAMED, {"id": "t"}])
    assert (error["index"], error["errors"][0]["reason"]) == (1, "invalid")
    assert client.get_table(QUEUE).streaming_buffer is None


def test_a_table_takes_1500_load_jobs_a_day(double: BigQueryDouble, client: bigquery.Client, clock: HandClock) -> None:
    double.use_load_quota(QUEUE, 1_499)
    client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS).result()
    with pytest.raises(Forbidden, match="exceeded quota for imports or query appends per table") as refused:
        client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS).result()
    assert (reason(refused), double.loads[-1].error) == ("quotaExceeded", "quotaExceeded")
    client.load_table_from_json([{"conflict_id": "c", "timestamp": 0}], CONFLICTS, job_config=JSON_ROWS).result()
    clock.now += timedelta(days=1)
    client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS).result()


def test_failed_load_jobs_count_too(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.use_load_quota(QUEUE, 1_499)
    with pytest.raises(BadRequest):
        client.load_table_from_json([{"id": "no date"}], QUEUE, job_config=JSON_ROWS).result()
    with pytest.raises(Forbidden):
        client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS).result()


def test_a_query_in_another_location_finds_no_dataset(client: bigquery.Client) -> None:
    with pytest.raises(NotFound, match="was not found in location EU"):
        client.query_and_wait(f"SELECT 1 FROM {QUEUE}", location="EU")


def test_permissions_are_denied_by_dataset(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.deny("nba_raw")
    double.deny("nba_orchestration", "bigquery.tables.updateData")
    with pytest.raises(
        Forbidden, match=f"Access Denied: Table {double.project}:{SCHEDULE}: User does not have permission to query"
    ) as refused:
        client.query_and_wait(f"SELECT 1 FROM {SCHEDULE} WHERE game_date = @day", job_config=DAY)
    assert reason(refused) == "accessDenied"
    client.query_and_wait(f"SELECT 1 FROM {QUEUE}")
    with pytest.raises(Forbidden, match=r"Permission bigquery\.tables\.updateData denied on table"):
        client.query_and_wait(f"UPDATE {QUEUE} SET status = 'x' WHERE TRUE")
    with pytest.raises(Forbidden):
        client.load_table_from_json([STREAMED], QUEUE, job_config=JSON_ROWS)
    asked = ["bigquery.tables.getData", "bigquery.tables.updateData"]
    assert client.test_iam_permissions(QUEUE, asked) == {"permissions": asked[:1]}
    double.allow("nba_raw")
    client.query_and_wait(f"SELECT 1 FROM {SCHEDULE} WHERE game_date = @day", job_config=DAY)


def test_who_may_not_run_jobs_may_not_query(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.deny("", "bigquery.jobs.create")
    with pytest.raises(Forbidden, match=r"does not have bigquery\.jobs\.create permission in project"):
        client.query_and_wait("SELECT 1")
