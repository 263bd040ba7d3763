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
from console.serving.logs import uvicorn_logs_to
from console.serving.protocol import protocol_within
from console.serving.tokens import VARIABLE

if TYPE_CHECKING:
    from types import FrameType

    from console.serving.service import Service
    from console.serving.tokens import Tokens

GRACE_SECONDS = 10
"""How long requests may go on after a signal."""
MOST_CONNECTIONS = 4_000
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
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=terms.limits.head_bytes,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def serve_until_told(server: uvicorn.Server, door: socket.socket, terms: Terms) -> None:
    """Serve on a listening socket until SIGTERM or SIGINT, finish what is being answered, and return. In the main thread."""
    host, port = door.getsockname()[:2]
    with uvicorn_logs_to(terms.log), _ends_at_signals(server):
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
