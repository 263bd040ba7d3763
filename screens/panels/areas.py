"""Where a list stands, and where what it says of the row under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

GAP = 2
"""Columns between the list and what stands at its right."""
ENOUGH = 12
"""From this height on, what is said of a row gets room even when the list could fill all of it."""
LEAST = 2
"""Fewer lines say nothing of a row."""


@dataclass(frozen=True, slots=True)
class Areas:
    """`width` and `height` of the list, which begins at the top left; x, y, width and height of what is said of a row."""

    width: int
    height: int
    about_x: int = 0
    about_y: int = 0
    about_width: int = 0
    about_height: int = 0


def beside(width: int, height: int, top: int) -> Areas:
    """Return the list at the left, and what is said of its row at the right from line `top` on."""
    left = width * 11 // 20
    return Areas(left, height, left + GAP, top, max(width - left - GAP, 0), max(height - top, 0))


def below(width: int, height: int, lines: int) -> Areas:
    """Return the list of `lines` at the top, and what is said of its row in the lines that are left, after an empty one.

    A list that could fill a high place leaves two fifths of it; one that could fill a low place gets all of it.
    """
    upper = min(lines, height * 3 // 5) if height >= ENOUGH else lines
    left = height - upper - 1
    if left < LEAST:
        return Areas(width, height)
    return Areas(width, upper, 0, upper + 1, width, left)
