"""What memory a program in a terminal holds at rest, and the most that it held on the way there. Linux only (/proc)."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.terminal_programs import REFRESH
from tests.terminal import Terminal

WARMED_UP = 20
"""Refreshes after which a console that is left open has what it needs."""

_WITHIN_SECONDS = 30.0
_POLL_SECONDS = 0.01
"""A tenth of what a refresh takes at least."""

_FORGET_THE_MOST = "5"
"""Written to `clear_refs` it sets `VmHWM` to what is resident now, proc(5)."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident MB (10⁶ bytes): in all, of it the program's own, of it pages of files such as libraries; the most there was."""

    resident: float
    own: float
    files: float
    most: float


@dataclass(frozen=True, slots=True)
class Soaked:
    """Memory at rest after so many refreshes, the most since the row before, and processor seconds so far."""

    refreshes: int
    memory: Memory
    cpu: float


def soak(terminal: Terminal, refreshes: int, every: int, pause: float) -> list[Soaked]:
    """Refresh so often; return what there is after `WARMED_UP` and after each `every` of them.

    The first look is a child's: only what comes after it opens the warehouse in the console itself. The end of each refresh is
    waited for, then `pause` seconds without output: the console makes one of two that are asked for at once. So memory is read
    at rest, and what a refresh needs while it is under way is in the most. Raises TimeoutError when one does not begin or end,
    OSError when the program ends.
    """
    at_rest = _status(terminal.pid, "Threads")
    figures = []
    for done in range(1, refreshes + 1):
        terminal.send(REFRESH)
        _wait_for_refresh(terminal.pid, at_rest)
        terminal.wait_quiet(pause)
        if done == WARMED_UP or done % every == 0:
            figures.append(Soaked(done, memory(terminal.pid), terminal.cpu_seconds()))
            Path(f"/proc/{terminal.pid}/clear_refs").write_text(_FORGET_THE_MOST, encoding="ascii")
    return figures


def memory(pid: int) -> Memory:
    """Return what a process holds now. Raises OSError after its end."""
    resident, own, files, most = (
        _status(pid, field) * 1024 / 1e6 for field in ("VmRSS", "RssAnon", "RssFile", "VmHWM")
    )
    return Memory(resident, own, files, most)


def _wait_for_refresh(pid: int, threads_at_rest: int) -> None:
    """Wait for the beginning and the end of a refresh, which has threads of its own."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    for under_way in (True, False):
        while (_status(pid, "Threads") > threads_at_rest) is not under_way:
            if time.monotonic() > deadline:
                raise TimeoutError(f"a refresh did not {'begin' if under_way else 'end'} within {_WITHIN_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)


def _status(pid: int, field: str) -> int:
    """Return a number of /proc/PID/status; sizes are in KiB."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)
    if found is None:
        raise OSError(f"/proc/{pid}/status says nothing of {field}")
    return int(found[1])
