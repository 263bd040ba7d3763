"""Functions that import the shared code and have no copy of it: deployed with their own folder only, they do not start."""

from __future__ import annotations

import re
from pathlib import Path

from console.audits.copies.copied import places
from console.audits.copies.originals import names_in
from console.audits.files import read_regular
from console.audits.options import Options


def lacking_copies(root: Path, options: Options) -> tuple[str, ...]:
    """Return where a copy should be and is not: by a pattern that others fit, beside code that imports it."""
    return tuple(
        path for pattern in options.copies if any(places(root, pattern)) for path in _lacking(root, pattern.strip("/"))
    )


def _lacking(root: Path, pattern: str) -> list[str]:
    above, _, name = pattern.rpartition("/")
    if not above or set(name) & set("*?["):
        return []
    there = set(places(root, pattern))
    wanted = (f"{folder}/{name}" for folder in places(root, above) if not (root / folder).is_symlink())
    return [path for path in wanted if path not in there and _imports(root / path)]


def _imports(copy: Path) -> bool:
    """Return whether a Python file of the folder that a copy should be in imports it by its name."""
    imported = re.compile(rb"(?m)^[ \t]*(?:from|import)[ \t]+" + re.escape(copy.name.encode()) + rb"\b")
    files = (copy.parent / name for name in sorted(names_in(copy.parent)) if name.endswith(".py"))
    return any(imported.search(_text(path)) for path in files if not path.is_symlink())


def _text(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError:  # courtside: ignore[silent_exceptions] what cannot be read the walk reports
        return b""
