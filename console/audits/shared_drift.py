"""`source.shared_drift`: copies of the shared code inside the cloud functions that are not as the original is.

A function is deployed with its own folder only, so each holds a copy of `shared/`. Git tells a stale copy, which only has to be
brought up to date, from one that was changed in its place, which somebody has to look at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from hashlib import sha1
from pathlib import Path

from checks.model import Severity
from console.audits.files import read_regular
from console.audits.git import git, has_history
from console.audits.options import Options
from console.audits.values import Hit

CHECK = "source.shared_drift"

_PASSED_BY = frozenset({"__pycache__", ".DS_Store", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})


class Drift(Enum):
    """How a file of a copy differs; the value is the rule's name."""

    STALE = "stale"
    CHANGED = "changed"
    MISSING = "missing"
    LEFT_OVER = "left_over"
    EXTRA = "extra"
    STRAY_LINK = "stray_link"
    UNREADABLE = "unreadable"


_SAYS = {
    Drift.STALE: (
        Severity.ERROR,
        "is an older version of {original}",
        "courtside audit --sync PATH brings it up to date",
    ),
    Drift.CHANGED: (
        Severity.ERROR,
        "holds changes that {original} never had",
        "carry the changes over to the original, then courtside audit --sync PATH",
    ),
    Drift.MISSING: (Severity.WARNING, "is missing; {original} has it", "courtside audit --sync PATH adds it"),
    Drift.LEFT_OVER: (Severity.WARNING, "is no longer in {original}", "courtside audit --sync PATH removes it"),
    Drift.EXTRA: (
        Severity.WARNING,
        "was never in {original}",
        "move it into the original, or out of the copy: a copy is overwritten",
    ),
    Drift.STRAY_LINK: (
        Severity.ERROR,
        "is a link that leads elsewhere than to {original}",
        "let it lead to the original, or replace it by a copy",
    ),
    Drift.UNREADABLE: (
        Severity.UNKNOWN,
        "or {original} cannot be read, so whether they are alike is not known",
        "make both regular files that can be read",
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of one copy that is not as the original: `name` is its path inside the copy, "" for the copy itself."""

    copy: str
    name: str
    drift: Drift

    @property
    def path(self) -> str:
        """Its path in the audited folder."""
        return f"{self.copy}/{self.name}" if self.name else self.copy


def differences(root: Path, options: Options) -> tuple[Difference, ...]:
    """Return what differs between the original and its copies in an audited folder, by copy and name. Raises AuditError."""
    original = root / options.shared
    if not original.is_dir() or Path(os.path.realpath(original)) != Path(os.path.realpath(root), options.shared):
        return ()  # a link, or behind one
    wanted = _files(original)
    past: dict[str, frozenset[str]] | None = None
    found: list[Difference] = []
    for copy in copies(root, options):
        place = root / copy
        if place.is_symlink():
            if place.resolve() != original.resolve():
                found.append(Difference(copy, "", Drift.STRAY_LINK))
            continue
        rough = [*_rough(place, original, wanted)]
        if past is None and any(drift in (Drift.CHANGED, Drift.EXTRA) for _, drift in rough):
            past = _history(root, options.shared)
        found.extend(Difference(copy, name, _judged(place / name, name, drift, past or {})) for name, drift in rough)
    return tuple(found)


def copies(root: Path, options: Options) -> tuple[str, ...]:
    """Return the copies of the original, links among them, as paths in the audited folder. No link above them is followed."""
    return tuple(
        sorted(path for pattern in options.copies for path in _matching(root, "", pattern.strip("/").split("/")))
    )


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


def _files(folder: Path) -> frozenset[str]:
    """Return the files of a folder, relative to it; links are among them and are not followed."""
    found: set[str] = set()
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [name for name in folders if name not in _PASSED_BY and name not in links]
        wanted = (name for name in (*names, *links) if name not in _PASSED_BY and not name.endswith(".pyc"))
        found.update(Path(place, name).relative_to(folder).as_posix() for name in wanted)
    return frozenset(found)


def _rough(place: Path, original: Path, wanted: frozenset[str]) -> Iterator[tuple[str, Drift]]:
    """Yield what differs, before history is asked."""
    there = _files(place)
    for name in sorted(wanted | there):
        if name not in there:
            yield name, Drift.MISSING
        elif (place / name).is_symlink():
            if (place / name).resolve() != (original / name).resolve():
                yield name, Drift.STRAY_LINK
        elif name not in wanted:
            yield name, Drift.EXTRA
        elif (original / name).is_symlink():
            yield name, Drift.CHANGED
        elif drift := _compared(place / name, original / name):
            yield name, drift


def _compared(copy: Path, original: Path) -> Drift | None:
    try:
        return None if read_regular(copy) == read_regular(original) else Drift.CHANGED
    except OSError:  # courtside: ignore[silent_exceptions] it is a finding
        return Drift.UNREADABLE


def _judged(path: Path, name: str, drift: Drift, past: dict[str, frozenset[str]]) -> Drift:
    """Return whether a file is one that the original once had, which is only stale."""
    if drift not in (Drift.CHANGED, Drift.EXTRA) or name not in past:
        return drift
    try:
        blob = blob_of(read_regular(path))
    except OSError:  # courtside: ignore[silent_exceptions] it is a finding
        return Drift.UNREADABLE
    if blob not in past[name]:
        return drift
    return Drift.STALE if drift is Drift.CHANGED else Drift.LEFT_OVER


def blob_of(content: bytes) -> str:
    """Return the name under which git keeps a content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _history(root: Path, shared: str) -> dict[str, frozenset[str]]:
    """Return by file of the original all contents that it ever had, as git's names of them; nothing without a history."""
    if not has_history(root):
        return {}
    options = ("--raw", "--no-abbrev", "--format=", "-z", "--no-renames", "--relative", "-m", "--no-ext-diff")
    fields = iter(git(root, "log", *options, "HEAD", "--", shared).split("\0"))
    past: dict[str, set[str]] = {}
    for field in fields:
        if field.strip().startswith(":"):
            before, after = field.split()[2:4]
            name = next(fields).removeprefix(f"{shared}/")
            past.setdefault(name, set()).update((before, after))
    return {name: frozenset(blobs) for name, blobs in past.items()}


def hits(found: Sequence[Difference], options: Options) -> list[Hit]:
    """Return the differences as hits."""
    return [_hit(difference, options) for difference in found]


def _hit(difference: Difference, options: Options) -> Hit:
    severity, says, remedy = _SAYS[difference.drift]
    original = f"{options.shared}/{difference.name}" if difference.name else options.shared
    return Hit(
        check=CHECK,
        rule=difference.drift.value,
        path=difference.path,
        line=0,
        severity=severity,
        sentence=says.format(original=original),
        remedy=remedy,
        tool="compare",
        area=0,
    )
