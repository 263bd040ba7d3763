"""The one place that writes lines to a terminal, and how wide they may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from screens.lines import Line, text_of

PLAIN_WIDTH = 80
"""The width of text that goes to no terminal."""
LEAST_WIDTH = 40
MOST_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Palette:
    """Paints spans with ANSI codes, or not at all."""

    enabled: bool

    def paint(self, spans: Line) -> str:
        """Return the line as a terminal wants it, without spaces at its end."""
        if not self.enabled:
            return text_of(spans).rstrip()
        return "".join(f"\x1b[{s.tone.value}m{s.text}\x1b[0m" if s.tone.value else s.text for s in spans).rstrip()


def write(lines: Iterable[Line], out: TextIO, palette: Palette) -> None:
    """Write `lines`; the only place where text leaves for a terminal."""
    out.write("".join(f"{palette.paint(spans)}\n" for spans in lines))
