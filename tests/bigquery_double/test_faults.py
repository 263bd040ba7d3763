"""What can go wrong on the way to BigQuery goes wrong on request, and the client sees it as it would see the real thing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import requests
from google.api_core.exceptions import GoogleAPICallError, ServiceUnavailable
from google.api_core.retry import Retry
from google.auth.credentials import Credentials
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY

from tests.bigquery_double import (
    BigQueryDouble,
    ChangedType,
    Delay,
    Dribble,
    EndlessPages,
    Fails,
    Html,
    ResetAfter,
    ResetBefore,
    Silence,
    Status,
    StillRunning,
    Truncated,
)

QUEUE = "nba_orchestration.failed_processor_queue"
JSON_ROWS = bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=False)
QUICK = Retry(predicate=DEFAULT_RETRY._predicate, initial=0.01, maximum=0.01, timeout=0.1)
NEVER: Any = None  # the client's annotations leave out that None means no retry


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble() as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


def ask(
    client: bigquery.Client, sql: str = "SELECT 1 AS one", *, retry: Any = NEVER, seconds: float = 5.0
) -> list[Any]:
    rows = client.query_and_wait(sql, retry=retry, job_retry=NEVER, api_timeout=seconds)
    return [row.values() for row in rows]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status(403), "accessDenied"),
        (Status(403, "quotaExceeded"), "quotaExceeded"),
        (Status(403, "rateLimitExceeded"), "rateLimitExceeded"),
        (Status(404), "notFound"),
        (Status(409), "duplicate"),
        (Status(429), "rateLimitExceeded"),
        (Status(500), "internalError"),
        (Status(502), "badGateway"),
        (Status(503), "backendError"),
        (Status(504), "deadlineExceeded"),
    ],
    ids=lambda value: f"{value.code} {value.reason}" if isinstance(value, Status) else "",
)
def test_a_status_is_what_the_client_raises_once(
    double: BigQueryDouble, client: bigquery.Client, status: Status, reason: str
) -> None:
    double.inject(status)
    with pytest.raises(GoogleAPICallError) as refused:
        ask(client)
    assert (refused.value.code, refused.value.errors[0]["reason"]) == (status.code, reason)
    assert ask(client) == [(1,)]
    assert len(double.queries) == 1


class Token(Credentials):
    def refresh(self, request: object) -> None:
        self.token = f"token-{int((self.token or 'token-0')[-1]) + 1}"


def test_an_expired_token_is_refreshed(double: BigQueryDouble) -> None:
    client = double.client(credentials=Token())  # type: ignore[no-untyped-call]  # its base declares none
    double.inject(Status(401))
    assert ask(client) == [(1,)]
    assert [request.headers["authorization"] for request in double.requests] == ["Bearer token-1", "Bearer token-2"]
    double.inject(Status(401), times=None)
    with pytest.raises(GoogleAPICallError) as refused:
        ask(client)
    assert refused.value.code == 401


def test_a_status_can_last_for_ever(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Status(503), times=None)
    with pytest.raises(Exception, match=r"Timeout of 0\.1s exceeded") as refused:
        ask(client, retry=QUICK)
    assert isinstance(refused.value.__cause__, ServiceUnavailable)
    assert len(double.requests) > 2
    double.heal()
    assert ask(client) == [(1,)]


def test_the_clients_own_retry_survives_a_status_that_passes(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Status(503), times=2)
    assert ask(client, retry=QUICK.with_timeout(5)) == [(1,)]
    assert len({request.json["requestId"] for request in double.requests}) == 1


@pytest.mark.parametrize(("code", "raised"), [(200, ValueError), (502, GoogleAPICallError)])
def test_a_web_page_can_come_instead_of_json(
    double: BigQueryDouble, client: bigquery.Client, code: int, raised: type[Exception]
) -> None:
    double.inject(Html(code))
    with pytest.raises(raised):
        ask(client)


def test_an_answer_can_be_cut_in_half(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Truncated())
    with pytest.raises(json.JSONDecodeError):
        ask(client)
    assert len(double.queries) == 1


@pytest.mark.parametrize(("fault", "executed"), [(ResetBefore(), 0), (ResetAfter(), 1)])
def test_a_connection_can_be_reset_before_and_after_the_work(
    double: BigQueryDouble, client: bigquery.Client, fault: ResetBefore | ResetAfter, executed: int
) -> None:
    double.inject(fault)
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(client)
    assert (len(double.requests), len(double.queries)) == (1, executed)


def test_a_closed_double_refuses_connections() -> None:
    with BigQueryDouble() as double:
        client = double.client()
        url = double.url
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=5)
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(client)


def test_a_server_can_be_silent(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Silence())
    with pytest.raises(requests.exceptions.ReadTimeout):
        ask(client, seconds=0.1)
    assert (len(double.requests), len(double.queries)) == (1, 0)


def test_a_silent_connection_is_dropped_when_it_is_released(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Silence())
    failures: list[Exception] = []

    def wait() -> None:
        try:
            ask(client)
        except requests.exceptions.ConnectionError as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not double.requests:
        time.sleep(0.001)
    while not failures:
        double.release()
    waiting.join()
    assert len(failures) == 1


def ask_in_vain(client: bigquery.Client) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(client)


def test_closing_waits_for_nobody() -> None:
    with BigQueryDouble() as double:
        client = double.client()
        double.inject(Silence(), times=None)
        waiting = threading.Thread(target=ask_in_vain, args=(client,))
        waiting.start()
        while not double.requests:
            time.sleep(0.001)
        began = time.monotonic()
    assert time.monotonic() - began < 10  # on a busy machine; who waits for the client waits a minute
    waiting.join()


def test_an_answer_can_come_byte_by_byte(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Dribble(seconds_per_byte=1.0), nth=2)
    double.inject(Dribble(seconds_per_byte=0.0))
    assert ask(client) == [(1,)]
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(client, seconds=0.1)


def test_a_dribble_outlasts_the_clients_own_timeout(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Dribble(seconds_per_byte=0.001))
    began = time.monotonic()
    assert ask(client, seconds=0.2) == [(1,)]
    assert time.monotonic() - began > 0.2


def test_every_request_can_be_late(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Delay(0.05), times=None)
    double.inject(Status(404), nth=2)
    began = time.monotonic()
    assert ask(client) == [(1,)]
    with pytest.raises(GoogleAPICallError):
        ask(client)
    assert time.monotonic() - began > 0.1


@pytest.mark.parametrize("mode", ["JOB_CREATION_REQUIRED", "JOB_CREATION_OPTIONAL"])
def test_pages_can_follow_each_other_for_ever(double: BigQueryDouble, mode: str) -> None:
    double.inject(EndlessPages(), times=None)
    client = double.client(default_job_creation_mode=mode)
    rows = client.query_and_wait("SELECT 1 AS one", retry=NEVER, job_retry=NEVER)
    assert [row.one for row in islice(rows, 12)] == [1] * 12
    assert len(double.requests) > 12


def test_a_column_can_have_another_type(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(ChangedType("one", "STRING"))
    assert ask(client) == [("1",)]
    double.inject(ChangedType("one", "TIMESTAMP", value="soon"))
    with pytest.raises(ValueError, match="soon"):
        ask(client)
    double.inject(ChangedType("status", "INTEGER"))
    changed = {field.name: field.field_type for field in client.get_table(QUEUE).schema}
    assert (changed["status"], changed["phase"]) == ("INTEGER", "STRING")


def test_a_job_can_run_until_it_is_released(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(StillRunning())
    job = client.query("SELECT 1 AS one")
    assert not job.done()
    double.release()
    assert [row.one for row in job.result()] == [1]


def test_an_unfinished_query_is_cancelled_by_the_client_that_gives_up() -> None:
    with BigQueryDouble(longest_wait_seconds=0.05) as double:
        give_up(double, double.client())


def give_up(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(StillRunning())
    with pytest.raises(TimeoutError):
        client.query_and_wait("SELECT 1", retry=NEVER, job_retry=NEVER, wait_timeout=0.1)
    assert len(double.cancelled) == 1
    assert double.queries == ()


def test_a_job_can_fail_after_it_was_accepted(double: BigQueryDouble, client: bigquery.Client) -> None:
    says = "Could not serialize access to table due to concurrent update"
    double.inject(Fails("invalidQuery", says), path="/jobs$|/queries$", times=3)
    job = client.query("SELECT 1", job_id="late", job_retry=NEVER)
    assert (job.error_result or {})["reason"] == "invalidQuery"
    load = client.load_table_from_json([], QUEUE, job_config=JSON_ROWS)
    for refused in (job.result, load.result, lambda: ask(client)):
        with pytest.raises(GoogleAPICallError, match=says):
            refused()
    assert [query.error for query in double.queries] == ["invalidQuery", "invalidQuery"]


def test_a_fault_strikes_the_requests_it_is_meant_for(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(Status(404), sql="circuit_breaker", nth=2, times=1)
    double.inject(Status(500), method="GET", path=r"/tables/failed_\w+$")
    breakers = "SELECT state FROM nba_orchestration.circuit_breaker_state"
    assert ask(client, breakers) == []
    assert ask(client) == [(1,)]
    with pytest.raises(GoogleAPICallError, match="notFound"):
        ask(client, breakers)
    assert ask(client, breakers) == []
    client.get_table("nba_orchestration.circuit_breaker_state")
    with pytest.raises(GoogleAPICallError, match="internalError"):
        client.get_table(QUEUE, retry=NEVER)


def test_an_upload_can_fail_and_be_found_out_by_its_job_id(double: BigQueryDouble, client: bigquery.Client) -> None:
    double.inject(ResetAfter(), path="/upload/")
    rows = [{"id": "q", "game_date": "2026-01-24"}]
    with pytest.raises(requests.exceptions.ConnectionError):
        client.load_table_from_json(rows, QUEUE, job_id="batch", job_config=JSON_ROWS, num_retries=0)
    assert client.get_job("batch").state == "DONE"
    assert double.run(f"SELECT COUNT(*) FROM {QUEUE}") == [(1,)]
