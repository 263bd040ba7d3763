"""Writes what is installed, whole or not at all, and never over somebody's own words."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from console.installing.wanted import Secrets, Text, UnfitError


@dataclass(frozen=True, slots=True)
class Written:
    """One file, and whether it was written or was there already, word for word."""

    path: Path
    is_new: bool


def read_secrets(path: Path) -> Secrets:
    """Return the variables to which a file of secrets gives a value. Raises UnfitError where others may read it, or nobody can.

    A line is `NAME=value`, as systemd reads it: one that begins with `export` gives no variable of that name.
    """
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except FileNotFoundError:  # then it names none
        return Secrets(path, frozenset())
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitError(f"{path} cannot be read: {error}; it holds the secrets, one NAME=value a line") from error
    if os.name == "posix" and mode & 0o077:
        raise UnfitError(f"{path} holds secrets and can be read by others: chmod 600 {shlex.quote(str(path))}")
    given = (line.partition("=")[::2] for line in text.splitlines())
    return Secrets(path, frozenset(name.strip() for name, value in given if value.strip(" \t\"'")))


def write_all(folder: Path, texts: Sequence[Text], *, force: bool) -> tuple[Written, ...]:
    """Write the texts into a folder, which is made; a file that says the same already stays as it is.

    Raises UnfitError for a file that says something else, unless `force`, and then has written none; raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = [(text, folder / text.name, _content(folder / text.name)) for text in texts]
    for text, path, content in found:
        if content not in (None, text.content) and not force:
            raise UnfitError(
                f"{path} is there and says something else: compare it with --print, or replace it by --force"
            )
    for text, path, content in found:
        if content != text.content:
            _replace(path, text.content)
    return tuple(Written(path, content != text.content) for text, path, content in found)


def _content(path: Path) -> str | None:
    """Return what a file says, None where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _replace(path: Path, content: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
