"""A service on loopback that takes notices: it keeps what it got and answers as it is told."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from tests.loopback import LoopbackServer


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Says:
    """One answer; `hangs` is to give none."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


class Receiver(LoopbackServer):
    """Answers 200 unless told otherwise: `next` are the answers of the next requests, `always` that of all others."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.got: list[Got] = []
        self.next: deque[Says] = deque()
        self.always = Says()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        receiver = cast("Receiver", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        receiver.got.append(Got(self.path, dict(self.headers), body))
        says = receiver.next.popleft() if receiver.next else receiver.always
        if says.hangs:
            self.close_connection = True
            receiver.closing.wait()
            return
        self.send_response(says.status)
        for name, value in says.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()
