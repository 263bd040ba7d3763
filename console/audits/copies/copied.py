"""Where the copies of the shared code are: folders by the patterns that the options have for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from console.audits.options import Options

MARK = ".courtside-sync-"
"""In the name of a folder beside a copy: `--sync` builds the copy anew in it, and it is none itself."""


def copies(root: Path, options: Options) -> tuple[str, ...]:
    """Return the copies of the original, links among them, as paths in the audited folder. No link above them is followed."""
    found = {path for pattern in options.copies for path in places(root, pattern)}
    return tuple(sorted(path for path in found if MARK not in path.rpartition("/")[2]))


def places(root: Path, pattern: str) -> Iterator[str]:
    """Yield the folders that fit a pattern, and links in their place, in order; no link above them is followed."""
    return _matching(root, "", pattern.strip("/").split("/"))


def _matching(root: Path, folder: str, parts: Sequence[str]) -> Iterator[str]:
    try:
        names = sorted(entry.name for entry in (root / folder).iterdir())
    except OSError:  # courtside: ignore[silent_exceptions] what cannot be read the walk reports
        return
    for name in names:
        path = f"{folder}/{name}" if folder else name
        if not fnmatchcase(name, parts[0]):
            continue
        if len(parts) == 1:
            if os.path.isdir(root / path) or (root / path).is_symlink():  # noqa: PTH112  # never raises
                yield path
        elif not (root / path).is_symlink():
            yield from _matching(root, path, parts[1:])
