"""The baseline: findings that are known, so that only new ones fail. A ratchet: it is made once, and then only shrinks.

One line for each finding, sorted, without line numbers, so that two branches that each mend something merge without a conflict.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from console.audits.audit import Outcome
from console.audits.values import AuditError, Spot

_HEAD = (
    "# courtside audit: known findings. One line each: check, file, where, rule, fingerprint. It only ever shrinks:\n"
    "# courtside audit --baseline FILE --update-baseline PATH takes out what is mended. A new finding is mended, or ignored\n"
    "# with a reason where it stands.\n"
)
_FIELDS = 5


def read_baseline(path: Path) -> tuple[str, ...]:
    """Return the lines of a baseline, sorted and each once. Raises AuditError for a file that is not one."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuditError(
            f"{path}: this is no baseline; `--update-baseline` makes one where there is no file"
        ) from error
    lines = {line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")}
    for line in lines:
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            raise AuditError(
                f"{path}: it holds conflict markers; keep the lines of both sides, their order does not matter"
            )
        if len(line.split("\t")) != _FIELDS:
            raise AuditError(f"{path}: {line[:60]!r} is no line of a baseline")
    return tuple(sorted(lines))


def line_of(spot: Spot) -> str:
    """Return the line of a finding."""
    hit = spot.hit
    clean = (" ".join(part.split()) or "-" for part in (hit.check, hit.path, hit.scope, hit.rule))
    return "\t".join((*clean, spot.finding.fingerprint))


def held_against(outcome: Outcome, lines: Iterable[str], only: Collection[str] | None = None) -> Outcome:
    """Return the outcome with the findings of the baseline set apart, and with the lines that are found no more.

    Lines of checks that did not run, and of paths other than `only`, are neither.
    """
    wanted = {line.rpartition("\t")[2]: line for line in lines}
    known = tuple(spot for spot in outcome.spots if spot.finding.fingerprint in wanted)
    found = {spot.finding.fingerprint for spot in known}
    ran = {*outcome.checks, "source.ignores", "source.unreadable"}
    stale = tuple(
        line
        for fingerprint, line in wanted.items()
        if fingerprint not in found and line.split("\t")[0] in ran and (only is None or line.split("\t")[1] in only)
    )
    return replace(
        outcome,
        spots=tuple(spot for spot in outcome.spots if spot.finding.fingerprint not in found),
        known=known,
        stale=tuple(sorted(stale)),
    )


def write_baseline(path: Path, lines: Iterable[str]) -> None:
    """Write a baseline whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(_HEAD + "".join(f"{line}\n" for line in sorted(set(lines))))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
