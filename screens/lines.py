"""Lines of text with a tone, and their wrapping: what the command line prints and the screens draw.

A `Span` cannot hold anything that a terminal obeys, so no layout can forget to clean what the warehouse says. A tone only ever
repeats what the words say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from screens.clean import for_terminal

if TYPE_CHECKING:
    from checks.model import Severity

_WORD = re.compile(r"(?<!\S)\d+ (?:d \d\d h|h \d\d min|min)\S*|\S+")
"""A duration as `checks.times.format_minutes` writes it, with what clings to it, or any other word."""


class Tone(Enum):
    """How a piece of text is shown; the value is the parameter of the SGR escape sequence."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    OK = "32"
    WARNING = "33"
    UNKNOWN = "35"
    ERROR = "31"
    CRITICAL = "1;31"

    @classmethod
    def of(cls, severity: Severity) -> Tone:
        """Return the tone of a severity."""
        return cls[severity.name]


def display_width(text: str) -> int:
    """Return the columns that cleaned text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line; its text is cleaned when it is made."""

    text: str
    tone: Tone = Tone.PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", for_terminal(self.text))

    @property
    def width(self) -> int:
        """The columns it takes."""
        return display_width(self.text)


Line = tuple[Span, ...]
Part = str | Span
BLANK: Line = ()


def line(*parts: Part) -> Line:
    """Return one line; plain strings have no tone."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts if part)


def text_of(spans: Line) -> str:
    """Return a line's bare text."""
    return "".join(span.text for span in spans)


def severity_word(severity: Severity) -> Span:
    """Return the word of a severity in its tone, padded to the longest of them."""
    return Span(f"{severity.name:<8}", Tone.of(severity))


def flow(parts: Iterable[Part], width: int, *, first: Part = "", hang: int | None = None) -> list[Line]:
    """Return words wrapped to `width`; `first` begins the first line, and later ones are indented by `hang` (its width)."""
    lead = first if isinstance(first, Span) else Span(first)
    indent = lead.width if hang is None else hang
    lines: list[Line] = []
    current: list[Span] = [lead] if lead.text else []
    room = width - lead.width
    empty = True
    for word in _words(parts):
        for piece in _pieces(word, max(width - indent, 1)):
            needed = piece.width + (0 if empty else 1)
            if needed > room and not empty:
                lines.append(tuple(current))
                current, room, empty, needed = [Span(" " * indent)], width - indent, True, piece.width
            current.append(piece if empty else Span(f" {piece.text}", piece.tone))
            room, empty = room - needed, False
    return [*lines, tuple(current)] if current else lines


def words_of(text: str) -> list[str]:
    """Return what a line may be broken between: words, with a duration as one of them."""
    return _WORD.findall(text)


def _words(parts: Iterable[Part]) -> Iterable[Span]:
    for part in parts:
        span = part if isinstance(part, Span) else Span(part)
        for word in words_of(span.text):
            yield Span(word, span.tone)


def _pieces(word: Span, width: int) -> Iterable[Span]:
    """Return a word cut into pieces that fit a line."""
    if word.width <= width:
        return (word,)
    return (Span(word.text[at : at + width], word.tone) for at in range(0, word.width, width))


def grid(rows: Sequence[Sequence[Part]], width: int, *, right: Collection[int] = (), indent: int = 0) -> list[Line]:
    """Return rows in columns two spaces apart; the last column wraps into what is left of `width`.

    `right` are the columns whose cells stand at the right.
    """
    cells = [[cell if isinstance(cell, Span) else Span(cell) for cell in row] for row in rows]
    last = max((len(row) for row in cells), default=0) - 1
    widths = [max((row[at].width for row in cells if at < len(row)), default=0) for at in range(last)]
    lines: list[Line] = []
    for row in cells:
        head = [Span(" " * indent)] if indent else []
        for at, cell in enumerate(row[:last]):
            padding = " " * (widths[at] - cell.width)
            head.extend((Span(padding), cell) if at in right else (cell, Span(padding)))
            head.append(Span("  "))
        start = indent + sum(widths) + 2 * len(widths)
        tail = flow(row[last:], max(width - start, 12)) or [BLANK]
        lines.append((*head, *tail[0]))
        lines.extend((Span(" " * start), *more) for more in tail[1:])
    return lines
