"""`source.shared_drift`: copies of the shared code inside the cloud functions that are not as the original is.

A function is deployed with its own folder only, so each holds a copy of `shared/`. Git tells a stale copy, which only has to be
brought up to date, from one that was changed in its place, which somebody has to look at.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.audits.copies.copied import copies, places
from console.audits.copies.drift import SAYINGS, Difference, Drift
from console.audits.copies.lacking import lacking_copies
from console.audits.copies.left_out import left_out
from console.audits.copies.leftovers import has_copy_beside, leftovers
from console.audits.copies.originals import Original, names_in, original_of
from console.audits.copies.versions import Versions, versions_of
from console.audits.files import read_regular, with_line_feeds
from console.audits.git import keeps_modes
from console.audits.options import Options
from console.audits.values import Hit

CHECK = "source.shared_drift"

_DATED = {Drift.CHANGED: (Drift.STALE, Drift.DIFFERS), Drift.EXTRA: (Drift.LEFT_OVER, Drift.UNTOLD)}
"""What becomes of a difference when the content is one that the original had, and when no history tells."""
_OWN = (Drift.EXTRA, Drift.UNTOLD, Drift.STRAY_LINK)
"""What a file may be that is in a copy alone."""


def differences(root: Path, options: Options) -> tuple[Difference, ...]:
    """Return what differs between the original and its copies in an audited folder, by copy and name. Raises AuditError.

    Where there is nothing to compare, that is the one difference: of what the configuration names it is not known.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100  # links in it stay as they are
    original, there = original_of(root, options.shared), copies(root, options)
    left = _left_by_killed(root, options)
    if original is None or not there:
        return (*_nothing_compared(root, options, is_there=original is not None), *left)
    judge = _Judge(root, original)
    found = judge.that_count([one for copy in there for one in judge.of_copy(copy)])
    lacking = [Difference(path, "", Drift.LACKING) for path in lacking_copies(root, options)]
    withheld = [Difference(options.shared, name, Drift.WITHHELD) for name in sorted(original.withheld)]
    return (*found, *lacking, *_no_copies(root, options), *left, *withheld)


def _left_by_killed(root: Path, options: Options) -> tuple[Difference, ...]:
    """Return what a `--sync` that was killed has left beside the copies."""
    return tuple(
        Difference(path, "", Drift.LEFTOVER if has_copy_beside(root / path) else Drift.ONLY_COPY)
        for path in leftovers(root, options)
    )


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
    are_modes_kept: bool | None = None

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

    def that_count(self, found: Sequence[Difference]) -> list[Difference]:
        """Return the differences without files that git ignores and the original lacks: nobody but their owner has them there."""
        own = {self.root / one.path for one in found if self._is_own(one)}
        out = left_out(self.root, own)
        return [one for one in found if self.root / one.path not in out.files]

    def _is_own(self, one: Difference) -> bool:
        if one.drift not in _OWN or not one.name or one.name in self.original.names:
            return False
        return not self.original.is_in_the_way(one.name)

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
            return self._lacked(place / name)
        if name not in self.original.names:
            return Drift.EXTRA
        try:
            return self._between(place / name, self.original.place / name)
        except OSError:  # courtside: ignore[silent_exceptions] it is a finding
            return Drift.UNREADABLE

    def _lacked(self, path: Path) -> Drift:
        if not self.original.is_known:
            return Drift.UNASKED
        return Drift.FOLDER if path.is_dir() else Drift.MISSING

    def _between(self, copied: Path, original: Path) -> Drift | None:
        """Return how two files differ, before history is asked. Raises OSError."""
        own, wanted = read_regular(copied), read_regular(original)
        if own == wanted:
            return Drift.MODE if self._differs_in_mode(copied, original) else None
        return Drift.LINE_ENDS if with_line_feeds(own) == with_line_feeds(wanted) else Drift.CHANGED

    def _differs_in_mode(self, first: Path, second: Path) -> bool:
        if not (first.stat().st_mode ^ second.stat().st_mode) & stat.S_IXUSR:
            return False
        if self.are_modes_kept is None:
            self.are_modes_kept = keeps_modes(self.root)
        return self.are_modes_kept

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
    """Return the differences as hits; that there was nothing to compare is none, nor what is left out of all copies."""
    notes = (Drift.NOTHING, Drift.WITHHELD)
    return [_hit(difference, options) for difference in found if difference.drift not in notes]


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
