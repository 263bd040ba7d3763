"""What of an audited folder is looked at: all of it, some folders and files, what differs from a revision."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from console.audits.values import AuditError

OWN = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Only:
    """A choice of paths relative to the audited folder: those in `folders` (or all) that are among `changed`, if given."""

    folders: tuple[str, ...] = ()
    changed: frozenset[str] | None = None

    def holds(self, path: str) -> bool:
        """Return whether a path is chosen."""
        return self.is_inside(path) and (self.changed is None or path in self.changed)

    def is_inside(self, path: str) -> bool:
        """Return whether a path is one of the folders and files, or in one, be it changed or not."""
        return not self.folders or any(f"{path}/".startswith(f"{folder}/") for folder in self.folders)


def folders_in(root: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return folders and files of a folder as they are chosen by, none for the folder itself. Raises AuditError."""
    found: list[str] = []
    for name in names:
        place = Path(os.path.normpath(root / name))
        if not place.is_relative_to(root) or not os.path.lexists(place):
            raise AuditError(
                f"--only {name}: there is no such folder or file in {root}; give one as it is seen from there"
            )
        found.append(place.relative_to(root).as_posix())
    return () if "." in found else tuple(found)


def root_above(folder: Path) -> Path | None:
    """Return the root of the checkout that a folder is in, the nearest one upwards with a `.git`; None where there is none.

    It is only asked whether there is one; nothing of it is read.
    """
    place = Path(os.path.abspath(folder))  # noqa: PTH100  # as it is named, links and all
    return next((one for one in (place, *place.parents) if os.path.lexists(one / ".git")), None)


def place_inside(folder: Path) -> str:
    """Return where in its checkout a folder lies, such as `predictions/worker`; "" for its root and where there is none."""
    above = root_above(folder)
    return "" if above is None or above == folder else folder.relative_to(above).as_posix()


def why_not_from_here(place: Path, checks: Iterable[str], stake: str) -> str:
    """Return why an audit of a place below the root of a checkout cannot do what was asked, and the command that can; or "".

    `stake` is what was asked for that is seen from the root, "" for nothing. A folder with a configuration of its own is a root.
    """
    place = place.resolve()
    folder = place if place.is_dir() else place.parent
    above = root_above(folder)
    if above is None or above == folder or not os.path.lexists(place) or os.path.lexists(folder / OWN):
        return ""
    if not stake and not os.path.lexists(above / OWN):
        return ""
    why = stake or f"the configuration of the checkout is {above / OWN}, and nothing outside PATH is read"
    inside = place.relative_to(above).as_posix() + ("/" if place.is_dir() else "")
    command = shlex.join(["courtside", "audit", *checks, "--only", inside, str(above)])
    return f"{folder} is not the root of its checkout: {why}; give the root and choose the folder: {command}"
