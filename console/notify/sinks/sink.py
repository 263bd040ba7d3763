"""What every sink is: something with a name that takes one notice at a time, or says why not."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from console.notify.notice import Notice


class SinkError(Exception):
    """A notice was not taken; the message says why and what to do, and holds no secret.

    `again` is whether trying again can help by itself, `wait_seconds` how long the other side asks to wait first.
    """

    def __init__(self, message: str, *, again: bool, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.again = again
        self.wait_seconds = wait_seconds


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
class CanLook(Protocol):
    """A sink that can find out whether a notice has arrived which another host may have sent."""

    def look_first(self, notice: Notice) -> None:
        """Look, before this notice is sent, whether it is there. Raises JournalError."""
