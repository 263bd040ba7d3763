"""Where the panels of the overview stand, at any size of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROWS: tuple[tuple[str, ...], ...] = (("findings",), ("transitions", "gaps"), ("funnel", "games"), ("queue",))
"""The panels by id, from top to bottom; those in one tuple stand side by side where the terminal is wide enough."""

_WEIGHTS = {"findings": 11, "queue": 5}
_WEIGHT = 10
_LEAST_HEIGHT = 3
"""A title and two rows; a panel that is lower tells nothing."""

_TWO_COLUMNS_FROM = 70
_GAP = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in columns and lines, from the top left corner of the panels' room."""

    x: int
    y: int
    width: int
    height: int


def arrange(width: int, height: int, current: str, *, alone: bool = False) -> dict[str, Place]:
    """Return the places of the panels that are shown in a room of that size.

    `current` is the panel in use; with `alone` it has everything. Where the room is too low for all, the panels of the other
    rows become their title line; where it is too low even for those, they wait behind their number keys.
    """
    width, height = max(width, 1), max(height, 1)
    if alone:
        return {current: Place(0, 0, width, height)}
    rows = ROWS if width >= _TWO_COLUMNS_FROM else tuple((name,) for row in ROWS for name in row)
    places: dict[str, Place] = {}
    y = 0
    for row, lines in zip(rows, _heights(rows, height, current), strict=True):
        if lines:
            places.update(_side_by_side(row, y, width, lines))
        y += lines
    return places


def _heights(rows: Sequence[Sequence[str]], height: int, current: str) -> list[int]:
    """Return the lines of each row; 0 where it is hidden."""
    if height < _LEAST_HEIGHT * len(rows):
        others = 1 if height >= len(rows) - 1 + _LEAST_HEIGHT else 0
        return [height - others * (len(rows) - 1) if current in row else others for row in rows]
    weights = [_WEIGHTS.get(row[0], _WEIGHT) for row in rows]
    shares = [max(_LEAST_HEIGHT, height * weight // sum(weights)) for weight in weights]
    over = sum(shares) - height
    while over != 0:
        # The least heights may have taken too much, or the rounding left some: the tallest gives, the first takes.
        at = shares.index(max(shares)) if over > 0 else shares.index(min(shares[:-1]))
        shares[at] += -1 if over > 0 else 1
        over = sum(shares) - height
    return shares


def _side_by_side(row: Sequence[str], y: int, width: int, height: int) -> dict[str, Place]:
    column = (width + _GAP) // len(row)
    places = {}
    for n, name in enumerate(row):
        x = n * column
        places[name] = Place(x, y, width - x if n == len(row) - 1 else column - _GAP, height)
    return places
