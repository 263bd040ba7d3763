from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Severity
from console.cli.page import Palette, write
from screens.lines import Span, Tone, flow, grid, line, severity_word, text_of


def texts(lines: list[tuple[Span, ...]]) -> list[str]:
    return [text_of(spans) for spans in lines]


def test_words_wrap_at_the_width_and_hang_under_the_first_word() -> None:
    assert texts(flow(["one two three four"], 14, first="ERROR  ")) == ["ERROR  one two", "       three", "       four"]


@pytest.mark.parametrize("duration", ["45 h 10 min", "58 min,", "3 d 04 h."])
@pytest.mark.parametrize("width", range(20, 40))
def test_a_duration_stays_on_one_line(duration: str, width: int) -> None:
    assert any(duration in text for text in texts(flow([f"no workflow decision for {duration} and more words"], width)))


def test_a_word_longer_than_the_line_is_cut_into_pieces() -> None:
    assert texts(flow(["abcdefghij"], 6, first="- ")) == ["- abcd", "  efgh", "  ij"]


def test_nothing_to_say_leaves_the_lead_alone() -> None:
    assert texts(flow([], 20, first="names ")) == ["names "]


def test_columns_line_up_and_the_last_one_wraps_into_what_is_left() -> None:
    rows = [("a", "1", "short"), ("bbb", "22", "one two three four")]
    assert texts(grid(rows, 22, right={1})) == ["a     1  short", "bbb  22  one two three", "         four"]


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(20, 120))
def test_no_line_is_wider_than_the_page(parts: list[str], width: int) -> None:
    assert all(len(text) <= width for text in texts(flow(parts, width, first="ERROR    ")))


@given(st.text(max_size=200))
def test_all_words_are_there_after_wrapping(text: str) -> None:
    wrapped = "".join(texts(flow([text], 40))).replace(" ", "")
    assert wrapped == Span(text).text.replace(" ", "")


def test_a_span_holds_nothing_that_a_terminal_obeys() -> None:
    assert Span("\x1b[31mred\x1b[0m\x07\u202e").text == "red"


def written(enabled: bool) -> str:  # the one thing that differs
    out = io.StringIO()
    write([line(Span("ERROR", Tone.ERROR), " plain ", Span("\x1b[2Jdim", Tone.FAINT))], out, Palette(enabled=enabled))
    return out.getvalue()


def test_without_colours_only_the_words_are_written() -> None:
    assert written(enabled=False) == "ERROR plain dim\n"


def test_with_colours_every_tone_is_ended_where_it_began() -> None:
    assert written(enabled=True) == "\x1b[31mERROR\x1b[0m plain \x1b[2mdim\x1b[0m\n"


@pytest.mark.parametrize("severity", list(Severity))
def test_a_severity_is_said_in_words_and_not_only_in_colour(severity: Severity) -> None:
    assert severity_word(severity).text.strip() == severity.name
