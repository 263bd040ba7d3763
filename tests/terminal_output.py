"""Output of a program as it comes: what, when, and waiting for more of it or for silence."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Output as it was read at once, and the `time.monotonic` of that moment."""

    moment: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the output: how many chunks and bytes came before it."""

    chunks: int
    size: int


class Output:
    """A growing record of output that one thread writes and another reads. Moments are `time.monotonic` seconds."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._size = 0
        self._ended = False
        self._changed = threading.Condition()

    @property
    def ended(self) -> bool:
        """Whether no more can come."""
        return self._ended

    def add(self, data: bytes) -> None:
        """Record output that was read just now."""
        moment = time.monotonic()
        with self._changed:
            self._chunks.append(Chunk(moment, data))
            self._size += len(data)
            self._changed.notify_all()

    def end(self) -> None:
        """Say that no more comes."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def since(self, chunks: int) -> tuple[Chunk, ...]:
        """Return what came after the first so many chunks."""
        with self._changed:
            return tuple(self._chunks[chunks:])

    def mark(self) -> Mark:
        """Return the present end."""
        with self._changed:
            return Mark(len(self._chunks), self._size)

    def wait_more(self, chunks: int, deadline: float) -> Chunk | None:
        """Wait for the chunk after the first so many; None when the deadline passes or the output ends before it."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._chunks) > chunks or self._ended, deadline - time.monotonic())
            return self._chunks[chunks] if len(self._chunks) > chunks else None

    def wait_quiet(self, seconds: float, deadline: float) -> bool:
        """Wait until nothing came for so long, counted from now at the earliest, or the output ended; False at the deadline."""
        called = time.monotonic()
        with self._changed:
            while not self._ended:
                since = max(called, self._chunks[-1].moment) if self._chunks else called
                now = time.monotonic()
                if now >= since + seconds:
                    return True
                if now >= deadline:
                    return False
                self._changed.wait(min(since + seconds, deadline) - now)
        return True
