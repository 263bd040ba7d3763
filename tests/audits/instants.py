"""What others see of files at each instant while something is done to them: so they would stay, were it killed there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_WRITES = ("pathlib.py", "shutil.py", "tempfile.py", "files.py", "swapping.py", "syncing.py", "rewriting.py")
"""Files in whose lines something may happen to a file."""


def seen_at_each_instant(act: Callable[[], object], look: Callable[[], T]) -> list[T]:
    """Act and return what `look` saw before each line of Python that may write, and after the last; each once in a row."""
    seen: list[T] = []

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(_WRITES):
            return None
        if event == "line" and (now := look()) not in seen[-1:]:
            seen.append(now)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    if (last := look()) not in seen[-1:]:
        seen.append(last)
    return seen
