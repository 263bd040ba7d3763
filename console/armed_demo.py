"""The armed demo: a throw-away copy of the January week that keys may change, under a clock that runs from one of its moments."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from console.cli.shell import Shell
    from console.settings import Settings

ARMED_AS_OF = datetime(2026, 1, 25, 16, tzinfo=UTC)
"""Where its clock begins: a row of the retry queue is overdue then, and nobody works the queue."""
SOURCE = "courtside demo --armed"
PREFIX = "courtside-demo-"
NEW_FOR = timedelta(minutes=1)
"""How long a folder without a lock may be one that is being made at this moment."""


@contextmanager
def armed_demo(settings: Settings, shell: Shell, at: datetime | None) -> Iterator[tuple[Settings, Shell]]:
    """Give settings and a shell for a copy in a temporary folder, with a journal of its own; both are removed at the end.

    The shell's clock runs as fast as any, from `at` (aware UTC) or else from `ARMED_AS_OF`, so that plans grow old and
    verifications come due by it. Raises WarehouseError when the copy cannot be made.
    """
    from tempfile import TemporaryDirectory, gettempdir  # noqa: PLC0415  # no other command needs a folder to throw away

    ahead = (at or ARMED_AS_OF) - shell.now()
    remove_abandoned(Path(gettempdir()), shell.now())
    with TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name, _in_use(folder := Path(name)):
        _copy(settings.data_dir, folder / "data")
        armed = settings.for_demo()
        armed = armed.with_choice("data_dir", folder / "data", SOURCE).with_choice(
            "state_dir", folder / "state", SOURCE
        )
        yield armed, replace(shell, now=lambda: shell.now() + ahead)


def remove_abandoned(parent: Path, now: datetime) -> None:
    """Remove the copies in `parent` that nobody uses any more: `kill -9` leaves them behind. `now` is aware UTC.

    Whoever uses one holds a lock on its folder, which ends with the process, whatever ends that.
    """
    for folder in sorted(parent.glob(f"{PREFIX}*")):
        with suppress(OSError):  # another user's, or gone meanwhile
            found = folder.lstat()
            made_at = datetime.fromtimestamp(found.st_mtime, UTC)
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and now - made_at > NEW_FOR:
                with _in_use(folder):
                    shutil.rmtree(folder)


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    """Hold the lock on a folder. Raises BlockingIOError when another process has it, and other OSErrors."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _copy(data_dir: Path, folder: Path) -> None:
    """Copy the demo's file under its name, by which it is found where it would be built."""
    from console.warehouse.demo.build import ensure_demo  # noqa: PLC0415  # as above

    demo = ensure_demo(data_dir)
    try:
        folder.mkdir()
        shutil.copyfile(demo, folder / demo.name)
    except OSError as error:
        raise WarehouseError(
            f"the demo cannot be copied to {folder}: {error.strerror or error}; free some space, or name another folder "
            "with TMPDIR"
        ) from error
