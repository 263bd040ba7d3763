"""An HTTP adapter that lets nothing hang: it clamps every timeout, bounds every body, and obeys the call of its thread.

Imports requests, so it is imported where a client is made and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from console.warehouse.bigquery.bounds import CONCURRENCY, Bounds
from console.warehouse.bigquery.call import Call, current_call

_HOSTS_KEPT = 4


class OversizedAnswerError(Exception):
    """The server sent more than any answer can be."""


class _WatchedConnection(HTTPConnection):
    def getresponse(self) -> Any:
        """Wait for the answer where the call knows of it."""
        if (call := current_call()) is not None:
            call.hold(self.sock)
        return super().getresponse()


class _WatchedTLSConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        """Wait for the answer where the call knows of it."""
        if (call := current_call()) is not None:
            call.hold(self.sock)
        return super().getresponse()


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLSConnection


_POOLS = {"http": _WatchedPool, "https": _WatchedTLSPool}


class _BoundedBody:
    """A response's raw body that ends when it grows too long or its call is over; all else is the body's own."""

    def __init__(self, raw: Any, call: Call | None, most: int) -> None:
        self._raw = raw
        self._call = call
        self._most = most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - urllib3's
        """Yield the body piece by piece."""
        length = 0
        try:
            for piece in self._raw.stream(amount, decode_content=decode_content):
                length += len(piece)
                self._refuse(length)
                yield piece
        except BaseException:
            self._raw.close()  # what is left of the answer must not meet the connection's next user
            raise
        finally:
            if self._call is not None:
                self._call.hold(None)

    def _refuse(self, length: int) -> None:
        """Raise OversizedAnswerError for a body of that length, or CallOverError."""
        if length > self._most:
            raise OversizedAnswerError
        if self._call is not None:
            self._call.refuse_when_over()


class BoundedAdapter(HTTPAdapter):
    """Gives every request bounded timeouts, whatever its caller asks for, and none to a call that is over."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        super().__init__(pool_connections=_HOSTS_KEPT, pool_maxsize=2 * CONCURRENCY)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pools of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request. Raises CallOverError when the call of this thread is over."""
        call = current_call()
        bounds = self._bounds if call is None else call.bounds
        if call is None:
            timeout = clamped(kwargs.get("timeout"), bounds.socket)
        else:
            call.sending()
            # Not the client's own, which is how long the service may hold the request: its answer is still on the way then.
            timeout = clamped(call.left, bounds.socket)
        response = super().send(request, *args, **{**kwargs, "timeout": timeout})
        response.raw = _BoundedBody(response.raw, call, bounds.answer_bytes)
        return response


def clamped(timeout: object, longest: float) -> tuple[float, float]:
    """Return a timeout of requests, one number or two or none, as one to connect and one to read of at most `longest`."""
    both = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    connect, read = (min(value, longest) if isinstance(value, int | float) else longest for value in both)
    return connect, read


def watch(response: requests.Response, *_: Any, **__: Any) -> None:
    """Tell the call of this thread when the server answered, and what a good answer says; a response hook."""
    call = current_call()
    if call is None:
        return
    call.date = response.headers.get("Date", "")
    if not response.ok:
        return
    try:
        answer = response.json()
    except ValueError:
        return  # the client will say so
    if isinstance(answer, Mapping):
        call.learn(answer)


def bind(session: requests.Session, bounds: Bounds) -> None:
    """Make everything that `session` sends bounded."""
    adapter = BoundedAdapter(bounds)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.hooks["response"].append(watch)
