"""The server: speaks the Web API and one incoming webhook, and does wrong on purpose what it is told to."""

from __future__ import annotations

import json
import threading
from collections import deque
from enum import Enum
from http.server import BaseHTTPRequestHandler
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from tests.loopback import LoopbackServer
from tests.slack_double.workspace import TOKEN, Workspace

_RETRY_AFTER = 7


class Fault(Enum):
    """What happens to a request instead of an answer."""

    TOO_OFTEN = "429 with Retry-After: 7"
    MUCH_TOO_OFTEN = "429 with Retry-After: 900"
    BROKEN = "500, nothing done"
    BROKEN_AFTER = "500, though it was done"
    SILENT_AFTER = "done, then no answer"
    SILENT = "no answer, nothing done"
    CUT_AFTER = "done, then the connection is cut"
    LOGIN_PAGE = "a web page"


_DONE = (Fault.BROKEN_AFTER, Fault.SILENT_AFTER, Fault.CUT_AFTER)


class SlackDouble(LoopbackServer):
    """A workspace that serves until it is closed. `asked` are the methods that were called, in their order."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.workspace = Workspace()
        self.asked: list[str] = []
        self.lock = threading.Lock()
        self._faults: dict[str, deque[Fault]] = {}

    @property
    def api(self) -> str:
        return f"{self.address}/api/"

    @property
    def webhook(self) -> str:
        return f"{self.address}/services/T0/B0/secretpath"

    @property
    def token(self) -> str:
        return TOKEN

    def fails(self, method: str, *faults: Fault) -> None:
        """Let these happen to the next requests of a method (`webhook` for the webhook)."""
        self._faults.setdefault(method, deque()).extend(faults)

    def next_fault(self, method: str) -> Fault | None:
        waiting = self._faults.get(method)
        return waiting.popleft() if waiting else None


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def double(self) -> SlackDouble:
        return cast("SlackDouble", self.server)

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        is_webhook = not parts.path.startswith("/api/")
        method = "webhook" if is_webhook else parts.path.removeprefix("/api/")
        with self.double.lock:
            self.double.asked.append(method)
            fault = self.double.next_fault(method)
            answer = self._webhook(body) if is_webhook and fault in (None, *_DONE) else (200, "")
            if not is_webhook and fault in (None, *_DONE):
                answer = 200, json.dumps(self._called(method, f"{parts.query}&{body}"))
        self._show(answer, fault)

    do_GET = do_POST  # noqa: N815  # the name that http.server looks for

    def _called(self, method: str, form: str) -> dict[str, Any]:
        if self.headers.get("Content-Type", "").startswith("application/json"):
            sent = json.loads(form.lstrip("&"))
            fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()}
        else:
            fields = dict(parse_qsl(form))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.double.workspace.answer(method, token, fields)

    def _webhook(self, body: str) -> tuple[int, str]:
        if not self.double.workspace.webhook_is_there:
            return 404, "no_service"
        self.double.workspace.take_webhook(json.loads(body))
        return 200, "ok"

    def _show(self, answer: tuple[int, str], fault: Fault | None) -> None:
        if fault in (Fault.SILENT, Fault.SILENT_AFTER):
            self.double.closing.wait()
        elif fault is Fault.CUT_AFTER:
            self.close_connection = True
        elif fault in (Fault.TOO_OFTEN, Fault.MUCH_TOO_OFTEN):
            seconds = _RETRY_AFTER if fault is Fault.TOO_OFTEN else 900
            self._send(429, '{"ok":false,"error":"ratelimited"}', {"Retry-After": str(seconds)})
        elif fault in (Fault.BROKEN, Fault.BROKEN_AFTER):
            self._send(500, "<html>oops</html>", {"Content-Type": "text/html"})
        elif fault is Fault.LOGIN_PAGE:
            self._send(200, "<html>Please sign in</html>", {"Content-Type": "text/html"})
        else:
            self._send(*answer, {})

    def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
