"""Runs the checks over the files, on all cores.

ast-grep holds Python's lock while it parses, so threads gain nothing: a pool of processes does. A small tree is done in this
process, for a pool takes longer to start than its files to be read. A text is parsed only when it holds a word that one of the
rules needs, and of a text only the functions and classes that do.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from console.audits.catalogue import IDS, chosen
from console.audits.ignores import NEEDS, Ignore, ignores_of
from console.audits.ignores import reads as reads_ignores
from console.audits.linting import Marks, lint_text
from console.audits.module import Module, Reader
from console.audits.options import Options
from console.audits.sources import Unreadable, decode, is_generated, is_utf8, read
from console.audits.streaming import streaming_inserts
from console.audits.streaming.dml import Change, changes_in, may_change
from console.audits.values import AuditError, Hit, printable

_FEW = 150
"""Files that one process reads quicker than a pool starts."""
_SHARE = 40
"""Files handed to a process at once: small, so that all end at about the same time."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one process needs to know for a share of the files; `marks` are those of ruff, by path."""

    root: Path
    paths: tuple[str, ...]
    checks: tuple[str, ...]
    options: Options
    marks: Mapping[str, Marks]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of the files: hits, comments that silence, files that are generated, and why others could not be read.

    `changes` is by path what DML of the files touches, where streaming inserts are looked for.
    """

    hits: tuple[Hit, ...]
    ignores: tuple[Ignore, ...]
    generated: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    lines: int
    changes: Mapping[str, tuple[Change, ...]]


def inspect_files(
    root: Path, paths: Sequence[str], checks: Sequence[str], options: Options, marks: Mapping[str, Marks]
) -> Seen:
    """Return what the checks (ids) find in files of a folder."""
    shares = [
        Work(root, share, tuple(checks), options, {path: marks[path] for path in share if path in marks})
        for share in (tuple(paths[at : at + _SHARE]) for at in range(0, len(paths), _SHARE))
    ]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(paths) < _FEW or cores == 1:
        return _joined(map(inspect_share, shares))
    # A forked child has everything imported; with threads about, it could have a lock that nobody opens.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() and _is_alone() else "spawn"
    try:
        with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context(method)) as pool:
            return _joined(pool.map(inspect_share, shares))
    except BrokenProcessPool as error:
        raise AuditError("a process of the audit was ended from outside, or died of a file; audit again") from error


def _is_alone() -> bool:
    import threading  # noqa: PLC0415 # asked for once

    return threading.active_count() == 1


def _joined(parts: Iterator[Seen]) -> Seen:
    found = list(parts)
    return Seen(
        tuple(hit for part in found for hit in part.hits),
        tuple(ignore for part in found for ignore in part.ignores),
        tuple(path for part in found for path in part.generated),
        tuple(item for part in found for item in part.broken),
        sum(part.lines for part in found),
        {path: changes for part in found for path, changes in part.changes.items()},
    )


def inspect_share(work: Work) -> Seen:
    """Return what the checks find in a share of the files."""
    hits: list[Hit] = []
    ignores: list[Ignore] = []
    generated: list[str] = []
    broken: list[tuple[str, str]] = []
    changes: dict[str, tuple[Change, ...]] = {}
    lines = 0
    for path in work.paths:
        try:
            raw = read(work.root, path)
            if is_generated(raw):
                generated.append(path)
                continue
            text = decode(raw)
            lines += text.count("\n") + 1
            if streaming_inserts.CHECK in work.checks and may_change(raw):
                changes[path] = tuple(changes_in(path, text, printable(path)))
            marks = work.marks.get(path, {}) if is_utf8(raw) else _marks_of(path, text)
            inspect_text(path, text, work, marks, hits, ignores)
        except Unreadable as error:
            broken.append((path, str(error)))
        except RecursionError:
            broken.append((path, "it is nested too deeply"))
    return Seen(tuple(hits), tuple(ignores), tuple(generated), tuple(broken), lines, changes)


def _marks_of(path: str, text: str) -> Marks:
    found = lint_text(path, text)
    if path in found.broken:
        raise Unreadable(f"it does not parse, {found.broken[path]}")
    return found.marks.get(path, {})


def inspect_text(path: str, text: str, work: Work, marks: Marks, hits: list[Hit], ignores: list[Ignore]) -> None:
    """Add what the checks find in one text, and the comments in it that silence, to the lists."""
    audits = [
        (audit.inspect, audit.reads)
        for audit in chosen(work.checks)
        if audit.inspect is not None and audit.reads is not None and any(word in text for word in audit.needs)
    ]
    if not audits and NEEDS not in text:
        return
    readers: list[Reader] = [reads for _, reads in audits]
    if NEEDS in text:
        readers.append(reads_ignores)
    module = Module(path, text, work.options, marks, tuple(readers))
    for inspect, _ in audits:
        hits.extend(inspect(module))
    ignores.extend(ignores_of(module, IDS))
