"""Processors as real HTTP servers on loopback: they answer what they are told to, and remember what they were sent."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from tests.loopback import LoopbackServer


class Fault(Enum):
    """What happens to a post instead of an answer."""

    HANG = "it says nothing"
    RESET = "the connection is reset"
    TRICKLE = "headers that never end"
    BROKEN_BODY = "200, and then a body that breaks off"


@dataclass(frozen=True)
class Says:
    """An answer."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """One post as it came."""

    path: str
    authorization: str
    message: Mapping[str, Any]

    @property
    def data(self) -> Any:
        return json.loads(base64.b64decode(self.message["data"]))


class ProcessorDouble(LoopbackServer):
    """Answers 202 unless told otherwise."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.received: list[Received] = []
        self.always: Says | Fault = Says(202)
        self.next: deque[Says | Fault] = deque()
        self.by_path: dict[str, Says] = {}
        self._lock = threading.Lock()

    def take(self, received: Received) -> Says | Fault:
        with self._lock:
            self.received.append(received)
            if self.next:
                return self.next.popleft()
            return self.by_path.get(received.path, self.always)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        double = cast("ProcessorDouble", self.server)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        says = double.take(Received(self.path, self.headers.get("Authorization", ""), body.get("message", {})))
        if isinstance(says, Fault):
            self.close_connection = True
            self._fail(says, double)
            return
        body = says.body.encode()
        self.send_response(says.status)
        for name, value in says.headers.items():
            self.send_header(name, value)
        if says.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if says.status != 204:
            self.wfile.write(body)

    def do_GET(self) -> None:
        double = cast("ProcessorDouble", self.server)
        double.take(Received(self.path, self.headers.get("Authorization", ""), {}))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _fail(self, fault: Fault, double: ProcessorDouble) -> None:
        if fault is Fault.HANG:
            double.closing.wait()
        elif fault is Fault.TRICKLE:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            try:
                while not double.closing.wait(0.02):
                    self.wfile.write(b"X-More: yes\r\n")
            except OSError:
                return
        elif fault is Fault.BROKEN_BODY:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
