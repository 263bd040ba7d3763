"""One audit of one folder, from its files to findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.model import CheckResult, Severity
from console.audits import ignores, shared_drift, streaming_inserts
from console.audits.catalogue import IDS, chosen
from console.audits.linting import lint
from console.audits.matching import Seen, inspect_files
from console.audits.options import Options
from console.audits.sources import Skipped, Tree, Unreadable, decode, read, walk
from console.audits.tables import dml_pattern, may_change
from console.audits.values import Hit, Spot, printable, spots_of, with_counts

UNREADABLE = "source.unreadable"
"""The check of files that could not be looked at: what may hide in them is unknown, and never green."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit found: `spots` worst first, the files `seen` and their lines, and what was passed by.

    `known` are findings of the baseline, which fail nothing, and `stale` lines of it that are found no more.
    """

    root: Path
    checks: tuple[str, ...]
    spots: tuple[Spot, ...]
    seen: frozenset[str]
    lines: int
    skipped: tuple[Skipped, ...]
    known: tuple[Spot, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many files were looked at."""
        return len(self.seen)

    @property
    def severity(self) -> Severity:
        """The worst of what is new."""
        return max((spot.hit.severity for spot in self.spots), default=Severity.OK)

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """The findings by check, also of checks that found nothing."""
        extra = (ignores.CHECK, UNREADABLE)
        wanted = (*self.checks, *(check for check in extra if any(spot.hit.check == check for spot in self.spots)))
        return tuple(self._result(check) for check in wanted)

    def _result(self, check: str) -> CheckResult:
        found = tuple(spot.finding for spot in self.spots if spot.hit.check == check)
        return CheckResult(check, max((one.severity for one in found), default=Severity.OK), found)

    @property
    def passed_by(self) -> Counter[str]:
        """How many files and folders were passed by, for each reason."""
        return Counter(item.reason for item in self.skipped)


def audit(place: Path, names: Sequence[str], options: Options, only: frozenset[str] | None = None) -> Outcome:
    """Return what the checks `names` (all when empty) find in a folder or a file.

    With `only` no other paths are looked at. Raises AuditError when there is no such place, check or ruff.
    """
    checks = tuple(one.id for one in chosen(names or options.checks))
    tree = walk(place, options)
    paths = [path for path in tree.files if only is None or path in only]
    seen, broken = _seen(tree.root, paths, checks, options)
    hits = [*_judged(tree, seen.hits), *_drifted(tree.root, checks, options, only)]
    hits = ignores.silenced(with_counts(hits), seen.ignores, checks, IDS)
    hits.extend(_unreadable(one) for one in (*tree.broken, *broken))
    passed = [*tree.skipped, *(Skipped(path, "generated file") for path in seen.generated)]
    skipped = tuple(Skipped(printable(one.path), one.reason) for one in passed)
    looked_at = frozenset(paths) - {*seen.generated, *(one.path for one in broken)}
    return Outcome(tree.root, checks, spots_of(hits), looked_at, seen.lines, skipped)


def _seen(root: Path, paths: Sequence[str], checks: Sequence[str], options: Options) -> tuple[Seen, list[Skipped]]:
    """Return what was found in the files, and which could not be looked at, why."""
    linted = lint(root, paths)
    whole = [path for path in paths if path not in linted.broken]
    seen = inspect_files(root, whole, checks, options, linted.marks)
    unparsed = (Skipped(path, f"it does not parse, {reason}") for path, reason in linted.broken.items())
    return seen, [*unparsed, *(Skipped(path, reason) for path, reason in seen.broken)]


def _drifted(root: Path, checks: Sequence[str], options: Options, only: frozenset[str] | None) -> list[Hit]:
    """Return how the copies of the shared code differ; with `only`, of those files and of copies of those files."""
    if shared_drift.CHECK not in checks:
        return []
    found = shared_drift.differences(root, options)
    wanted = (one for one in found if only is None or not only.isdisjoint((one.path, f"{options.shared}/{one.name}")))
    return shared_drift.hits(tuple(wanted), options)


def _judged(tree: Tree, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the severity that the rest of the tree gives them."""
    tables = {hit.about.rpartition(".")[2] for hit in hits if hit.check == streaming_inserts.CHECK and hit.about}
    changed = _changed_tables(tree, tables) if tables else {}
    return [streaming_inserts.judge(hit, changed) if hit.check == streaming_inserts.CHECK else hit for hit in hits]


def _changed_tables(tree: Tree, tables: Collection[str]) -> dict[str, str]:
    """Return for each of the tables that DML touches the first file where it does."""
    pattern = dml_pattern(tables)
    changed: dict[str, str] = {}
    for path in (*tree.files, *tree.sql):
        try:
            raw = read(tree.root, path)
            text = decode(raw) if may_change(raw) else ""
        except Unreadable:  # courtside: ignore[silent_exceptions] it is reported where files are read
            continue
        for table in pattern.findall(text):
            changed.setdefault(table, printable(path))
    return changed


def _unreadable(one: Skipped) -> Hit:
    return Hit(
        check=UNREADABLE,
        rule="unreadable",
        path=one.path,
        line=0,
        severity=Severity.UNKNOWN,
        sentence=f"could not be looked at: {one.reason}",
        remedy="make it a Python 3 file that can be read, or exclude it in pyproject.toml",
        tool="ruff",
    )
