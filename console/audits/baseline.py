"""The baseline: findings that are known, so that only new ones fail. A ratchet: once made it only shrinks, unless somebody asks.

One line for each finding, sorted, without line numbers, with how bad it is: the same finding grown worse is new. A blank line
stands below each and stays when what is above it is mended: git merges two changes without a conflict only where a line between
them is left as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from checks.model import Severity
from console.audits import ignores
from console.audits.audit import UNREADABLE, Outcome
from console.audits.choosing import Only
from console.audits.copies import shared_drift
from console.audits.files import read_text, within, write_whole
from console.audits.options import Options
from console.audits.values import AuditError, Spot, printable
from screens.clean import for_terminal

_HEAD = """\
# courtside audit: known findings. One line each: check, file, where, rule, fingerprint, severity. It only shrinks by
# itself: courtside audit --baseline FILE --update-baseline PATH takes out what is mended. A new finding, or one that grew
# worse, is mended, or ignored with a reason where it stands; only --accept-new adds it, say when a file was renamed.
# The blank lines stay, also below what is gone: so branches that take lines out merge without conflicts. Those that add
# some do where .gitattributes says `merge=union` of this file; the order of its lines, and a line twice, do no harm.
"""
_ALL = Only()
_FIELDS = 5
"""Fields of a line in baselines from before the severity was kept; it stands behind them."""
_SEVERITIES = frozenset(severity.name for severity in Severity)
_LONGEST = 4_096
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def baseline_of(root: Path, options: Options) -> Path | None:
    """Return the baseline that a repository names as its own, or None. Raises AuditError for one outside of it."""
    return within(root, options.baseline) if options.baseline else None


def read_baseline(path: Path) -> tuple[str, ...]:
    """Return the lines of a baseline, sorted and each once. Raises AuditError for a file that is not one."""
    return tuple(sorted(set(_findings(path, read_text(path).splitlines()))))


def _findings(path: Path, rows: Iterable[str]) -> list[str]:
    """Return the rows of a baseline that are findings, as they come. Raises AuditError."""
    lines = [row.rstrip() for row in rows if row.strip() and not row.startswith("#")]
    for line in lines:
        if line.startswith(_CONFLICT):
            raise AuditError(
                f"{path}: it holds conflict markers; keep the lines of both sides, their order does not matter"
            )
        fields = line.split("\t")
        if len(fields) < _FIELDS or (fields[_FIELDS:] and not _SEVERITIES.issuperset(fields[_FIELDS:])):
            raise AuditError(
                f"{path}: {line[:60]!r} is no line of a baseline; `--update-baseline` makes one where there is no file"
            )
    return lines


def line_of(spot: Spot) -> str:
    """Return the line of a finding."""
    hit = spot.hit
    fields = map(_field, (hit.check, hit.path, hit.scope, hit.rule))
    return "\t".join((*fields, spot.finding.fingerprint, hit.severity.name))


def _fingerprint(line: str) -> str:
    return line.split("\t")[_FIELDS - 1]


def _has_risen(spot: Spot, lines: Sequence[str]) -> bool:
    """Return whether a finding is worse than its lines say: the least of them, should a merge have kept more than one.

    A line without a severity holds for any.
    """
    stated = [Severity[line.split("\t")[_FIELDS]] for line in lines if line.count("\t") >= _FIELDS]
    return bool(stated) and spot.hit.severity > min(stated)


def _field(text: str) -> str:
    return " ".join(for_terminal(printable(text), _LONGEST).split()) or "-"


def held_against(outcome: Outcome, lines: Iterable[str], only: Only = _ALL) -> Outcome:
    """Return the outcome with the findings of the baseline set apart, and with the lines that are found no more.

    A finding that is worse than its line says is new, and its line stays. One that is less bad is known, and its line outdated.
    Lines of checks that did not run, of files that are there and were not looked at, and of paths that `only` does not hold, are
    none of these.
    """
    wanted: dict[str, list[str]] = {}
    for line in lines:
        wanted.setdefault(_fingerprint(line), []).append(line)
    named = {spot.finding.fingerprint: spot for spot in outcome.spots if spot.finding.fingerprint in wanted}
    known = {mark: spot for mark, spot in named.items() if not _has_risen(spot, wanted[mark])}
    gone = _gone([line for mark in wanted.keys() - named.keys() for line in wanted[mark]], outcome, only)
    outdated = (line for mark, spot in known.items() for line in wanted[mark] if line != line_of(spot))
    return replace(
        outcome,
        spots=tuple(spot for spot in outcome.spots if spot.finding.fingerprint not in known),
        known=tuple(known.values()),
        stale=tuple(sorted(gone)),
        outdated=tuple(sorted(outdated)),
        risen=len(named) - len(known),
    )


def _gone(lines: Iterable[str], outcome: Outcome, only: Only) -> list[str]:
    """Return which lines of findings that are not there are so because they were mended."""
    ran = {*outcome.checks, ignores.CHECK, UNREADABLE}
    seen = {_field(path) for path in outcome.seen}
    changed = None if only.changed is None else frozenset(map(_field, only.changed))
    among = Only(tuple(map(_field, only.folders)), changed)

    def is_gone(line: str) -> bool:
        check, path, *_ = line.split("\t")
        if check not in ran or not among.holds(path):
            return False
        return check == shared_drift.CHECK or path in seen or not _is_file(outcome.root, path)

    return [line for line in lines if is_gone(line)]


def _is_file(root: Path, path: str) -> bool:
    return os.path.isfile(root / path)  # noqa: PTH113  # never raises, whatever the path is


def write_baseline(path: Path, lines: Iterable[str]) -> None:
    """Write a baseline whole or not at all. Raises OSError."""
    write_whole(path, (_HEAD + "\n" + "".join(f"{line}\n\n" for line in sorted(set(lines)))).encode())


def renewed(held: Outcome) -> tuple[str, ...]:
    """Return the lines that take the place of those that are outdated, sorted."""
    marks = set(map(_fingerprint, held.outdated))
    return tuple(sorted(line_of(spot) for spot in held.known if spot.finding.fingerprint in marks))


def change_baseline(path: Path, held: Outcome, added: Iterable[str] = ()) -> None:
    """Take the stale lines out of the baseline, renew the outdated ones and put others in, whole or not at all.

    All else stays, sorted if it was not. A line that is added takes the place of one of the same finding. Raises AuditError for
    the baseline of another folder, and OSError.
    """
    rows = read_text(path).splitlines()
    if held.stale and not any(_is_file(held.root, line.split("\t")[1]) for line in _findings(path, rows)):
        raise AuditError(
            f"{path}: none of the files that it names is in {held.root}: it is the baseline of another folder, or all of "
            "them were removed; then remove it too"
        )
    fresh = {_fingerprint(line): line for line in (*renewed(held), *added)}
    kept = _kept(rows, frozenset(held.stale), fresh)
    lines = _findings(path, kept)
    if lines != sorted(set(lines)):
        write_baseline(path, [*lines, *fresh.values()])
        return
    for line in sorted(set(fresh.values()) - set(lines)):
        above = (at for at, row in enumerate(kept) if _is_finding(row) and row > line)
        at = next(above, len(kept))
        kept[at:at] = [line, ""]
    write_whole(path, "".join(f"{row}\n" for row in kept).encode())


def _kept(rows: Iterable[str], stale: frozenset[str], fresh: Mapping[str, str]) -> list[str]:
    """Return the rows without those that are stale, and with the fresh line in place of those of the same finding."""
    kept = [row for row in rows if row.rstrip() not in stale]
    return [fresh.get(_fingerprint(row.rstrip()), row) if _is_finding(row) else row for row in kept]


def _is_finding(row: str) -> bool:
    return "\t" in row and not row.startswith("#")
