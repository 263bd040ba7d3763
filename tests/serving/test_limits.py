"""What a hostile or a slow client can do: nothing that others notice."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from console.serving.gates import DELIVERY_SECONDS
from console.serving.limits import Limits, limits_for
from tests.serving.served import LONG, Opener, Served, Setting, serving
from tests.serving.test_runs import comes_true

QUICK = Limits(head_seconds=0.4, body_seconds=0.4, answer_seconds=LONG)


@pytest.fixture
def impatient(opener: Opener, tmp_path: Path) -> Iterator[Served]:
    with serving(opener, tmp_path, Setting(limits=QUICK)) as running:
        yield running


@contextmanager
def connection(served: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout=LONG) as opened:
        yield opened


def all_of(opened: socket.socket) -> bytes:
    """Return what comes until the server ends the connection; a server that never does is a TimeoutError."""
    found = b""
    with suppress(ConnectionError):
        while part := opened.recv(65_536):
            found += part
    return found


def answer_to(served: Served, request: bytes) -> bytes:
    with connection(served) as opened:
        opened.sendall(request)
        opened.shutdown(socket.SHUT_WR)
        return all_of(opened)


def status_of(answer: bytes) -> int:
    return int(answer.split()[1])


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(served: Served, opener: Opener) -> None:
    with connection(served) as opened:
        opened.sendall(b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n")
        answer = all_of(opened)
    assert status_of(answer) == 413
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["kind"] == "too_large"
    assert opener.opened == 0


def test_a_body_without_an_end_is_refused_at_the_limit(served: Served, opener: Opener) -> None:
    with connection(served) as opened:
        opened.sendall(b"POST /run HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(20):
                opened.sendall(b"1000\r\n" + b"x" * 4_096 + b"\r\n")
        answer = all_of(opened)
    assert not answer or status_of(answer) == 413  # the system may throw the answer away with what was sent after it
    assert [line["status"] for line in served.requests(1)] == [413]
    assert opener.opened == 0


def test_a_body_of_a_get_is_bounded_too(served: Served) -> None:
    assert served.client.request("GET", "/healthz", content=b"x" * 20_000).status_code == 413
    assert served.client.request("GET", "/healthz", content=b"x" * 10_000).status_code == 200


def test_a_client_that_says_nothing_is_let_go(impatient: Served) -> None:
    with connection(impatient) as opened:
        assert all_of(opened) == b""


def test_a_head_that_drips_is_cut_off_while_others_are_answered(impatient: Served) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"GET /verdict HTTP/1.1\r\n")
        assert impatient.get("/healthz").status_code == 200
        with suppress(ConnectionError):
            while True:  # a byte whenever the server has not ended it yet
                opened.settimeout(0.05)
                with suppress(TimeoutError):
                    if opened.recv(1) == b"":
                        break
                opened.sendall(b"X")
    comes_true(lambda: not impatient.server.server_state.tasks)


def test_the_head_of_a_second_request_may_not_drip_either(impatient: Served) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\n")
        assert status_of(all_of(opened)) == 200


def test_a_body_that_does_not_arrive_is_refused_in_time(impatient: Served, opener: Opener) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert status_of(all_of(opened)) == 408
    assert opener.opened == 0


def test_a_connection_too_many_is_ended_and_those_that_were_first_are_answered(opener: Opener, tmp_path: Path) -> None:
    with serving(opener, tmp_path, Setting(limits=Limits(connections=3))) as served:
        assert served.get("/healthz").status_code == 200
        with connection(served), connection(served):
            comes_true(lambda: len(served.server.server_state.connections) == 3)
            with connection(served) as too_many:
                assert all_of(too_many) == b""
            assert served.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("soft", "hard", "says"), [(64, 256, "56 256"), (256, 5_000, "4000 4200"), (210, 210, "10 210")]
)
def test_connections_are_no_more_than_files_can_be_opened(soft: int, hard: int, says: str) -> None:
    """Without one to spare, asyncio would try to accept thousands of times a second and answer nobody."""
    code = (
        "import resource; from console.serving.listening import connections_within; "
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard})); "
        "print(connections_within(4000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert done.stdout.strip() == says


def test_what_a_library_says_again_and_again_is_in_the_log_once(served: Served) -> None:
    for _ in range(1_000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource\nsocket: <...>")
    logging.getLogger("asyncio").error("something else")
    said = [line["message"] for line in served.log if line["event"] == "server"]
    assert said == ["socket.accept() out of system resource", "something else"]


def test_a_client_that_never_takes_its_answers_is_let_go(opener: Opener, tmp_path: Path) -> None:
    limits = Limits(head_seconds=0.2, body_seconds=0.2, answer_seconds=0.2)
    with serving(opener, tmp_path, Setting(limits=limits)) as served:
        served.get("/verdict")
        with socket.socket() as opened:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            opened.settimeout(0.5)
            opened.connect(("127.0.0.1", served.port))
            with suppress(TimeoutError, ConnectionError):
                opened.sendall(b"GET /checks HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2_000)
            comes_true(lambda: len(served.server.server_state.connections) <= 1)  # our own client's
        assert served.get("/healthz").status_code == 200


@pytest.mark.parametrize("run_seconds", [45.0, 330.0])
def test_an_answer_may_take_as_long_as_a_run_and_a_delivery(run_seconds: float) -> None:
    limits = limits_for(run_seconds)
    assert limits.answer_seconds > run_seconds + DELIVERY_SECONDS
    assert limits.request_seconds > limits.answer_seconds >= Limits().answer_seconds


HOSTILE = [
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 10_000 + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /run HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 1_000,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_request_is_refused_and_the_next_one_answered(
    served: Served, opener: Opener, request_bytes: bytes
) -> None:
    answer = answer_to(served, request_bytes)
    assert not answer or 400 <= status_of(answer) < 500
    assert opener.opened == 0
    assert served.get("/healthz").status_code == 200
    assert not [line for line in served.log if line["event"] == "defect"]


@pytest.mark.parametrize(
    "request_bytes", [b"garbage\r\n\r\n", b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n"]
)
def test_what_is_no_http_is_refused_with_a_document_too(served: Served, request_bytes: bytes) -> None:
    head, _, body = answer_to(served, request_bytes).partition(b"\r\n\r\n")
    assert status_of(head) == 400
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body)["error"]["kind"] == "usage"


def test_both_ways_of_telling_a_length_smuggle_nothing(served: Served) -> None:
    smuggled = b"GET /checks HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = (
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
    )
    answer_to(served, head + smuggled)
    assert {line["path"] for line in served.log if line["event"] == "request"} <= {"/healthz", "/checks"}
    assert served.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "path", ["/checks/%1b%5d0;x%07", "/checks/%e2%80%ae", "/checks/%00", "/checks/%ff%fe", "/%2e%2e/%2e%2e"]
)
def test_what_a_caller_puts_into_a_path_reaches_the_log_clean(served: Served, path: str) -> None:
    assert served.get(path).status_code == 404
    (line,) = served.requests(1)
    assert re.fullmatch(r"[ -~\n]*", served.out.getvalue())
    assert re.fullmatch(r"[ -~]*", line["path"].replace("\ufffd", ""))


def test_a_request_keeps_an_id_that_is_one_and_is_given_another_for_what_is_none(served: Served) -> None:
    assert served.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    for hostile in ("a" * 65, "a b", '{"x":1}', ""):
        assert served.get("/healthz", headers={"X-Request-Id": hostile}).headers["x-request-id"].isdecimal()
    assert served.requests(5)[0]["id"] == "abc-1.2_3"


def test_each_request_is_one_line_of_the_log(served: Served) -> None:
    served.get("/verdict")
    (line,) = served.requests(1)
    assert line.pop("ms") >= 0
    assert line == {
        "at": "2026-01-25T01:30:00.000Z",
        "event": "request",
        "method": "GET",
        "path": "/verdict",
        "client": "127.0.0.1",
        "by": "",
        "id": "1",
        "status": 200,
    }


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_no_other_method_does_anything(served: Served, opener: Opener, method: str) -> None:
    assert served.client.request(method, "/run").status_code == 405
    assert opener.opened == 0
