"""The top-level parts of a Python text, and the text with only some of them.

To parse is most of an audit's work, and most functions of most files have nothing that a rule could match. What is left out
leaves its line breaks, so that every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_BEGINS = re.compile(r"\n(?:(?:async[ \t]+)?def[ \t]|class[ \t]|@[\w.]+[ \t]*(?:\(|#|\r?(?=\n|\Z)))")
"""Lines at the margin that begin a function or a class, or a decorator of one. In brackets only the last can stand."""

_LONG = r'"""(?:[^"\\]++|\\.|"(?!""))*+"""' + r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
_ANY = rf"{_LONG}|" + r'"(?:[^"\\\n]++|\\.)*+"' + r"|'(?:[^'\\\n]++|\\.)*+'"
_OF_ONE_LINE = r'(?!""")"(?:[^"\\\n]++|\\[^\n])*+"' + r"|(?!''')'(?:[^'\\\n]++|\\[^\n])*+'"

LITERALS = re.compile(rf"#[^\n]*+|{_ANY}", re.DOTALL)
"""Comments and strings. Possessive, for what a string has begun with it does not give back: no text makes it slow."""

_NEXT_LONG = re.compile(rf"(?:[^\"'#]++|#[^\n]*+|{_OF_ONE_LINE})*+(?:({_ANY})|[\"']|\Z)", re.DOTALL)
"""The next string that may be of more than one line, and all before it in the same match, which is quicker than one for each."""


def split(text: str) -> list[str]:
    """Return the parts that a text is made of: what comes before its first function or class, then one part for each.

    A part begins with the decorators and ends where the next begins, so what stands between two functions belongs to the first.
    """
    begins = _begins(text)
    return [text[start:end] for start, end in zip([0, *begins], [*begins, len(text)], strict=True)]


def _begins(text: str) -> list[int]:
    begins: list[int] = []
    is_decorated = False
    inside = _many_lines(text)
    for found in _BEGINS.finditer(f"\n{text}"):
        at = found.start()  # of the line break that was put before the text
        while inside and inside[-1][1] <= at:
            inside.pop()
        if inside and inside[-1][0] < at:
            continue
        if not is_decorated:
            begins.append(at)
        is_decorated = text[at] == "@"
    return begins


def _many_lines(text: str) -> list[tuple[int, int]]:
    """Return where the strings of more than one line begin and end, the last first."""
    spans = (found.span(1) for found in _NEXT_LONG.finditer(text) if found[1] is not None)
    return [(start, end) for start, end in spans if "\n" in text[start:end]][::-1]


def only(text: str, is_wanted: Callable[[str], bool]) -> str:
    """Return the text with line breaks in place of the parts that are not wanted."""
    return "".join(part if is_wanted(part) else "\n" * part.count("\n") for part in split(text))
