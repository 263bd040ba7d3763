"""From lines to cells: widths, and the ground of words."""

from __future__ import annotations

from screens.lines import Span, Tone
from screens.strips import CURSOR, strip_of
from screens.themes import THEMES

STYLES = THEMES["dark"].styles


def on_ground(*spans: Span) -> str:
    """Return what stands on a ground of its own."""
    return "".join(text for text, style, _ in strip_of(spans, 40, STYLES) if style and style.bgcolor)


def test_the_ground_of_a_word_ends_with_it() -> None:
    assert on_ground(Span("CRITICAL ", Tone.CRITICAL), Span("nobody decides")) == "CRITICAL"


def test_a_badge_keeps_the_space_at_both_its_sides() -> None:
    assert on_ground(Span(" CRITICAL ", Tone.CRITICAL), Span(" nobody decides")) == " CRITICAL "


def test_a_line_takes_exactly_its_width() -> None:
    line = (Span("CRITICAL ", Tone.CRITICAL), Span("nobody decides"))
    assert [strip_of(line, width, STYLES).text for width in (12, 30)] == [
        "CRITICAL nob",
        f"{'CRITICAL nobody decides':<30}",
    ]


def test_a_cursor_lies_over_the_whole_line() -> None:
    styles = [style for _, style, _ in strip_of((Span("CRITICAL ", Tone.CRITICAL),), 12, STYLES, CURSOR)]
    assert all(style and style.reverse for style in styles)
