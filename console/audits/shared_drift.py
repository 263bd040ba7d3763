"""`source.shared_drift`: copies of the shared code inside the cloud functions that are not as the original is.

A function is deployed with its own folder only, so each holds a copy of `shared/`. Git tells a stale copy, which only has to be
brought up to date, from one that was changed in its place, which somebody has to look at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.audits.copied import copies, places
from console.audits.drift import SAYINGS, Difference, Drift
from console.audits.files import read_regular
from console.audits.lacking import lacking_copies
from console.audits.options import Options
from console.audits.originals import Original, names_in, original_of
from console.audits.values import Hit
from console.audits.versions import Versions, versions_of

CHECK = "source.shared_drift"

_DATED = {Drift.CHANGED: (Drift.STALE, Drift.DIFFERS), Drift.EXTRA: (Drift.LEFT_OVER, Drift.UNTOLD)}
"""What becomes of a difference when the content is one that the original had, and when no history tells."""


def differences(root: Path, options: Options) -> tuple[Difference, ...]:
    """Return what differs between the original and its copies in an audited folder, by copy and name. Raises AuditError.

    Where there is nothing to compare, that is the one difference: of what the configuration names it is not known.
    """
    original, there = original_of(root, options.shared), copies(root, options)
    if original is None or not there:
        return _nothing_compared(root, options, is_there=original is not None)
    judge = _Judge(root, original)
    found = [one for copy in there for one in judge.of_copy(copy)]
    lacking = [Difference(path, "", Drift.LACKING) for path in lacking_copies(root, options)]
    return (*found, *lacking, *_no_copies(root, options))


def _nothing_compared(root: Path, options: Options, *, is_there: bool) -> tuple[Difference, ...]:
    """Return that nothing was compared: a note where nobody says that there is something, else it is not known."""
    defaults = Options()
    is_named = (options.shared, options.copies) != (defaults.shared, defaults.copies)
    if not is_there and (is_named or copies(root, options)):
        return (Difference(options.shared, "", Drift.NO_ORIGINAL),)
    return _no_copies(root, options) or (Difference(options.shared, "", Drift.NOTHING),)


def _no_copies(root: Path, options: Options) -> tuple[Difference, ...]:
    """Return the places that the configuration names and where no copy is."""
    if options.copies == Options().copies:
        return ()
    return tuple(
        Difference(place, "", Drift.NO_COPY) for place in options.copies if next(places(root, place), None) is None
    )


@dataclass(slots=True)
class _Judge:
    """Compares copies with the original; history is asked once, and only when something differs."""

    root: Path
    original: Original
    versions: Versions | None = None

    def of_copy(self, copy: str) -> list[Difference]:
        """Return how one copy differs."""
        place = self.root / copy
        if place.is_symlink():
            is_it = os.path.realpath(place) == os.path.realpath(self.original.place)
            return [] if is_it else [Difference(copy, "", Drift.STRAY_LINK)]
        return [
            Difference(copy, name, self._dated(place / name, name, drift), self.original.sources(name))
            for name, drift in self._rough(place)
        ]

    def _rough(self, place: Path) -> Iterator[tuple[str, Drift]]:
        """Yield what differs, before history is asked."""
        there = names_in(place)
        links = {name: self._led(place, name) for name in there if (place / name).is_symlink()}
        for name in sorted(self.original.names | there):
            if any(name.startswith(f"{link}/") for link in links):
                continue
            drift = self._compared(place, name, is_there=name in there) if name not in links else links[name]
            if drift is not None:
                yield name, drift

    def _led(self, place: Path, name: str) -> Drift | None:
        is_it = os.path.realpath(place / name) == os.path.realpath(self.original.place / name)
        return None if is_it else Drift.STRAY_LINK

    def _compared(self, place: Path, name: str, *, is_there: bool) -> Drift | None:
        if name in self.original.astray:
            return Drift.ASTRAY
        if not is_there:
            return Drift.FOLDER if (place / name).is_dir() else Drift.MISSING
        if name not in self.original.names:
            return Drift.EXTRA
        try:
            is_alike = read_regular(place / name) == read_regular(self.original.place / name)
        except OSError:  # courtside: ignore[silent_exceptions] it is a finding
            return Drift.UNREADABLE
        return None if is_alike else Drift.CHANGED

    def _dated(self, path: Path, name: str, drift: Drift) -> Drift:
        """Return whether a file is one that the original once had, as far as history tells."""
        if drift not in _DATED:
            return drift
        if self.versions is None:
            self.versions = versions_of(self.root, self.original.origins)
        try:
            is_old = self.versions.has(self.original.sources(name), read_regular(path))
        except OSError:  # courtside: ignore[silent_exceptions] it is a finding
            return Drift.UNREADABLE
        had, untold = _DATED[drift]
        return had if is_old else drift if self.versions.is_whole else untold


def hits(found: Sequence[Difference], options: Options) -> list[Hit]:
    """Return the differences as hits; that there was nothing to compare is none."""
    return [_hit(difference, options) for difference in found if difference.drift is not Drift.NOTHING]


def idle(found: Sequence[Difference], options: Options) -> tuple[tuple[str, str], ...]:
    """Return this check with why it compared nothing, where nobody said that there is something to compare."""
    if all(difference.drift is not Drift.NOTHING for difference in found):
        return ()
    return ((CHECK, f"there was nothing to compare: no {options.shared}/ with copies in {', '.join(options.copies)}"),)


def _hit(difference: Difference, options: Options) -> Hit:
    saying = SAYINGS[difference.drift]
    original = f"{options.shared}/{difference.name}" if difference.name else options.shared
    return Hit(
        check=CHECK,
        rule=difference.drift.value,
        path=difference.path,
        line=0,
        severity=saying.severity,
        sentence=saying.says.format(original=original),
        remedy=saying.remedy,
        tool="compare",
        area=0,
    )
