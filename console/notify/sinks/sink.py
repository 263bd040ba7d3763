"""What every sink is: something with a name that takes one notice at a time, or says why not."""

from __future__ import annotations

import sqlite3
from typing import Protocol, runtime_checkable

from console.notify.notice import Notice

LONGEST_WAIT_SECONDS = 3600.0
"""A service that asks for more is asked again after an hour all the same."""


class SinkError(Exception):
    """A notice was not taken; the message says why and what to do, and holds no secret.

    `again` is whether trying again can help by itself, `wait_seconds` how long the other side asks to wait first. `is_doubtful`
    says that it may have been taken all the same, and nobody can find out.
    """

    def __init__(self, message: str, *, again: bool, wait_seconds: float = 0.0, is_doubtful: bool = False) -> None:
        super().__init__(message)
        self.again = again
        self.wait_seconds = wait_seconds
        self.is_doubtful = is_doubtful


class Sink(Protocol):
    """A way out. `send` may be asked for the same notice again after an unclear end: its key tells that it is the same."""

    @property
    def name(self) -> str:
        """Under which the outbox keeps what goes there; the same for as long as it goes to the same people."""

    def wants(self, notice: Notice, /) -> bool:
        """Return whether this notice is for whoever is behind this sink."""

    def send(self, notice: Notice) -> None:
        """Send one notice. Raises SinkError."""


@runtime_checkable
class Follows(Protocol):
    """A sink for people who are told of some threads only, and of those also that somebody has them in hand, and their end."""

    def follows(self, notice: Notice, connection: sqlite3.Connection, /) -> bool:
        """Return whether whoever is behind this sink was told of a notice's thread, and waits to hear what this one says."""


@runtime_checkable
class CanLook(Protocol):
    """A sink that can find out whether a notice has arrived which another host may have sent."""

    def look_first(self, notice: Notice) -> None:
        """Look, before this notice is sent, whether it is there. Raises JournalError."""
