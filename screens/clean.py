"""Text from outside, made safe for a terminal.

Names, error messages and stack traces come from scrapers and services that anybody may write to. A terminal obeys what is in
them: escape sequences move the cursor and set the title, bidirectional marks reorder a line, a megabyte buries the screen.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

DEFAULT_LIMIT = 2_000
"""The most characters that one piece of text may put on a screen: 25 lines of 80 columns."""

ELLIPSIS = "…"

_SEQUENCES = r"""
      (?:\x1b\]|\x9d) (?: [^\x07\x1b\x90\x98\x9c-\x9f\r\n]* (?:\x07|\x1b\\|\x9c) )?  # OSC up to BEL or ST
    | (?:\x1b[PX^_]|[\x90\x98\x9e\x9f]) (?: [^\x1b\x90\x98\x9c-\x9f\r\n]* (?:\x1b\\|\x9c) )?  # DCS, SOS, PM, APC up to ST
    | (?:\x1b\[|\x9b) [0-?]* [ -/]* [@-~]?                               # CSI: parameters, intermediates, final
    | \x1b [ -/]* [0-~]?                                                 # any other escape
    """
# One without an end loses only its beginning: what comes after it may be our own words.

_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that may not reach a terminal: controls, format marks (bidirectional, zero-width), surrogates, private
and unassigned characters, and the two separators that break a line."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks that show nothing: fillers and the grapheme joiner. They make two different names look the same."""

_MARKS = frozenset({"Mn", "Me"})
"""Categories of marks that stand on the letter before them, also those without a combining class."""

_MOST_MARKS = 2
"""Combining marks that one letter may carry; a pile of them overwrites the lines above and below."""


def for_terminal(text: str, limit: int = DEFAULT_LIMIT, *, keep_newlines: bool = False) -> str:
    """Return `text` without anything that a terminal obeys, at most `limit` characters long (at least 1).

    Newlines and tabs become a space, or newlines stay with `keep_newlines`. What is cut off is shown by an ellipsis.
    Cleaning twice gives the same as cleaning once.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # Sequences can be long, so more than the limit is looked at; but never a whole megabyte.
    window = max(4 * limit, 4_096)
    looked_at = text[:window]
    if not looked_at.isprintable():
        looked_at = _sequences().sub("", looked_at)
    visible = _visible(looked_at, keep_newlines=keep_newlines)
    if len(visible) <= limit and len(text) <= window:
        return visible
    return visible[: max(limit, 1) - 1].removesuffix(ELLIPSIS) + ELLIPSIS


@cache
def _sequences() -> re.Pattern[str]:
    return re.compile(_SEQUENCES, re.VERBOSE)  # not before a text needs it: the first frame has none


def _visible(text: str, *, keep_newlines: bool) -> str:
    """Return the characters that show something, with white space made plain."""
    kept: list[str] = []
    marks = 0
    for character in text.replace("\r\n", "\n"):
        if character == "\n" and keep_newlines:
            kept.append(character)
        elif character.isspace():
            kept.append(" ")
        elif (category := unicodedata.category(character)) not in _FORBIDDEN and character not in _INVISIBLE:
            marks = marks + 1 if category in _MARKS else 0
            if marks <= _MOST_MARKS:
                kept.append(character)
    return "".join(kept)
