"""The timeline as a file: Markdown that says what it says wherever it is pasted, and HTML that stands alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from console.replaying.course import Course
from console.replaying.pages import html_of, markdown_of
from console.replaying.timeline import Section, Timeline, timeline_of
from screens.clean import for_terminal
from tests.incidents.reports import QUARTER
from tests.replaying.conftest import WEEK

HOSTILE = "<script>alert(1)</script> | [x](javascript:y) **z** `c` ~~s~~ &lt; http://evil.example ![i](x) \x1b[2J"
WORDS = st.text(st.sampled_from("ab \\`*_{}[]()<>#+-.!|~&;:/\"'1=\n\t\x1b\u202e")) | st.text()
PLAIN = {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td"}


class Page(HTMLParser):
    """What a browser makes of a page: its elements, what it would load, and the text of its body."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.said: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads.extend(str(value) for name, value in attrs if name in ("src", "href", "style") or name[:2] == "on")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.said.append(" ".join(data.split()))


def rendered(text: str) -> Page:
    """Return what a renderer of Markdown with tables makes of a text, as it stands in a post-mortem."""
    return Page(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def timeline(words: str) -> Timeline:
    return Timeline(words, (Section(words, (words,), (words, words), ((words, words),)),))


@given(WORDS)
@example(HOSTILE)
@example("- a list")
@example("1. a list")
@example("1) a list")
@example("# a heading")
@example("a heading ##")
@example("#")
@example("---")
@example("===")
@example("_emphasis_ but not in_a_word")
def test_markdown_says_every_word_as_it_is_and_obeys_none(words: str) -> None:
    page = rendered(markdown_of(timeline(words)))
    assert set(page.tags) <= PLAIN
    assert set(page.said) <= {" ".join(for_terminal(words).split())}


@given(WORDS)
@example(HOSTILE)
def test_html_says_every_word_as_it_is_obeys_none_and_loads_nothing(words: str) -> None:
    page = Page(html_of(timeline(words)))
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
    assert page.loads == ["#s0"]
    assert set(page.said) <= {" ".join(for_terminal(words).split())}


def test_no_link_is_made_of_an_address_where_it_is_pasted() -> None:
    text = markdown_of(timeline(HOSTILE + " www.evil.example"))
    assert "http://" not in text
    assert "www." not in text


def test_the_source_is_fit_to_be_read_as_it_is(recorded: Course) -> None:
    text = markdown_of(timeline_of("demo", WEEK, [recorded]))
    assert text.startswith("# demo from Mon 19 Jan 00:05 EST (2026-01-19T05:05Z) to ")
    assert "\\" not in text
    assert re.search(
        r"^\| 2026-01-23T06:20Z \| CRITICAL \| worsened: controller_silent: data is arriving", text, re.MULTILINE
    )


@pytest.mark.parametrize("text_of", [markdown_of, html_of])
def test_a_week_on_one_page_has_every_incident_event_message_and_finding(recorded: Course, text_of: object) -> None:
    assert callable(text_of)
    page = rendered(str(text_of(timeline_of("demo", WEEK, [recorded])))) if text_of is markdown_of else None
    page = page or Page(html_of(timeline_of("demo", WEEK, [recorded])))
    assert page.tags.count("h2") == 6
    assert {f"{item.cause}: {' '.join(item.account.split())}" for item in recorded.incidents} <= set(page.said)
    assert {" ".join(sent.notice.title.split()) for sent in recorded.sent} <= set(page.said)
    assert {f"{span.check}: {span.subject}" for span in recorded.spans} <= set(page.said)


def test_thresholds_that_change_nothing_are_said_to_change_nothing(recorded: Course) -> None:
    said = rendered(markdown_of(timeline_of("demo", WEEK, [recorded, recorded]))).said
    assert "Nothing: all incidents come and grow worse at the same moments." in said
    assert "Nothing: all findings come and grow worse at the same moments." in said


def test_a_section_without_rows_says_so() -> None:
    empty = Timeline("t", (Section("s", (), ("a", "b"), ()),))
    assert rendered(markdown_of(empty)).said == ["t", "s", "none"]
    assert Page(html_of(empty)).said == ["t", "t", "s", "s", "none"]


def test_a_replay_of_a_moment_is_a_timeline_too(recorded: Course) -> None:
    assert "every 15 min" in timeline_of("demo", type(WEEK)(recorded.until, recorded.until, QUARTER), [recorded]).title
