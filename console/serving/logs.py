"""The server's log: one JSON object a line, one line a request with its id. No header, no query and no body is ever in it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from checks.times import format_instant
from console.serving.answers import error_response
from screens.clean import for_terminal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from console.serving.late_stream import LateStream
    from console.serving.service import Counts

ID_HEADER = "x-request-id"
LONGEST_PATH = 200
SAME_SECONDS = 10.0
"""For which a sentence of a library is not repeated: of asyncio there can be thousands a second."""
_MOST_KNOWN = 1_000

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""What an id that a caller brings may be; any other is replaced."""


class JsonLog:
    """Writes lines to a stream, from any thread; a stream that is gone is no reason to stop serving. `now` is aware UTC."""

    def __init__(self, out: TextIO | LateStream, now: Callable[[], datetime]) -> None:
        self._out = out
        self._now = now
        self._turn = Lock()

    def write(self, event: str, **fields: object) -> None:
        """Write one line; texts are cleaned."""
        clean = {name: for_terminal(value) if isinstance(value, str) else value for name, value in fields.items()}
        text = json.dumps({"at": format_instant(self._now(), "milliseconds"), "event": event, **clean})
        with self._turn, suppress(OSError, ValueError):
            self._out.write(f"{text}\n")
            self._out.flush()


class _Handler(logging.Handler):
    """Takes what libraries have to say into the log: the first line, and the same once in a while only."""

    def __init__(self, log: JsonLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._last: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        why = "" if error is None else f": {type(error).__name__}"
        said = f"{record.getMessage().strip().partition(chr(10))[0]}{why}"
        last = self._last.get(said)
        if last is not None and 0 <= record.created - last < SAME_SECONDS:
            return
        if len(self._last) >= _MOST_KNOWN:
            self._last.clear()
        self._last[said] = record.created
        self._log.write("server", level=record.levelname.lower(), message=said)


@contextmanager
def libraries_log_to(log: JsonLog) -> Iterator[None]:
    """Let the warnings of uvicorn and asyncio go to `log` and nowhere else."""
    handler = _Handler(log)
    loggers = [logging.getLogger(name) for name in ("uvicorn", "asyncio")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagates in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagates


class Logged:
    """Gives each request an id, logs and counts it, and answers 500 where the program has a defect."""

    def __init__(
        self,
        app: ASGIApp,
        log: JsonLog,
        counts: Counts,
        *,
        monotonic: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._app = app
        self._log = log
        self._counts = counts
        self._monotonic = monotonic
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log what became of it."""
        if scope["type"] != "http":
            return
        given = next((value for name, value in scope["headers"] if name == ID_HEADER.encode()), b"")
        request_id = given.decode() if _ID.fullmatch(given) else self._new_id()
        began, status = self._monotonic(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (ID_HEADER.encode(), request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:  # a defect is logged under the request's id and answered as one
            self._log.write("defect", id=request_id, error=f"{type(error).__name__}: {error}", place=_place(error))
            if status:
                raise  # the answer was begun: uvicorn cuts the connection, so that nobody takes a part for the whole
            sentence = f"the server has a defect, its log says more under the request id {request_id}"
            await error_response(500, "defect", sentence)(scope, receive, send_with_id)
        finally:
            self._counts.add(scope, status)
            self._log.write("request", **self._fields(scope), id=request_id, status=status, ms=self._ms(began))

    def _fields(self, scope: Scope) -> dict[str, object]:
        state = scope.get("state", {})
        caller, error = state.get("caller"), state.get("error")
        return {
            "method": scope["method"][:20],
            "path": for_terminal(scope["path"], LONGEST_PATH),
            "client": (scope.get("client") or ("",))[0],
            "by": caller.name if caller else "",
            **({"error": error} if error else {}),
        }

    def _ms(self, began: float) -> int:
        return round((self._monotonic() - began) * 1_000)


def _place(error: BaseException) -> str:
    """Return where in the program an error was raised, `file.py:12`."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
