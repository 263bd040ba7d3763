"""The original of the shared code: the names in it, through links as far as a copy can hold what they lead to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console.audits.copies.left_out import left_out, unfamiliar

_PASSED_BY = frozenset({"__pycache__", ".DS_Store", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})


@dataclass(frozen=True, slots=True)
class Original:
    """The original at `place`: its `names`, and those of them that are links to what no copy can hold, `astray`.

    `home` is the audited folder, both it and `place` without links; `path` is the original's as it is configured. What git
    ignores is not among the names; where it is not known what that is, `is_known` is false, and a name may be of a secret.
    `withheld` are names of files that git does not keep and that are named like a secret, or are of a kind that it keeps none of.
    """

    home: Path
    place: Path
    path: str
    names: frozenset[str]
    astray: frozenset[str]
    is_known: bool
    withheld: frozenset[str] = frozenset()

    def is_in_the_way(self, name: str) -> bool:
        """Return whether a file of that name stands where the original has a folder, or in a folder where it has a file."""
        inside = f"{name}/"
        above = (str(folder) for folder in Path(name).parents)
        return not self.names.isdisjoint(above) or any(one.startswith(inside) for one in self.names)

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the paths in the audited folder that decide what a file is: itself, and what it leads to."""
        real = Path(os.path.realpath(self.place / name))
        led = [self.place / name, *([real] if real.is_relative_to(self.home) else [])]
        return tuple(dict.fromkeys((f"{self.path}/{name}", *(one.relative_to(self.home).as_posix() for one in led))))

    @property
    def origins(self) -> tuple[str, ...]:
        """The paths in the audited folder whose past is that of the original."""
        own = dict.fromkeys((self.path, self.place.relative_to(self.home).as_posix()))
        inside = tuple(f"{path}/" for path in own)
        paths = {path for name in self.names for path in self.sources(name) if not path.startswith(inside)}
        return (*own, *sorted(paths))


def original_of(root: Path, path: str) -> Original | None:
    """Return the original at a path of the audited folder; None when there is no such folder inside of it with a file to copy.

    An empty one is a submodule that was not fetched: compared with it, all that copies hold would seem removed.
    """
    home, place = Path(os.path.realpath(root)), Path(os.path.realpath(root / path))
    if not place.is_dir() or home not in place.parents:
        return None
    found = tuple(_names(place, home, frozenset({place})))
    ends = {end for _, at, real in found for end in (at, real) if end is not None}
    told = left_out(home, ends)
    reals = {real for _, _, real in found if real is not None}
    strange = unfamiliar(reals - told.files - told.untracked, reals & told.untracked)
    out = told.files | strange
    kept = [(name, real is None or real in out) for name, at, real in found if at not in out]
    if not kept:
        return None
    names = frozenset(name for name, _ in kept)
    astray = frozenset(name for name, is_astray in kept if is_astray)
    unkept = strange | told.secrets if told.is_known else frozenset()
    withheld = frozenset(name for name, at, _ in found if at in unkept)
    return Original(home, place, Path(path).as_posix(), names, astray, told.is_known, withheld)


def names_in(folder: Path) -> frozenset[str]:
    """Return the files of a folder, relative to it; links are among them and are not followed."""
    return frozenset(path.relative_to(folder).as_posix() for path in _entries(folder))


def _entries(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [name for name in folders if name not in _PASSED_BY and name not in links]
        for name in (*names, *links):
            if name not in _PASSED_BY and not name.endswith(".pyc"):
                yield Path(place, name)


def _names(folder: Path, home: Path, above: frozenset[Path]) -> Iterator[tuple[str, Path, Path | None]]:
    """Yield each file's name, where it is, and what that is or leads to, None where it leads astray.

    A link to a folder inside of `home` stands for the files in that.
    """
    for path in _entries(folder):
        name = path.relative_to(folder).as_posix()
        real = Path(os.path.realpath(path))
        if not path.is_symlink():
            yield name, path, path
        elif not real.is_relative_to(home) or not real.exists() or any(one.is_relative_to(real) for one in above):
            yield name, path, None
        elif real.is_dir():
            yield from ((f"{name}/{inner}", at, end) for inner, at, end in _names(real, home, above | {real}))
        else:
            yield name, path, real
