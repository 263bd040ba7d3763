"""What ruff says of files: which rules apply on which lines, and which files do not parse."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.audits.rules import load
from console.audits.values import AuditError

Marks = Mapping[int, frozenset[str]]
"""The codes of rules by line, of one file."""

_SHARE = 60_000
"""Bytes of file names in one command line; Windows takes 32 thousand characters, Linux 2 million."""


@dataclass(frozen=True, slots=True)
class Lint:
    """What ruff found: marks by path, and of files that do not parse the reason."""

    marks: Mapping[str, Marks]
    broken: Mapping[str, str]


def lint(root: Path, paths: Sequence[str]) -> Lint:
    """Return what the rules of `rules/linting.toml` find in files of a folder. Raises AuditError when ruff cannot be run."""
    rows = [row for share in _shares(root, paths) for row in _run([*_command(), *share])]
    return _lint_of({str(root / path): path for path in paths}, rows)


def lint_text(path: str, text: str) -> Lint:
    """Return the same of a text, for a file in an encoding that ruff does not read."""
    rows = _run([*_command(), "--stdin-filename", "text.py", "-"], text)
    return _lint_of({str(row["filename"]): path for row in rows}, rows)


def rows_of(text: str, select: Iterable[str]) -> list[tuple[str, str]]:
    """Return code and message of what the rules `select` find in a text; "invalid-syntax" is the code of what does not parse."""
    rows = _run([*_base(select), "--stdin-filename", "text.py", "-"], text)
    return [(str(row["code"]), str(row["message"])) for row in rows]


def with_sorted_imports(text: str) -> str:
    """Return a text with its imports in ruff's order."""
    command = [*_base(["I001"]), "--fix-only", "--stdin-filename", "text.py", "-"]
    command.remove("--no-fix")
    return _output(command, text).decode("utf-8")


def _base(select: Iterable[str]) -> list[str]:
    from ruff import find_ruff_bin  # type: ignore[import-untyped] # noqa: PLC0415 # no types; only an audit needs it

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


def _run(command: Sequence[str], text: str | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_output(command, text) or b"[]")
    return rows


def _output(command: Sequence[str], text: str | None) -> bytes:
    """Return what ruff prints; it ends with 1 when it finds something and with 2 when it could not do its work."""
    try:
        done = subprocess.run(  # noqa: S603 # ruff's own program, and paths that were walked
            command, input=None if text is None else text.encode("utf-8", "replace"), capture_output=True, check=False
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
