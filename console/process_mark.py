"""Which process holds something: a mark that others of this machine can tell by whether it has ended, also after `kill -9`.

A mark names the boot of the machine and the namespace of its process ids beside the id and the start time, because a journal may
stand on a share that several machines and containers write to, and ids are used again. Where /proc has none of it (not Linux)
there is no mark, and nothing is ever known to have ended.
"""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from pathlib import Path

PROC = Path("/proc")
_ENDED = frozenset("ZXx")
"""States of a process that runs no more; the first waits for its parent to ask how it ended."""
_STATE, _STARTED = 0, 19
"""Fields of /proc/PID/stat after the name in brackets: proc(5)."""


@dataclass(frozen=True, slots=True)
class _Mark:
    boot: str
    namespace: str
    pid: str
    started: str


def own_mark(proc: Path = PROC) -> str:
    """Return the mark of this process, "" where the machine does not tell."""
    found = _mark_of(os.getpid(), proc)
    return "/".join(astuple(found)) if found else ""


def has_ended(mark: str, proc: Path = PROC) -> bool:
    """Return whether the process of a mark certainly runs no more; False of what is no mark, or of another machine."""
    parts = mark.split("/")
    here = _mark_of(os.getpid(), proc)
    if here is None or len(parts) != len(astuple(here)) or not parts[2].isdecimal():
        return False
    wanted = _Mark(*parts)
    if (wanted.boot, wanted.namespace) != (here.boot, here.namespace):
        return False
    try:
        os.kill(int(wanted.pid), 0)  # 0 sends nothing; unlike /proc it knows processes of other users everywhere
    except ProcessLookupError:
        return True
    # courtside: ignore[silent_exceptions] what cannot be asked has not certainly ended
    except (OSError, OverflowError):
        return False
    fields = _fields(wanted.pid, proc)
    return bool(fields) and (fields[_STATE] in _ENDED or fields[_STARTED] != wanted.started)


def _mark_of(pid: int, proc: Path) -> _Mark | None:
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink().name
    except (OSError, ValueError):  # courtside: ignore[silent_exceptions] a machine without /proc gives no mark
        return None
    fields = _fields(str(pid), proc)
    return _Mark(boot, namespace, str(pid), fields[_STARTED]) if fields else None


def _fields(pid: str, proc: Path) -> list[str]:
    """Return the fields of a process from its state on, none where they cannot be read."""
    try:
        text = (proc / pid / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # courtside: ignore[silent_exceptions] a process that ended, or no /proc, has no fields
        return []
    found = text.rpartition(")")[2].split()  # the name before it may hold anything
    return found if len(found) > _STARTED else []
