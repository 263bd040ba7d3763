"""A stream that nobody waits for: a terminal stopped with Ctrl-S, or a pipe that nobody reads, must not stop the server.

Lines go to a thread that writes them. When more than `MOST_WAITING` wait, further ones are lost, and it is said how many.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

MOST_WAITING = 10_000
LAST_SECONDS = 2.0
"""How long the end of the server waits for the last lines to be taken."""


class LateStream:
    """Takes text without waiting, and writes it to `out` as fast as that takes it."""

    def __init__(self, out: TextIO, most_waiting: int = MOST_WAITING) -> None:
        self._out = out
        self._most_waiting = most_waiting
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._lost = 0
        self._thread = Thread(target=self._write_all, daemon=True, name="log")
        self._thread.start()

    def write(self, text: str) -> int:
        """Take one text, or count it as lost. Never waits."""
        if self._waiting.qsize() >= self._most_waiting:
            self._lost += 1
        else:
            self._waiting.put(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: what was taken is written as soon as it can be."""

    def end(self) -> None:
        """Wait a little for the last lines."""
        self._waiting.put(None)
        self._thread.join(LAST_SECONDS)

    def _write_all(self) -> None:
        while (text := self._waiting.get()) is not None:
            lost, self._lost = self._lost, 0
            said = json.dumps({"event": "lost", "lines": lost}) + "\n" if lost else ""
            with suppress(OSError, ValueError):  # nobody is there to read it
                self._out.write(f"{said}{text}")
                self._out.flush()


@contextmanager
def late(out: TextIO) -> Iterator[LateStream]:
    """Give a stream to `out`, and at the end a little time for its last lines."""
    stream = LateStream(out)
    try:
        yield stream
    finally:
        stream.end()
