"""One audit of one folder, from its files to findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.model import CheckResult, Severity
from console.audits import ignores
from console.audits.catalogue import IDS, chosen
from console.audits.choosing import Only
from console.audits.copies import shared_drift
from console.audits.copies.drift import Difference
from console.audits.linting import lint
from console.audits.matching import Seen, inspect_files
from console.audits.options import Options
from console.audits.sources import Skipped, Tree, Unreadable, decode, read, walk
from console.audits.streaming import streaming_inserts
from console.audits.streaming.dml import Change, changes_in, may_change
from console.audits.values import Hit, Spot, printable, spots_of, with_counts

UNREADABLE = "source.unreadable"
"""The check of files that could not be looked at: what may hide in them is unknown, and never green."""

_ALL = Only()
_LINE = re.compile(r"it does not parse, line (\d+): (?!ruff dies)")
"""The line in a reason; where ruff died of a file it is not known which line it was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit found: `spots` worst first, the files `seen` and their lines, and what was passed by.

    `known` are findings of the baseline, which fail nothing, and `stale` lines of it that are found no more. `outdated` lines
    of it state no severity, or a worse one than is found, and `risen` of the `spots` are there as less bad. `idle` says by check
    why one had nothing to look at; `reason` why nothing at all was looked at, or "".
    """

    root: Path
    checks: tuple[str, ...]
    spots: tuple[Spot, ...]
    seen: frozenset[str]
    lines: int
    skipped: tuple[Skipped, ...]
    known: tuple[Spot, ...] = ()
    stale: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    risen: int = 0
    idle: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def files(self) -> int:
        """How many files were looked at."""
        return len(self.seen)

    @property
    def severity(self) -> Severity:
        """The worst of what is new; UNKNOWN where nothing was looked at."""
        return max((self._least, *(spot.hit.severity for spot in self.spots)))

    @property
    def _least(self) -> Severity:
        return Severity.UNKNOWN if self.reason else Severity.OK

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """The findings by check, also of checks that found nothing."""
        extra = (ignores.CHECK, UNREADABLE)
        wanted = (*self.checks, *(check for check in extra if any(spot.hit.check == check for spot in self.spots)))
        return tuple(self._result(check) for check in wanted)

    def _result(self, check: str) -> CheckResult:
        found = tuple(spot.finding for spot in self.spots if spot.hit.check == check)
        worst = max((self._least, *(one.severity for one in found)))
        return CheckResult(check, worst, found, self.reason or dict(self.idle).get(check, ""))

    @property
    def passed_by(self) -> Counter[str]:
        """How many files and folders were passed by, for each reason."""
        return Counter(item.reason for item in self.skipped)


def audit(place: Path, names: Sequence[str], options: Options, only: Only = _ALL) -> Outcome:
    """Return what the checks `names` (all when empty) find in a folder or a file.

    Of what `only` does not hold nothing is found, but what it says of tables counts. Raises AuditError when there is no such
    place, check or ruff.
    """
    checks = tuple(one.id for one in chosen(names or options.checks))
    tree = walk(place, options)
    paths = [path for path in tree.files if only.holds(path)]
    seen, broken = _seen(tree.root, paths, checks, options)
    looked_at = frozenset(paths) - {*seen.generated, *(one.path for one in broken)}
    drifted = shared_drift.differences(tree.root, options) if shared_drift.CHECK in checks else ()
    hits = [
        *_judged(tree, seen, looked_at),
        *shared_drift.hits([one for one in drifted if _is_wanted(one, only)], options),
    ]
    hits = with_counts(ignores.silenced(hits, seen.ignores, checks, IDS))
    hits.extend(_unreadable(one) for one in (*tree.broken, *broken))
    passed = [*tree.skipped, *(Skipped(path, "generated file") for path in seen.generated)]
    skipped = tuple(Skipped(printable(one.path), one.reason) for one in passed)
    idle = shared_drift.idle(drifted, options)
    is_unchanged = only.changed is not None and not paths and any(map(only.is_inside, tree.files))
    reason = "" if looked_at or is_unchanged else _nothing(place, only)
    return Outcome(tree.root, checks, spots_of(hits), looked_at, seen.lines, skipped, idle=idle, reason=reason)


def _nothing(place: Path, only: Only) -> str:
    where = f" in {', '.join(only.folders)}" if only.folders else ""
    return (
        f"{place}: not a single Python file{where} was looked at, so nothing is known; give the folder of a checkout of the "
        "pipeline, and see what is passed by"
    )


def _is_wanted(one: Difference, only: Only) -> bool:
    """Return whether a difference is of a chosen file or folder, or of a copy of one."""
    return any(map(only.is_inside, (one.path, *one.sources))) and one.concerns(only.changed)


def _seen(root: Path, paths: Sequence[str], checks: Sequence[str], options: Options) -> tuple[Seen, list[Skipped]]:
    """Return what was found in the files, and which could not be looked at, why."""
    linted = lint(root, paths)
    whole = [path for path in paths if path not in linted.broken]
    seen = inspect_files(root, whole, checks, options, linted.marks)
    unparsed = (Skipped(path, f"it does not parse, {reason}") for path, reason in linted.broken.items())
    return seen, [*unparsed, *(Skipped(path, reason) for path, reason in seen.broken)]


def _judged(tree: Tree, seen: Seen, looked_at: Collection[str]) -> list[Hit]:
    """Return the hits with the severity that the rest of the tree gives them."""
    inserts = [hit for hit in seen.hits if hit.check == streaming_inserts.CHECK]
    tables = {hit.about.rpartition(".")[2] for hit in inserts if hit.about}
    found = _changes(tree, seen.changes, looked_at) if tables else ()
    changes = tuple(change for change in found if change.table in tables)
    return [streaming_inserts.judge(hit, changes) if hit.check == streaming_inserts.CHECK else hit for hit in seen.hits]


def _changes(tree: Tree, seen: Mapping[str, tuple[Change, ...]], looked_at: Collection[str]) -> Iterator[Change]:
    """Yield where DML touches a table, in the order of the files; those that were not `looked_at` are read for it."""
    for path in (*tree.files, *tree.sql):
        if path in seen or path in looked_at:
            yield from seen.get(path, ())
            continue
        try:
            raw = read(tree.root, path)
            text = decode(raw) if may_change(raw) else ""
        except Unreadable:  # courtside: ignore[silent_exceptions] it is reported where files are read
            continue
        yield from changes_in(path, text, printable(path))


def _unreadable(one: Skipped) -> Hit:
    line = _LINE.match(one.reason)
    return Hit(
        check=UNREADABLE,
        rule="unreadable",
        path=one.path,
        line=int(line[1]) if line is not None else 0,
        severity=Severity.UNKNOWN,
        sentence=f"could not be looked at: {one.reason}",
        remedy="make it a Python 3 file that can be read, or exclude it in pyproject.toml",
        tool="ruff",
    )
