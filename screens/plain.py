"""Lines for terminals that know ASCII only: every character becomes one that they have, and columns stay where they are."""

from __future__ import annotations

import unicodedata

from screens.lines import Line, Span

_LOOK_ALIKES = str.maketrans(
    {
        "…": "~",
        "·": "-",
        "\N{BULLET}": "*",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "─": "-",
        "━": "=",
        "│": "|",
        "┃": "|",
        "└": "`",
        "├": "|",
        "▶": ">",
        "▸": ">",
        "✓": "*",
        "✗": "x",
        "\N{MULTIPLICATION SIGN}": "x",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "█": "#",
        "▓": "#",
        "▒": "+",
        "░": ".",
        "■": "#",
        "□": "o",
        "●": "*",
        "○": "o",
        "≥": ">",
        "≤": "<",
        "±": "~",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "“": '"',
        "”": '"',
    }
)


def ascii_text(text: str) -> str:
    """Return `text` in ASCII: look-alikes for signs, letters without their accents, `?` for what has no likeness."""
    if text.isascii():
        return text
    plain = text.replace(" …", " ...").translate(_LOOK_ALIKES)
    letters = (c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return "".join(c if c.isascii() else "?" for c in letters)


def ascii_line(spans: Line) -> Line:
    """Return a line in ASCII; the same line when it is already."""
    if all(span.text.isascii() for span in spans):
        return spans
    return tuple(Span(ascii_text(span.text), span.tone) for span in spans)
