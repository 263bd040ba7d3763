"""A query as text: line by line as it is written."""

from __future__ import annotations

from screens.clean import for_terminal
from screens.lines import Line, Span, Tone, display_width

TAB_COLUMNS = 4


def sql_lines(sql: str, width: int, indent: int = 2) -> list[Line]:
    """Return a query line by line as it is written; a line that is too long goes on in the next, without a break at words."""
    lines: list[Line] = []
    room = max(width - indent, 1)
    for written in sql.rstrip().splitlines():
        text = for_terminal(written.expandtabs(TAB_COLUMNS), max(len(written) * TAB_COLUMNS, 1))
        tone = Tone.FAINT if text.lstrip().startswith("--") else Tone.PLAIN
        lines.extend((Span(" " * indent), Span(piece, tone)) for piece in _pieces(text, room) or [""])
    return lines


def _pieces(text: str, room: int) -> list[str]:
    """Return text cut into pieces of at most `room` columns."""
    pieces: list[str] = []
    while display_width(text) > room:
        end = room
        while end > 1 and display_width(text[:end]) > room:
            end -= 1
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text] if text else pieces
