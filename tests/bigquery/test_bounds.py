"""Nothing hangs: whatever the other end does, a question returns or fails within its deadline, and its thread ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import google.cloud.bigquery  # noqa: F401 - half a second that is no question's
import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.fact import Window
from console.warehouse import clients
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.cost import Meter
from console.warehouse.bigquery.errors import StoppedError
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.transport import clamped
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.protocol import WarehouseError
from tests.bigquery.asking import STALL_SECONDS
from tests.bigquery.hostile import HEAD, Behaviour, answering, cutting, dripping, flooding, hostile, silent

WINDOW = Window(date(2026, 1, 23), date(2026, 1, 24))
AS_OF = datetime(2026, 1, 25, 12, tzinfo=UTC)
QUICK = Bounds(deadline=2.5, socket=0.8, first_answer=0.2, retry=0.3, answer_bytes=1 << 20)

Opener = Callable[[Behaviour, Bounds], BigQueryWarehouse]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Return a function that opens a warehouse on a hostile server."""
    servers = []

    def open_on(behave: Behaviour, bounds: Bounds) -> BigQueryWarehouse:
        server = hostile(behave)
        servers.append(server)
        monkeypatch.setenv(clients.EMULATOR, server.__enter__())
        return BigQueryWarehouse(BigQueryTarget("nba-prod"), bounds=bounds, meter=Meter())

    yield open_on
    for server in servers:
        server.__exit__(None, None, None)
    clients.close_clients()


def refusal(warehouse: BigQueryWarehouse) -> tuple[str, float]:
    """Return the sentence with which a load is refused, and after how many seconds."""
    started = time.monotonic()
    with pytest.raises(WarehouseError) as caught:
        warehouse.load(BREAKERS, WINDOW, AS_OF)
    return str(caught.value), time.monotonic() - started


def require_no_thread_left(warehouse: BigQueryWarehouse, seconds: float = STALL_SECONDS) -> None:
    warehouse._errands.join(seconds)
    assert warehouse._errands._under_way == set()


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (silent, "it accepted the question and then said nothing after"),
        (dripping(HEAD + b"\r\n"), "no answer to breakers within 2.5 s"),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), "no answer to breakers within 2.5 s"),
        (flooding, "the answer to breakers does not end"),
        (cutting, "the answer broke off"),
        (answering(b"<!DOCTYPE html><title>Sign in</title>"), "is a web page"),
        (answering(b'{"jobComplete": true, "rows": [{"f"'), "is cut off or no JSON"),
        (answering(b"{}"), "is not one of BigQuery's (KeyError: 'jobReference')"),
        (answering(b"[]"), "is not one of BigQuery's"),
        (answering(b""), "is not one of BigQuery's"),
        (lambda connection: connection.close(), "BigQuery cannot be reached for breakers"),
    ],
    ids=["silent", "drip", "drip-head", "flood", "cut", "html", "truncated", "empty-object", "list", "empty", "close"],
)
def test_a_question_fails_within_its_deadline_with_its_reason(opened: Opener, behave: Behaviour, words: str) -> None:
    warehouse = opened(behave, QUICK)
    sentence, seconds = refusal(warehouse)
    assert words in sentence
    assert seconds < QUICK.deadline + STALL_SECONDS
    require_no_thread_left(warehouse)


def test_a_connection_that_is_refused_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(silent) as url:
        pass
    monkeypatch.setenv(clients.EMULATOR, url)
    sentence, seconds = refusal(BigQueryWarehouse(BigQueryTarget("nba-prod"), bounds=QUICK, meter=Meter()))
    assert "the connection is refused" in sentence
    assert seconds < QUICK.deadline + STALL_SECONDS


def test_a_cancelled_question_frees_its_thread_at_once(opened: Opener) -> None:
    patient = Bounds(deadline=30, first_answer=0.2)
    asked = threading.Event()

    def behave(connection: object) -> None:
        asked.set()
        silent(connection)  # type: ignore[arg-type] # a socket

    warehouse = opened(behave, patient)
    caught: list[BaseException] = []

    def load() -> None:
        try:
            warehouse.load(BREAKERS, WINDOW, AS_OF)
        except WarehouseError as error:
            caught.append(error)

    loading = threading.Thread(target=load)
    loading.start()
    assert asked.wait(10)
    started = time.monotonic()
    warehouse.cancel()
    loading.join(20)
    assert time.monotonic() - started < STALL_SECONDS
    assert isinstance(caught[0], StoppedError)
    require_no_thread_left(warehouse)


def test_closing_waits_for_nobody_longer_than_a_second(opened: Opener) -> None:
    warehouse = opened(silent, Bounds(deadline=30))
    loading = threading.Thread(target=refusal, args=(warehouse,))
    loading.start()
    started = time.monotonic()
    warehouse.close()
    loading.join(20)
    assert time.monotonic() - started < STALL_SECONDS
    warehouse.close()


@pytest.mark.parametrize(
    ("asked", "given"),
    [(None, (8, 8)), (3, (3, 3)), (60, (8, 8)), ((2, 60), (2, 8)), ((None, 3.5), (8, 3.5))],
)
def test_whatever_timeout_a_caller_asks_for_none_is_longer_than_eight_seconds(
    asked: object, given: tuple[float, float]
) -> None:
    assert clamped(asked, Bounds().socket) == given
