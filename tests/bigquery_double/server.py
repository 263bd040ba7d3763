"""The HTTP server on loopback: reads requests, records them, lets faults strike, and never keeps the process alive."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from datetime import UTC
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.bigquery_double.faults import (
    Dribble,
    Faults,
    Html,
    ResetAfter,
    ResetBefore,
    Silence,
    Status,
    Struck,
    Truncated,
)
from tests.bigquery_double.limits import Clock
from tests.bigquery_double.records import RecordedRequest
from tests.bigquery_double.service import Answer, Service

_POLL_SECONDS = 0.02
_RESET = struct.pack("ii", 1, 0)
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"


class _ResetError(Exception):
    """The connection shall be reset."""


class Server(ThreadingHTTPServer):
    """Serves until it is closed, each connection in a daemon thread of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, service: Service, faults: Faults, clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.service = service
        self.faults = faults
        self.recorded: list[RecordedRequest] = []
        self.released = threading.Event()
        """What is held without an answer waits for it; each release has an event of its own."""
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_POLL_SECONDS,), name="bigquery-double", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and drop every connection, whatever it is doing."""
        self.closing.set()
        self.release()
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of what is held now."""
        held, self.released = self.released, threading.Event()
        held.set()

    def record(self, request: RecordedRequest) -> None:
        """Keep a request."""
        with self._lock:
            self.recorded.append(request)

    @contextlib.contextmanager
    def connection(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection in mind for as long as it is served."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client has gone away; whatever else a handler raises is printed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(cast("socket.socket", request), client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with self._server.connection(self.connection):
            try:
                super().handle()
            except _ResetError:
                self._reset()

    @property
    def _server(self) -> Server:
        return cast("Server", self.server)

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - http.server finds them by these names

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the service's time as it stands in the header Date."""
        return format_datetime(self._server.clock().astimezone(UTC), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Print nothing: what came in is recorded."""

    def _answer(self) -> None:
        request = self._request()
        self._server.record(request)
        struck = self._server.faults.strike(request)
        if struck.delay_seconds:
            self._server.closing.wait(struck.delay_seconds)
        answer = self._unexecuted(struck)
        if answer is None:
            answer = self._server.service.answer(request, struck.terms)
            answer = self._server.service.bend(answer, struck.action)
        if isinstance(struck.action, ResetAfter):
            raise _ResetError
        if isinstance(struck.action, Truncated):
            answer = Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)
        self._send(answer, struck)

    def _request(self) -> RecordedRequest:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        sql = self._server.service.sql_of(path, body)
        return RecordedRequest(self.command, path, dict(parse_qsl(parts.query)), headers, body, sql)

    def _unexecuted(self, struck: Struck) -> Answer | None:
        """Return the answer to a request that never reaches the service, or None. Raises _ResetError."""
        action = struck.action
        if isinstance(action, Status):
            return Answer.refusing(action.error())
        if isinstance(action, Html):
            return Answer(action.code, _PAGE, {"Content-Type": "text/html; charset=utf-8"})
        if isinstance(action, Silence) and not self._server.closing.is_set():
            self._server.released.wait()
        if isinstance(action, Silence | ResetBefore):
            raise _ResetError
        return None

    def _send(self, answer: Answer, struck: Struck) -> None:
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json; charset=UTF-8", **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not isinstance(struck.action, Dribble):
            self.wfile.write(answer.body)
            return
        released = self._server.released
        for place in range(len(answer.body)):
            self.wfile.write(answer.body[place : place + 1])
            released.wait(struck.action.seconds_per_byte)

    def _reset(self) -> None:
        """Drop the connection so that the client sees a reset and not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        with contextlib.suppress(OSError):
            os.close(self.connection.detach())
