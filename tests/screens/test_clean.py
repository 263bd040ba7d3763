from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.clean import for_terminal

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("\x1b\x9b\x9d\x90\x07\x9c[]P\\;0m\u202e\u2066\u200b\u0301\n\t\r\x00\x7f")
    )
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("LeBron James", "LeBron James"),
        ("Nikola Jokić", "Nikola Jokić"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bPq#0;2\x1b\\sixel", "sixel"),
        ("\x1bcreset", "reset"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("a\u2066b\u2069c", "abc"),
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("two\nlines\tand\r\ntabs", "two lines and tabs"),
        ("line\u2028separator", "line separator"),
        ("\ud800surrogate", "surrogate"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(text: str, clean: str) -> None:
    assert for_terminal(text) == clean


@pytest.mark.parametrize("begin", ["\x1b]", "\x9d", "\x1bP", "\x90", "\x1b_", "\x1b^", "\x1bX"])
def test_an_unfinished_sequence_swallows_none_of_the_words_behind_it(begin: str) -> None:
    assert for_terminal(f"{begin}0;key is overdue\nsecond", keep_newlines=True) == "0;key is overdue\nsecond"


def test_newlines_stay_where_they_are_asked_for() -> None:
    assert for_terminal("one\r\ntwo\n\tthree", keep_newlines=True) == "one\ntwo\n three"


def test_a_megabyte_is_cut_to_the_limit_with_an_ellipsis() -> None:
    assert for_terminal("x" * 1_000_000, limit=40) == "x" * 39 + "…"


def test_a_megabyte_of_escape_sequences_says_that_something_was_cut() -> None:
    assert for_terminal("\x1b[31m" * 200_000 + "end", limit=40) == "…"


def test_a_pile_of_combining_marks_is_thinned_out() -> None:
    assert for_terminal("a" + "\u0301" * 50) == "a" + "\u0301" * 2


@given(text=HOSTILE, limit=st.integers(1, 80), keep=st.booleans())
def test_whatever_comes_in_nothing_that_is_obeyed_comes_out(text: str, limit: int, *, keep: bool) -> None:
    cleaned = for_terminal(text, limit, keep_newlines=keep)
    allowed = {"\n"} if keep else set()
    bad = [c for c in cleaned if c not in allowed and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
    assert bad == []
    assert len(cleaned) <= limit


@given(text=HOSTILE, limit=st.integers(1, 80), keep=st.booleans())
def test_cleaning_twice_is_cleaning_once(text: str, limit: int, *, keep: bool) -> None:
    once = for_terminal(text, limit, keep_newlines=keep)
    assert for_terminal(once, limit, keep_newlines=keep) == once
