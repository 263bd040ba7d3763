"""Listening: which door is refused, and how the server starts and ends."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from console.serving.app import Terms, application
from console.serving.guarding import is_loopback
from console.serving.logs import libraries_log_to
from console.serving.protocol import protocol_within
from console.serving.tokens import VARIABLE

if TYPE_CHECKING:
    from types import FrameType

    from console.serving.service import Service
    from console.serving.tokens import Tokens

GRACE_SECONDS = 10
"""How long requests may go on after a signal."""
KEPT_FILES = 200
"""Open files that connections leave to the journal, the warehouse and the program."""
BACKLOG = 2_048
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class DoorError(ValueError):
    """An address that the server does not listen on; the message says why and what to do."""


def refuse_open_door(host: str, tokens: Tokens) -> None:
    """Raise DoorError where other machines could ask without a token."""
    if tokens or is_loopback(host):
        return
    raise DoorError(
        f"--host {host} can be reached from other machines, and without a token anybody there could read all and have "
        f"checks run: set {VARIABLE} or `tokens` under [serve] in the settings file, or listen on 127.0.0.1"
    )


def listen(host: str, port: int) -> socket.socket:
    """Return the listening socket; port 0 takes any. Raises DoorError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DoorError(
            f"{host} port {port} cannot be listened on: {reason}; choose others with --host and --port"
        ) from error


def connections_within(wanted: int) -> int:
    """Return how many connections of those `wanted` this process may hold, having asked the system for as many files.

    Without a file to spare nothing could be answered: asyncio would try to accept again and again.
    """
    try:
        import resource  # noqa: PLC0415  # not on Windows, which has no such limit

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if resource.RLIM_INFINITY != soft < wanted + KEPT_FILES:
            soft = wanted + KEPT_FILES if hard == resource.RLIM_INFINITY else min(hard, wanted + KEPT_FILES)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    # courtside: ignore[silent_exceptions] where no limit is known there is none
    except (ImportError, OSError, ValueError):
        return wanted
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - KEPT_FILES))


def server_of(service: Service, terms: Terms) -> uvicorn.Server:
    """Return the server, which does not listen yet."""
    config = uvicorn.Config(
        application(service, terms),
        http=protocol_within(terms.limits),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=terms.limits.head_bytes,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def serve_until_told(server: uvicorn.Server, door: socket.socket, terms: Terms) -> None:
    """Serve on a listening socket until SIGTERM or SIGINT, finish what is being answered, and return. In the main thread."""
    host, port = door.getsockname()[:2]
    with libraries_log_to(terms.log), _ends_at_signals(server):
        terms.log.write("listening", host=host, port=port, tokens=bool(terms.tokens))
        server.run(sockets=[door])
        terms.log.write("ended")


@contextmanager
def _ends_at_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let signals end the server also before and after uvicorn listens to them: it sends each again when it has ended."""

    def end(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
