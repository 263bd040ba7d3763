"""Files that an audit reads besides the source, and those that it writes."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from console.audits.values import AuditError


def read_regular(path: Path) -> bytes:
    """Return what a file holds. Raises OSError, also for a folder, a pipe or a device, which could be waited for for ever."""
    # Without O_NONBLOCK opening a pipe waits for somebody to write into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no regular file", str(path))
        return file.read()


def with_line_feeds(content: bytes) -> bytes:
    r"""Return what a text holds with \n at the end of each line, as git keeps it; what is no text stays as it is."""
    return content if b"\0" in content else content.replace(b"\r\n", b"\n")


def read_text(path: Path) -> str:
    """Return a file's text, which is UTF-8, without the mark that some editors put before it.

    Raises AuditError that says what is wrong with the file.
    """
    try:
        return read_regular(path).decode("utf-8-sig")
    except OSError as error:
        raise AuditError(f"{path}: {error.strerror or error}; give a file of text") from error
    except UnicodeDecodeError as error:
        raise AuditError(f"{path}: it is not UTF-8 text (byte {error.start})") from error


def within(root: Path, name: str) -> Path:
    """Return the file `name` of a folder. Raises AuditError when a symbolic link leads out of the folder."""
    path = root / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        raise AuditError(f"{path} leads out of {root}, and nothing outside is looked at: replace the link by the file")
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, keeping its mode; through a link, the file that it leads to. Raises OSError.

    What is no regular file, such as /dev/stdout, is only written into.
    """
    target = Path(os.path.realpath(path))  # resolve() refuses links in a circle by RuntimeError
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _mode(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:  # courtside: ignore[silent_exceptions] a new file, which anybody may read
        return 0o644
