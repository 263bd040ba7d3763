"""`--sync`: brings the copies of the shared code up to date, each whole or not at all.

A copy that holds what is no version of the original is refused: nobody but a person can say what those changes are for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from console.audits.copies.drift import SAYINGS, Difference, Drift
from console.audits.copies.leftovers import building_place
from console.audits.copies.originals import names_in
from console.audits.copies.shared_drift import differences
from console.audits.copies.swapping import swap
from console.audits.options import Options
from console.audits.values import AuditError
from screens.text.amount import counted

_MOST_NAMED = 3
"""Files that a refusal names for each of its reasons."""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What would be done to one copy; nothing at all where `refused` says why."""

    copy: str
    changes: tuple[Difference, ...]
    refused: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Lines such as `update utils/clock.py`."""
        done = ((SAYINGS[change.drift].does, change.name) for change in self.changes)
        return tuple(f"{does} {name}".rstrip() for does, name in done if does)


def plan(root: Path, options: Options) -> tuple[CopyPlan, ...]:
    """Return what would be done to each copy that differs. Raises AuditError."""
    found = differences(root, options)
    return tuple(_plan(copy, tuple(group)) for copy, group in groupby(found, key=lambda difference: difference.copy))


def _plan(copy: str, changes: tuple[Difference, ...]) -> CopyPlan:
    reasons: dict[str, list[str]] = {}
    for change in changes:
        if why := SAYINGS[change.drift].refusal:
            reasons.setdefault(why, []).append(change.name)
    return CopyPlan(copy, changes, "; ".join(_reason(why, names) for why, names in reasons.items()))


def _reason(why: str, names: Sequence[str]) -> str:
    """Return why a copy is refused, and for which files of it; none is named where it is for the copy itself."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{why}: {', '.join(names[:_MOST_NAMED])}{more}" if any(names) else why


def apply(
    root: Path, options: Options, plans: Sequence[CopyPlan], stopping: Callable[[], bool] = lambda: False
) -> tuple[str, ...]:
    """Bring the copies of the plans up to date and return them; refused ones are left.

    Between two copies `stopping` is asked whether to stop. Raises AuditError when it is, and, having done nothing to that copy,
    when one is not as it was planned for.
    """
    done: list[str] = []
    able = [one for one in plans if not one.refused]
    for one in able:
        if stopping():
            raise AuditError(
                f"stopped as asked: {len(done)} of {counted(len(able), 'copy', 'copies')} brought up to date, the others are as "
                "they were; run --sync again for them"
            )
        now = next((again for again in plan(root, options) if again.copy == one.copy), None)
        if now != one:
            raise AuditError(f"{one.copy} has changed since it was looked at; run --sync again")
        if one.changes[0].drift is Drift.LEFTOVER:
            shutil.rmtree(root / one.copy)
        else:
            _replace(root / one.copy, root / options.shared, one.changes)
        done.append(one.copy)
    return tuple(done)


def _replace(copy: Path, original: Path, changes: Sequence[Difference]) -> None:
    """Build the copy anew beside itself and let the two change places: at any moment there is one of them, whole."""
    with building_place(copy) as home:
        new = home / "new"
        shutil.copytree(copy, new, symlinks=True)
        for change in sorted(changes, key=lambda change: change.drift is not Drift.LEFT_OVER):  # they make room
            target = new / change.name
            if change.drift is Drift.LEFT_OVER:
                target.unlink()
                _remove_empty(target.parent, new)
            else:
                _add(original / change.name, target)
        swap(new, copy, home / "old")


def _add(source: Path, target: Path) -> None:
    """Put a file where it belongs, by its content where it is a link; a folder in its way holds none that counts."""
    if target.is_dir() and not names_in(target):
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
