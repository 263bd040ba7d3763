"""Two folders that change places in one step, so that there is never a moment in which one of them is not there."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2)."""
_HERE = -100
"""AT_FDCWD: paths are relative to the current folder."""


def swap(first: Path, second: Path, aside: Path) -> None:
    """Let two folders change places; Linux does it in one step. Elsewhere `second` is moved `aside` for a moment.

    Raises OSError, with both where they were.
    """
    if _exchanged(first, second):
        return
    second.rename(aside)
    try:
        first.rename(second)
    except BaseException:
        aside.rename(second)
        raise
    aside.rename(first)


def _exchanged(first: Path, second: Path) -> bool:
    """Return whether the system could do it in one step; it cannot on every file system."""
    call = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    return call is not None and call(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _EXCHANGE) == 0
