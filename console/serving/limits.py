"""How large a request may be, and how long it may take to arrive and to be answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.serving.answers import RefusedError, error_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


_AFTER_SECONDS = 15.0
"""What an answer may need beyond a run: the delivery of a gate's recording, and writing it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a request, seconds, and how many may ask at once."""

    head_bytes: int = 16_384
    """For path, query and headers. h11 holds a head that comes in parts to it; one that comes whole it takes at any size."""

    body_bytes: int = 16_384
    """No question needs more: it is in the path."""
    head_seconds: float = 10.0
    """For the head of a request to arrive, and for a connection that says nothing."""
    body_seconds: float = 10.0
    """For its body."""
    connections: int = 4_000
    """At the same time; each is an open file."""
    answer_seconds: float = 60.0
    """For the answer, from the end of the request until it has been taken."""

    @property
    def request_seconds(self) -> float:
        """For a whole request, however it is drawn out."""
        return self.body_seconds + self.answer_seconds + 5.0


def limits_for(run_seconds: float) -> Limits:
    """Return limits that let a run of the checks take so long, and what comes after it; never shorter than the usual ones."""
    usual = Limits()
    return replace(usual, answer_seconds=max(usual.answer_seconds, run_seconds + _AFTER_SECONDS))


class Limited:
    """Reads each request's body before anybody else does, within the limits, and bounds the time of the answer."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or refuse it."""
        try:
            self._refuse_large_head(scope)
            async with asyncio.timeout(self._limits.body_seconds):
                body = await self._body(scope, receive)
        except RefusedError as error:
            await error_response(error.status, error.kind, error.message, error.headers)(scope, receive, send)
            return
        except TimeoutError:
            message = f"the request did not arrive within {self._limits.body_seconds:g} s"
            await error_response(408, "timeout", message, {"Connection": "close"})(scope, receive, send)
            return
        if body is not None:
            await self._answered(scope, _Replay(body, receive), send)

    def _refuse_large_head(self, scope: Scope) -> None:
        headers = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
        if headers + len(scope["raw_path"]) + len(scope["query_string"]) > self._limits.head_bytes:
            message = f"path, query and headers may have {self._limits.head_bytes:,} bytes together"
            raise RefusedError(431, "too_large", message, {"Connection": "close"})

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body, None when whoever asked has gone. Raises RefusedError for one that is too large."""
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if int(announced) > self._limits.body_bytes:
            raise self._too_large()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> RefusedError:
        message = f"a request may have {self._limits.body_bytes:,} bytes"
        return RefusedError(413, "too_large", message, {"Connection": "close"})

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def noting_send(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                await self._app(scope, receive, noting_send)
        except TimeoutError:
            if is_begun:
                raise
            message = f"there was no answer within {self._limits.answer_seconds:g} s"
            await error_response(503, "timeout", message, {"Retry-After": "10"})(scope, receive, send)


class _Replay:
    """Gives a body that was read already, then whatever comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return {"type": "http.request", "body": body, "more_body": False}
