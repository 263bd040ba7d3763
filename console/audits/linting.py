"""What ruff says of files: which rules apply on which lines, and which files do not parse."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.audits.rules import load
from console.audits.sources import Unreadable, decode, read
from console.audits.values import AuditError

Marks = Mapping[int, frozenset[str]]
"""The codes of rules by line, of one file."""

_ORDER = "I001"
"""The rule about the order of imports."""
_SHARE = 60_000
"""Bytes of file names in one command line; Windows takes 32 thousand characters, Linux 2 million."""


@dataclass(frozen=True, slots=True)
class Lint:
    """What ruff found: marks by path, and of files that do not parse the reason."""

    marks: Mapping[str, Marks]
    broken: Mapping[str, str]


def lint(root: Path, paths: Sequence[str]) -> Lint:
    """Return what the rules of `rules/linting.toml` find in files of a folder. Raises AuditError when ruff cannot be run."""
    names: dict[str, list[str]] = {}
    for path in paths:
        names.setdefault(_name_in_answer(root / path), []).append(path)
    alone = {name: same[0] for name, same in names.items() if len(same) == 1}
    rows = [row for share in _shares(root, [*alone.values()]) for row in _rows_of_files(share)]
    twins = [_lint_file(root, path) for same in names.values() if len(same) > 1 for path in same]
    return _joined([_lint_of(alone, rows), *twins])


def _rows_of_files(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what ruff finds in files; one of which it dies, say of too deep an expression, is found by halves and is broken.

    Raises AuditError when ruff cannot be run at all.
    """
    try:
        return _run([*_command(), *names])
    except AuditError:
        if len(names) > 1:
            middle = len(names) // 2
            return [*_rows_of_files(names[:middle]), *_rows_of_files(names[middle:])]
        _run([*_command(), "-"], "")
    return [{"filename": os.fsencode(names[0]).decode("utf-8", "replace"), "code": None, **_DIED}]


_DIED: Mapping[str, Any] = {"location": {"row": 1}, "message": "ruff dies of it; too deep an expression?"}


def _name_in_answer(path: Path) -> str:
    """Return a path as ruff's answers have it, which are UTF-8 whatever bytes the file system has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _lint_file(root: Path, path: str) -> Lint:
    """Return what ruff says of a file whose name it cannot tell from another one's."""
    try:
        return lint_text(path, decode(read(root, path)))
    except Unreadable as error:
        return Lint({}, {path: str(error)})


def _joined(lints: Sequence[Lint]) -> Lint:
    return Lint(
        {path: marks for one in lints for path, marks in one.marks.items()},
        {path: reason for one in lints for path, reason in one.broken.items()},
    )


def lint_text(path: str, text: str) -> Lint:
    """Return the same of a text, for a file in an encoding that ruff does not read. Raises AuditError likewise."""
    try:
        rows = _run([*_command(), "--stdin-filename", "text.py", "-"], text)
    except AuditError:
        _run([*_command(), "-"], "")
        return Lint({}, {path: f"line 1: {_DIED['message']}"})
    return _lint_of({str(row["filename"]): path for row in rows}, rows)


def rows_of(text: str, select: Iterable[str], folder: Path) -> list[tuple[str, str]]:
    """Return code and message of what the rules `select` find in a text; "invalid-syntax" is the code of what does not parse.

    It is looked at as a file of `folder`, whose modules are imported after those of others. Raises AuditError.
    """
    rows = _run([*_base(select), "--stdin-filename", "text.py", "-"], text, folder)
    return [(str(row["code"]), str(row["message"])) for row in rows]


def with_sorted_imports(text: str, folder: Path) -> str:
    """Return a text with its imports in ruff's order, as a file of `folder`. Raises AuditError."""
    command = [*_base([_ORDER]), "--fix-only", "--stdin-filename", "text.py", "-"]
    command.remove("--no-fix")
    return _output(command, text, folder).decode("utf-8")


def rows_by_settings(text: str, path: Path) -> list[tuple[str, str]]:
    """Return code and message of what ruff finds in a text as the file `path`, by the settings of that file's own repository.

    The order of imports (I001) is looked at whether they ask for it or not. Raises AuditError, also for broken settings.
    """
    command = _by_settings(path, "--no-fix", "--no-fix-only", "--extend-select", _ORDER, "--output-format", "json")
    return [(str(row["code"]), str(row["message"])) for row in _run(command, text, path.parent)]


def with_imports_by_settings(text: str, path: Path) -> str:
    """Return a text with its imports in the order of the settings of the repository of the file `path`. Raises AuditError."""
    command = _by_settings(path, "--fix-only", "--no-unsafe-fixes", "--select", _ORDER)
    return _output(command, text, path.parent).decode("utf-8")


def _by_settings(path: Path, *options: str) -> list[str]:
    from ruff import find_ruff_bin  # type: ignore[import-untyped] # noqa: PLC0415 # no types; only an audit needs it

    # Whatever the settings say, no file is written: the text comes from here, and there is no cache.
    return [find_ruff_bin(), "check", "--quiet", "--no-cache", *options, "--stdin-filename", str(path), "-"]


def _base(select: Iterable[str]) -> list[str]:
    from ruff import find_ruff_bin  # noqa: PLC0415 # only an audit needs it

    # The newest syntax, so that no file is refused for being modern; no cache, so that nothing is written.
    options = ["--isolated", "--no-cache", "--ignore-noqa", "--output-format", "json", "--target-version", "py314"]
    return [find_ruff_bin(), "check", "--quiet", "--no-fix", *options, "--select", ",".join(select)]


def _command() -> list[str]:
    document = load("linting")
    return [*_base(document["select"]), *(part for setting in document["config"] for part in ("--config", setting))]


def _shares(root: Path, paths: Sequence[str]) -> Iterator[list[str]]:
    share: list[str] = []
    size = 0
    for path in paths:
        name = str(root / path)
        if share and size + len(name) > _SHARE:
            yield share
            share, size = [], 0
        share.append(name)
        size += len(name) + 1
    if share:
        yield share


def _run(command: Sequence[str], text: str | None = None, folder: Path | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_output(command, text, folder) or b"[]")
    return rows


def _output(command: Sequence[str], text: str | None, folder: Path | None = None) -> bytes:
    """Return what ruff prints; it ends with 1 when it finds something and with 2 when it could not do its work."""
    try:
        done = subprocess.run(  # noqa: S603 # ruff's own program, and paths that were walked
            command,
            input=None if text is None else text.encode("utf-8", "replace"),
            capture_output=True,
            check=False,
            cwd=folder,
        )
    except OSError as error:
        raise AuditError(f"ruff cannot be run ({error.strerror}); install it: pip install ruff") from error
    if done.returncode not in (0, 1):
        raise AuditError(f"ruff failed: {done.stderr.decode('utf-8', 'replace').strip() or done.returncode}")
    return done.stdout


def _lint_of(paths: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> Lint:
    marks: dict[str, dict[int, frozenset[str]]] = {}
    broken: dict[str, str] = {}
    for row in rows:
        path, line = paths[row["filename"]], int(row["location"]["row"])
        if row["code"] in (None, "invalid-syntax"):
            broken.setdefault(path, f"line {line}: {row['message']}")
            continue
        lines = marks.setdefault(path, {})
        lines[line] = lines.get(line, frozenset()) | {str(row["code"])}
    return Lint(marks, broken)
