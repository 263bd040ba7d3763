"""HTTP/1.1 as uvicorn speaks it, with an end to everything a client can draw out.

uvicorn bounds only the rest between two requests. A client that sends a byte of its head now and then (slowloris), or never takes
its answer, would hold a connection for ever.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from console.serving.answers import error_response
from console.serving.limits import Limits


class BoundedProtocol(H11Protocol):
    """Cuts a connection whose request, or whose answer, takes too long."""

    limits: ClassVar[Limits] = Limits()

    _bound: asyncio.TimerHandle | None = None
    _awaits_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head; a connection too many is ended, before it has cost more than its file."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.abort()
            return
        self._end_within(self.limits.head_seconds)

    def data_received(self, data: bytes) -> None:
        """Give a request whose head is there the time of a whole one."""
        super().data_received(data)
        self._note_head()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head; it may have come already."""
        self._awaits_head = True
        self._end_within(self.limits.head_seconds)
        super().on_response_complete()
        self._note_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP with a document, as all else is refused, and end the connection."""
        refusal = error_response(400, "usage", f"what came cannot be read: {msg}", {"Connection": "close"})
        head = h11.Response(status_code=400, headers=refusal.raw_headers, reason=b"Bad Request")
        for event in (head, h11.Data(data=bytes(refusal.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        if self._bound is not None:
            self._bound.cancel()

    def _note_head(self) -> None:
        if self._awaits_head and self.conn.their_state is not h11.IDLE:
            self._awaits_head = False
            self._end_within(self.limits.request_seconds)

    def _end_within(self, seconds: float) -> None:
        if self._bound is not None:
            self._bound.cancel()
        self._bound = self.loop.call_later(seconds, self.transport.abort)


def protocol_within(limits: Limits) -> type[BoundedProtocol]:
    """Return the protocol under other limits; uvicorn makes one object of it for each connection."""
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits})
