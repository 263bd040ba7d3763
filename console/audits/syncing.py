"""`--sync`: brings the copies of the shared code up to date, each whole or not at all.

A copy that holds what the original never had is refused: nobody but a person can say what those changes are for.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from console.audits.options import Options
from console.audits.shared_drift import Difference, Drift, differences
from console.audits.swapping import swap
from console.audits.values import AuditError

_DOES = {
    Drift.STALE: "update",
    Drift.MISSING: "add",
    Drift.LEFT_OVER: "remove",
}


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What would be done to one copy; nothing at all where `refused` says why."""

    copy: str
    changes: tuple[Difference, ...]
    refused: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Lines such as `update utils/clock.py`."""
        return tuple(f"{_DOES[change.drift]} {change.name}" for change in self.changes if change.drift in _DOES)


def plan(root: Path, options: Options) -> tuple[CopyPlan, ...]:
    """Return what would be done to each copy that differs. Raises AuditError."""
    found = differences(root, options)
    return tuple(_plan(copy, tuple(group)) for copy, group in groupby(found, key=lambda difference: difference.copy))


def _plan(copy: str, changes: tuple[Difference, ...]) -> CopyPlan:
    odd = [change for change in changes if change.drift not in _DOES]
    if not odd:
        return CopyPlan(copy, changes)
    names = ", ".join(change.name or change.copy for change in odd[:3])
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    unread = all(change.drift is Drift.UNREADABLE for change in odd)
    why = "it, or the original, holds what cannot be read" if unread else "it holds what the original never had"
    return CopyPlan(copy, changes, f"{why}: {names}{more}")


def apply(root: Path, options: Options, plans: Sequence[CopyPlan]) -> tuple[str, ...]:
    """Bring the copies of the plans up to date and return them; refused ones are left.

    Raises AuditError, having done nothing to that copy, when a copy is not as it was planned for.
    """
    done = []
    for one in plans:
        if one.refused:
            continue
        now = next((again for again in plan(root, options) if again.copy == one.copy), None)
        if now != one:
            raise AuditError(f"{one.copy} has changed since it was looked at; run --sync again")
        _replace(root / one.copy, root / options.shared, one.changes)
        done.append(one.copy)
    return tuple(done)


def _replace(copy: Path, original: Path, changes: Sequence[Difference]) -> None:
    """Build the copy anew beside itself and let the two change places: at any moment there is one of them, whole."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(dir=copy.parent, prefix=f".{copy.name}."))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        new = home / "new"
        shutil.copytree(copy, new, symlinks=True)
        for change in changes:
            target = new / change.name
            if change.drift is Drift.LEFT_OVER:
                target.unlink()
                _remove_empty(target.parent, new)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(original / change.name, target, follow_symlinks=False)
        swap(new, copy, home / "old")


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
