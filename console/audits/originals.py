"""The original of the shared code: the names in it, through links as far as a copy can hold what they lead to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PASSED_BY = frozenset({"__pycache__", ".DS_Store", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})


@dataclass(frozen=True, slots=True)
class Original:
    """The original at `place`: its `names`, and those of them that are links to what no copy can hold, `astray`.

    `home` is the audited folder, both it and `place` without links; `path` is the original's as it is configured.
    """

    home: Path
    place: Path
    path: str
    names: frozenset[str]
    astray: frozenset[str]

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
    """Return the original at a path of the audited folder; None when there is no such folder inside of it."""
    home, place = Path(os.path.realpath(root)), Path(os.path.realpath(root / path))
    if not place.is_dir() or home not in place.parents:
        return None
    names, astray = set(), set()
    for name, is_astray in _names(place, home, frozenset({place})):
        names.add(name)
        if is_astray:
            astray.add(name)
    return Original(home, place, Path(path).as_posix(), frozenset(names), frozenset(astray))


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


def _names(folder: Path, home: Path, above: frozenset[Path]) -> Iterator[tuple[str, bool]]:
    """Yield each file with whether it leads astray; a link to a folder inside of `home` stands for the files in that."""
    for path in _entries(folder):
        name = path.relative_to(folder).as_posix()
        real = Path(os.path.realpath(path))
        if not path.is_symlink():
            yield name, False
        elif not real.is_relative_to(home) or not real.exists() or any(one.is_relative_to(real) for one in above):
            yield name, True
        elif real.is_dir():
            yield from ((f"{name}/{inner}", lost) for inner, lost in _names(real, home, above | {real}))
        else:
            yield name, False
