"""What ruff would find in a rewritten file that it does not find in the file as it is.

All of ruff's rules are asked, and once more the repository's own settings, where it has some: of the order of imports only they
decide.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from console.audits.files import read_text, within
from console.audits.fixing.reach import is_file
from console.audits.linting import rows_by_settings, rows_of, with_imports_by_settings, with_sorted_imports
from console.audits.rules import load
from console.audits.values import AuditError

_ORDER = "I001"
_SETTINGS = (".ruff.toml", "ruff.toml", "pyproject.toml")
"""Where ruff looks for its settings in a folder, the first first."""
_MOST = 200
"""Characters that are shown of what ruff says of settings."""
_UNUSED = frozenset({"F401", "F841", "RUF059"})
"""Rules of ruff about an import or a variable that nothing uses."""
_Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Findings:
    """Code and message of what ruff finds in a file as it is, and the file of settings that its repository has for it, or ""."""

    root: Path
    path: str
    text: str
    settings: str
    by_all: tuple[_Row, ...]
    by_settings: tuple[_Row, ...]

    def in_order(self, after: str) -> str:
        """Return the rewritten text with its imports sorted, where they were before. Raises AuditError."""
        place = self.root / self.path
        if self.settings:
            was_sorted = all(code != _ORDER for code, _ in self.by_settings)
            is_sorted = all(code != _ORDER for code, _ in rows_by_settings(after, place))
            return with_imports_by_settings(after, place) if was_sorted and not is_sorted else after
        was_sorted = not rows_of(self.text, [_ORDER], self.root)
        return with_sorted_imports(after, self.root) if was_sorted and rows_of(after, [_ORDER], self.root) else after

    def new_in(self, after: str) -> str:
        """Return what ruff finds in the rewritten text and did not find before, in words; "" for nothing. Raises AuditError."""
        if row := _new(self.by_all, _by_all(after, self.root, self.settings)):
            return _in_words(row)
        row = _new(self.by_settings, rows_by_settings(after, self.root / self.path)) if self.settings else None
        return f"{_in_words(row)} (by {self.settings})" if row else ""


def findings(root: Path, path: str, text: str) -> Findings:
    """Return what ruff finds in a file. Raises AuditError, also where the repository's settings for it cannot be used."""
    settings = _settings_of(root, path)
    if not settings:
        return Findings(root, path, text, "", _by_all(text, root, ""), ())
    try:
        _keep_inside(root, settings)
        by_settings = tuple(rows_by_settings(text, root / path))
    except AuditError as error:
        reason = " ".join(str(error).rpartition("Cause: ")[2].split())
        shown = reason if len(reason) <= _MOST else f"{reason[: _MOST - 1]}…"
        raise AuditError(
            f"the settings of ruff in {settings} cannot be used, so nobody knows what it would find: {shown}"
        ) from error
    return Findings(root, path, text, settings, _by_all(text, root, settings), by_settings)


def _by_all(text: str, root: Path, settings: str) -> tuple[_Row, ...]:
    rules = load("linting")
    passed = {*rules["after_fix_may"], *([_ORDER] if settings else [])}
    return tuple(row for row in rows_of(text, rules["after_fix"], root) if row[0] not in passed)


def _settings_of(root: Path, path: str) -> str:
    """Return the file of settings that ruff takes for a file, the nearest above it inside the folder; "" when there is none."""
    for folder in PurePosixPath(path).parents:
        for name in _SETTINGS:
            place = str(folder / name)
            if is_file(root, place) and (name != "pyproject.toml" or _has_ruff(root, place)):
                return place
    return ""


def _has_ruff(root: Path, place: str) -> bool:
    try:
        return "ruff" in tomllib.loads(read_text(within(root, place))).get("tool", {})
    # courtside: ignore[silent_exceptions] ruff stops at such a file too, and what it says of it is told
    except (AuditError, tomllib.TOMLDecodeError, RecursionError):
        return True


def _keep_inside(root: Path, settings: str) -> None:
    """Raise AuditError where settings are taken from outside of the folder, of which nothing is read."""
    seen: set[str] = set()
    place = settings
    while place not in seen:
        seen.add(place)
        try:
            document = tomllib.loads(read_text(within(root, place)))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise AuditError(f"{place} is not TOML: {error}") from error
        table = document.get("tool", {}).get("ruff", {}) if place.endswith("pyproject.toml") else document
        above = table.get("extend")
        if not isinstance(above, str):
            return
        place = os.path.normpath(PurePosixPath(place).parent / os.path.expandvars(above))
        if place.startswith(("/", "..", "~")):
            raise AuditError(f"they extend {above}, which leads out of the audited folder")


def _new(before: Sequence[_Row], after: Sequence[_Row]) -> _Row | None:
    known = Counter(map(_key, before))
    for row in after:
        known[_key(row)] -= 1
        if known[_key(row)] < 0:
            return row
    return None


def _key(row: _Row) -> _Row:
    """Return a row of ruff's without numbers of lines and columns, which the import moves."""
    return row[0], re.sub(r"\d+", "…", row[1])


def _in_words(row: _Row) -> str:
    """Return what ruff would find; most often a client that only this call used."""
    code, message = row
    name = re.search(r"`([^`]+)`", message)
    if code in _UNUSED and name is not None:
        return f"{name[1]} would be used no more (ruff {code}): rewrite this call by hand and remove {name[1]} with it"
    return f"ruff would find something new: {code} {message}"
