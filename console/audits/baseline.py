"""The baseline: findings that are known, so that only new ones fail. A ratchet: once made it only shrinks, unless somebody asks.

One line for each finding, sorted, without line numbers. A blank line stands below each and stays when what is above it is
mended: git merges two changes without a conflict only where a line between them is left as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from console.audits import ignores, shared_drift
from console.audits.audit import UNREADABLE, Outcome
from console.audits.choosing import Only
from console.audits.files import read_text, within, write_whole
from console.audits.options import Options
from console.audits.values import AuditError, Spot, printable
from screens.clean import for_terminal

_HEAD = """\
# courtside audit: known findings. One line each: check, file, where, rule, fingerprint. It only shrinks by itself:
# courtside audit --baseline FILE --update-baseline PATH takes out what is mended. A new finding is mended, or ignored
# with a reason where it stands; only --accept-new adds it, say when a file was renamed or another check is wanted.
# The blank lines stay, also below what is gone: so branches merge without conflicts.
"""
_ALL = Only()
_FIELDS = 5
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
        if len(line.split("\t")) != _FIELDS:
            raise AuditError(
                f"{path}: {line[:60]!r} is no line of a baseline; `--update-baseline` makes one where there is no file"
            )
    return lines


def line_of(spot: Spot) -> str:
    """Return the line of a finding."""
    hit = spot.hit
    return "\t".join((*map(_field, (hit.check, hit.path, hit.scope, hit.rule)), spot.finding.fingerprint))


def _field(text: str) -> str:
    return " ".join(for_terminal(printable(text), _LONGEST).split()) or "-"


def held_against(outcome: Outcome, lines: Iterable[str], only: Only = _ALL) -> Outcome:
    """Return the outcome with the findings of the baseline set apart, and with the lines that are found no more.

    Lines of checks that did not run, of files that are there and were not looked at, and of paths that `only` does not hold, are
    neither.
    """
    wanted = {line.rpartition("\t")[2]: line for line in lines}
    known = tuple(spot for spot in outcome.spots if spot.finding.fingerprint in wanted)
    found = {spot.finding.fingerprint for spot in known}
    ran = {*outcome.checks, ignores.CHECK, UNREADABLE}
    seen = {_field(path) for path in outcome.seen}
    changed = None if only.changed is None else frozenset(map(_field, only.changed))
    among = Only(tuple(map(_field, only.folders)), changed)

    def is_gone(line: str) -> bool:
        check, path, *_ = line.split("\t")
        if check not in ran or not among.holds(path):
            return False
        return check == shared_drift.CHECK or path in seen or not _is_file(outcome.root, path)

    return replace(
        outcome,
        spots=tuple(spot for spot in outcome.spots if spot.finding.fingerprint not in found),
        known=known,
        stale=tuple(sorted(line for fingerprint, line in wanted.items() if fingerprint not in found and is_gone(line))),
    )


def _is_file(root: Path, path: str) -> bool:
    return os.path.isfile(root / path)  # noqa: PTH113  # never raises, whatever the path is


def write_baseline(path: Path, lines: Iterable[str]) -> None:
    """Write a baseline whole or not at all. Raises OSError."""
    write_whole(path, (_HEAD + "\n" + "".join(f"{line}\n\n" for line in sorted(set(lines)))).encode())


def change_baseline(path: Path, held: Outcome, added: Iterable[str] = ()) -> None:
    """Take the stale lines out of the baseline and put others in, whole or not at all; all else stays, sorted if it was not.

    Raises AuditError for the baseline of another folder, and OSError.
    """
    rows = read_text(path).splitlines()
    if held.stale and not any(_is_file(held.root, line.split("\t")[1]) for line in _findings(path, rows)):
        raise AuditError(
            f"{path}: none of the files that it names is in {held.root}: it is the baseline of another folder, or all of "
            "them were removed; then remove it too"
        )
    kept = [row for row in rows if row.rstrip() not in set(held.stale)]
    lines = _findings(path, kept)
    if lines != sorted(set(lines)):
        write_baseline(path, [*lines, *added])
        return
    for line in sorted(set(added) - set(lines)):
        above = (at for at, row in enumerate(kept) if row.count("\t") and not row.startswith("#") and row > line)
        at = next(above, len(kept))
        kept[at:at] = [line, ""]
    write_whole(path, "".join(f"{row}\n" for row in kept).encode())
