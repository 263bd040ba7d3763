"""A loopback server that speaks bytes, for what no honest server does: silence, drips, floods."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], None]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def hostile(behave: Behaviour) -> Iterator[str]:
    """Give the URL of a server that lets `behave` answer each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_now: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            behave(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_now.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_now:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        acceptor.join(5)


def hear(connection: socket.socket) -> None:
    """Read one request to its end."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("the client has hung up")
        heard += received
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)


def silent(connection: socket.socket) -> None:
    """Accept, and never answer."""
    hear(connection)
    while connection.recv(65536):
        pass


def dripping(head: bytes) -> Behaviour:
    """Return a behaviour that sends `head` and then a byte every 50 ms, for ever."""

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.05):
            connection.sendall(b" ")

    return behave


def flooding(connection: socket.socket) -> None:
    """Send a body that does not end."""
    hear(connection)
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b" " * 65536)


def answering(body: bytes, head: bytes = HEAD) -> Behaviour:
    """Return a behaviour that gives every request on a connection the same answer."""

    def behave(connection: socket.socket) -> None:
        while True:
            hear(connection)
            connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return behave


def cutting(connection: socket.socket) -> None:
    """Announce more than comes."""
    hear(connection)
    connection.sendall(HEAD + b'Content-Length: 500\r\n\r\n{"rows": [')
