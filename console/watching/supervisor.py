"""Telling systemd that the watcher lives: it starts a process again that does not say so in time (sd_notify(3))."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

from console.watching.lines import Log, Weight

SOCKET = "NOTIFY_SOCKET"
READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"

_MOST_SECONDS = 1.0


def teller(environment: Mapping[str, str], log: Log) -> Callable[[str], None]:
    """Return what tells the supervisor that started this process; it does nothing where none did, and never raises."""
    address = environment.get(SOCKET, "")
    if not address:
        return lambda _: None
    # An abstract address begins with a zero byte, for which systemd writes an at sign.
    place = f"\0{address[1:]}" if address.startswith("@") else address

    def tell(message: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.settimeout(_MOST_SECONDS)
                out.sendto(message.encode(), place)
        except (OSError, ValueError) as error:
            log("supervisor", f"systemd cannot be told {message}: {error}", Weight.WARNING)

    return tell
