"""The folder in which `--sync` builds a copy anew, and what is left of one when it was killed: it would be deployed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from console.audits.copies.copied import MARK, places
from console.audits.options import Options

if sys.platform != "win32":
    import fcntl


@contextmanager
def building_place(copy: Path) -> Iterator[Path]:
    """Make an empty folder beside a copy and remove it at the end. While it is held no other `--sync` takes it for a leftover."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(dir=copy.parent, prefix=f".{copy.name}{MARK}"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.enter_context(_held(home))
        yield home


def leftovers(root: Path, options: Options) -> tuple[str, ...]:
    """Return the folders that a killed `--sync` left beside copies, as paths in the audited folder."""
    patterns = [pattern.strip("/").rpartition("/") for pattern in options.copies]
    found = {path for above, slash, name in patterns for path in places(root, f"{above}{slash}.{name}{MARK}*")}
    return tuple(path for path in sorted(found) if not (root / path).is_symlink() and not _is_in_use(root / path))


def has_copy_beside(leftover: Path) -> bool:
    """Return whether the copy is there that a leftover was made for; else the leftover may hold the only one."""
    return os.path.lexists(leftover.with_name(leftover.name[1:].rpartition(MARK)[0]))


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder until the end, or until this process is killed; where folders cannot be held nothing is."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _is_taken(handle)
        yield
    finally:
        os.close(handle)


def _is_in_use(folder: Path) -> bool:
    if sys.platform == "win32":
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # courtside: ignore[silent_exceptions] it is told as left over, and cannot be removed either
        return False
    try:
        return _is_taken(handle)
    finally:
        os.close(handle)


def _is_taken(handle: int) -> bool:
    """Take hold of an open folder, and return whether somebody else has it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # courtside: ignore[silent_exceptions] this is the answer
            return True
        except OSError:  # courtside: ignore[silent_exceptions] a file system without locks, such as some of a network
            return False
    return False
