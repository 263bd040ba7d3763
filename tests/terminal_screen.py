"""What a terminal shows of the bytes sent to it: pyte's screen with the alternate screen and without its misreadings.

pyte reads `CSI > 4 ; 2 m` (a keyboard setting) as underlining, prints the `u` of `CSI < u`, and has one screen only. Those
sequences are taken out here, and the alternate screen is added, so that what a program leaves behind can be looked at.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import pyte
from pyte.screens import Char, Cursor, StaticDefaultDict

ALTERNATE_SCREEN = 1049
CURSOR_VISIBLE = 25
LINE_WRAP = 7

_NOT_FOR_PYTE = re.compile(rb"\x1b\[(?:([<>])[0-9;:]*u|[<=>][0-9;:]*[ -/]*[@-~]|\?[0-9;]*(?:[ -/]+[@-~]|[mu]))")
_BEGUN = re.compile(rb"\x1b(?:\[(?:[<=>?][0-9;:]*[ -/]*)?)?\Z")
_PRIVATE = 5
"""pyte keeps a private mode as its number shifted by this many bits."""

Rows = dict[int, StaticDefaultDict[int, Char]]


class _TwoScreens(pyte.Screen):
    """A screen with the alternate screen of xterm (private mode 1049): entered empty, left as it was before."""

    _main: tuple[Rows, Cursor] | None = None

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and self._main is None:
            self._main = ({y: copy.copy(row) for y, row in self.buffer.items()}, copy.copy(self.cursor))
            self.erase_in_display(2)
            self.cursor_position()

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and self._main is not None:
            rows, self.cursor = self._main
            self._main = None
            self.buffer.clear()
            self.buffer.update(rows)


class TerminalScreen:
    """The state of a terminal of `columns` by `rows` cells after the bytes it was fed."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = _TwoScreens(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._begun = b""
        self.keyboard_depth = 0
        """How many keyboard settings (kitty's protocol) were pushed and not popped."""

    def feed(self, data: bytes) -> None:
        """Show more output; a sequence may be cut anywhere."""
        data = self._begun + data
        begun = _BEGUN.search(data)
        self._begun = begun.group() if begun else b""
        self._stream.feed(_NOT_FOR_PYTE.sub(self._take_out, data[: len(data) - len(self._begun)]))

    def rows(self) -> list[str]:
        """Return the text of each row without the blanks at its end."""
        screen = self._screen
        # The second cell of a wide character is empty, so that joining gives it once.
        cells = ((screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines))
        return ["".join(row).rstrip() for row in cells]

    def modes(self) -> frozenset[int]:
        """Return the private modes that are set: 1049 alternate screen, 25 visible cursor, 1000 mouse, 2004 paste …"""
        return frozenset(mode >> _PRIVATE for mode in self._screen.mode if mode >> _PRIVATE)

    def cursor(self) -> tuple[int, int]:
        """Return the cursor's column and row, from 0."""
        return self._screen.cursor.x, self._screen.cursor.y

    def title(self) -> str:
        """Return the window title that was set."""
        return self._screen.title

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; as in a terminal, what no longer fits is cut off."""
        self._screen.resize(rows, columns)

    def _take_out(self, match: re.Match[bytes]) -> bytes:
        self.keyboard_depth += {b">": 1, b"<": -1}.get(match.group(1), 0)
        return b""
