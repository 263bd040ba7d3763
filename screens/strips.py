"""From lines to what Textual draws: the one place where a tone becomes a style."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screens.lines import Line, Tone

Styles = Mapping[Tone, Style]

CURSOR = Style(reverse=True)
SELECTED = Style(bold=True, underline=True)


def strip_of(spans: Line, width: int, styles: Styles, over: Style | None = None) -> Strip:
    """Return a line as exactly `width` cells; `over` is laid over every style (the cursor)."""
    plain = Style()
    segments = [
        Segment(span.text, styles.get(span.tone, plain) + over if over else styles.get(span.tone, plain))
        for span in spans
    ]
    return Strip(segments).adjust_cell_length(width, over or plain)
