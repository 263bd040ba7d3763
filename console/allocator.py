"""What the C library keeps of freed memory, and how a console that is left open gives it back.

A refresh runs in a dozen short-lived threads. glibc gives threads pools of their own and returns a pool's free pages to the
system only from its end, so that a console at rest held up to 10 MB that nobody used, now more, now less (20 to 2,000 refreshes
of the demo, tests.benchmarks.terminal). Where the C library is another, both requests are without effect.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

POOLS = 2
"""One for the screen and one for refreshing. Threads that share a pool may wait for it; the time of a refresh did not show it."""

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""

_NOT_THERE = (ImportError, OSError, AttributeError)
"""A Python without ctypes, a program that loads no libraries, a C library without the function (macOS, musl)."""


@cache
def c_library() -> ctypes.CDLL:
    """Return the C library of this process. Raises ImportError or OSError where Python cannot call it."""
    import ctypes  # noqa: PLC0415  # after the first frame

    return ctypes.CDLL(None)


class Allocator:
    """Memory requests to a C library, by default this process's own; for any thread."""

    def __init__(self, library: Callable[[], ctypes.CDLL] = c_library) -> None:
        self._library = library

    def limit_pools(self) -> bool:
        """Let threads make no pool beyond `POOLS`, those that are there stay; return whether the library did so."""
        with suppress(*_NOT_THERE):
            return bool(self._library().mallopt(_ARENA_MAX, POOLS))
        return False

    def give_back(self) -> bool:
        """Return the free pages of all pools to the system, within a few milliseconds; return whether there were any."""
        with suppress(*_NOT_THERE):
            import ctypes  # noqa: PLC0415  # after the first frame

            return bool(self._library().malloc_trim(ctypes.c_size_t(0)))
        return False
