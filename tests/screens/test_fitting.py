from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.model import FactOutcome, Report, Scope, Severity, Verdict
from screens.lines import Line, Span, Tone, display_width, text_of
from screens.views.fitting import cell, clip, failure, fit, shows
from screens.views.options import Options
from tests.builders import at

LINES = st.lists(st.text(max_size=12).map(Span), max_size=5).map(tuple)


def test_a_line_that_fits_is_left_alone() -> None:
    spans = (Span("LAL@DAL", Tone.STRONG), Span(" 20"))
    assert clip(spans, 10) is spans


def test_a_line_that_is_too_wide_ends_in_an_ellipsis_in_the_tone_of_what_was_cut() -> None:
    cut = clip((Span("LAL@DAL", Tone.STRONG), Span(" not played", Tone.FAINT)), 12)
    assert text_of(cut) == "LAL@DAL not…"
    assert cut[-1] == Span("…", Tone.FAINT)


def test_wide_characters_are_never_cut_in_half() -> None:
    assert text_of(clip((Span("東京東京"),), 6)) == "東京…"


def test_an_ascii_line_is_cut_in_ascii() -> None:
    assert text_of(fit((Span("Dončić · 20 of 35"),), Options(10, ascii=True))) == "Doncic - ~"


@given(LINES, st.integers(0, 40), st.booleans())
def test_no_line_is_ever_wider_than_its_panel(spans: Line, width: int, ascii: bool) -> None:
    shown = fit(spans, Options(width, ascii=ascii))
    assert display_width(text_of(shown)) <= width
    assert text_of(shown).isascii() or not ascii


@given(st.text(max_size=30), st.integers(0, 20), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, right: bool) -> None:
    assert cell(text, width, right=right).width == width


def test_a_filter_looks_at_what_a_line_shows_and_at_what_it_stands_for() -> None:
    spans = (Span("Sat 24 Jan "), Span("LAL@DAL"))
    assert shows(spans, "jan lal")
    assert shows(spans, "2026-01-24", "2026-01-24")
    assert not shows(spans, "2026-01-24")
    assert shows(spans, "")


def test_why_a_fact_failed_is_found_in_the_report() -> None:
    outcomes = (FactOutcome("lineage", 0, 0.1, "access denied"), FactOutcome("decisions", 12, 0.1))
    report = Report(Scope.at(at("2026-01-25T16:00")), Verdict(Severity.UNKNOWN, "blind", None), (), (), outcomes)
    assert failure(report, "lineage") == "access denied"
    assert failure(report, "decisions") == ""
