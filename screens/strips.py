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
    segments: list[Segment] = []
    for span in spans:
        style = styles.get(span.tone, plain)
        text = span.text
        if (style.bgcolor or style.reverse) and not text.startswith(" "):
            text = text.rstrip(" ")  # the ground of a word ends with it, so that the next one does not touch it
        segments.append(Segment(text, style + over if over else style))
        if len(text) < len(span.text):
            segments.append(Segment(" " * (len(span.text) - len(text)), over or plain))
    return Strip(segments).adjust_cell_length(width, over or plain)
