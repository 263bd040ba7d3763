"""`courtside replay` and `courtside incidents` as they are typed."""

from __future__ import annotations

import os
import signal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from checks.hushes import NOTHING_SAID, Hushes
from checks.incidents.incident import Rules, Run
from checks.model import Report
from console.incidents.moving import move
from console.journal import FILE_NAME, Journal
from console.notify.notice import Manner
from console.replaying.course import Course, Life, Period
from console.replaying.pages import html_of, markdown_of
from console.replaying.timeline import Section, Timeline, timeline_of
from tests.cli.conftest import CLOCK, Courtside, courtside, data
from tests.incidents.reports import QUARTER, SILENCE, STALE, report

__all__ = ["courtside", "data"]
MORNING = ("--from", "2026-01-23T05:05Z", "--to", "2026-01-23T06:50Z")


def test_it_says_what_would_have_opened_and_been_told_and_when(courtside: Courtside) -> None:
    shown = courtside("replay", *MORNING, width=120)
    assert shown.status == 0
    assert "Under the present thresholds: 4 incidents, told in 3 messages in 1 thread" in " ".join(shown.out.split())
    assert "2026-01-23T06:20Z  CRITICAL  worsened: controller_silent:2026-01-23T04:20Z" in shown.out
    assert "Reconstructed" in shown.out
    assert shown.err == ""


def test_its_document_holds_the_same(courtside: Courtside) -> None:
    (course,) = courtside("replay", *MORNING, "--json").document["courses"]
    assert course["thresholds"] == "present"
    worsened = [event for event in course["events"] if event["what"] == "worsened"]
    assert [event["at"] for event in worsened] == ["2026-01-23T06:20:00Z"]


def test_other_thresholds_are_compared_finding_by_finding(courtside: Courtside, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[policy]\ngap_warning_minutes = 30\ngap_critical_minutes = 60\n")
    shown = courtside("replay", *MORNING, "--policy", str(other), width=120)
    assert "2026-01-23T06:20Z  2026-01-23T05:20Z  CRITICAL  orchestration.gap: master controller" in shown.out
    assert "Incidents, other thresholds" in shown.out


def test_the_timeline_is_written_as_markdown_and_as_one_html_file(courtside: Courtside, tmp_path: Path) -> None:
    page, text = tmp_path / "week.html", tmp_path / "week.md"
    courtside("replay", *MORNING, "--html", str(page), "--markdown", str(text))
    assert "| 2026-01-23T06:20Z | CRITICAL | worsened: controller\\_silent:2026-01-23T04:20Z |" in text.read_text()
    assert "<td>worsened: controller_silent:2026-01-23T04:20Z</td>" in page.read_text()
    assert "http" not in page.read_text().replace("http-equiv", "")


def test_a_supposed_acknowledgement_is_said_and_stops_the_escalation(courtside: Courtside) -> None:
    shown = courtside("replay", *MORNING, "--acknowledged-after", "15m", width=120)
    assert "Supposed: somebody acknowledges each incident 15 min after it opens." in shown.out
    assert "escalation" not in shown.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "2026-01-24T05:00Z", "--to", "2026-01-23T05:00Z"), "--to lies before --from"),
        (("--every", "0m"), "a minute or more"),
        (("--every", "1m", "--to", "2027-01-01T00:00Z"), "more than 20,000 runs"),
        (("--warehouse", "nothing.duckdb"), "--from 2026-01-19T05:05Z"),
        (("--policy", "/nowhere.toml"), "cannot be read"),
        (("--warehouse", "bigquery://project", *MORNING), "courtside snapshot"),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_a_sentence(
    courtside: Courtside, arguments: tuple[str, ...], says: str
) -> None:
    refused = courtside("replay", *arguments)
    assert refused.status == 3
    assert says in refused.err


def test_ctrl_c_shows_what_was_replayed_up_to_there(courtside: Courtside, monkeypatch: pytest.MonkeyPatch) -> None:
    look, seen = Life.sees, 0

    def sees_and_is_interrupted(life: Life, found: Report, hushes: Hushes) -> None:
        nonlocal seen
        look(life, found, hushes)
        seen += 1
        if seen == 3:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Life, "sees", sees_and_is_interrupted)
    shown = courtside("replay", *MORNING, width=120)
    assert shown.status == 3
    assert "(2026-01-23T05:35Z), every 15 min" in " ".join(shown.out.split())
    assert "The replay was stopped: what comes later is not shown." in shown.out


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_words_from_outside_do_nothing_on_either_page() -> None:
    hostile = "<script>alert(1)</script> | [x](javascript:y) **z** \x1b[2J"
    timeline = Timeline(hostile, (Section(hostile, (hostile,), (hostile,), ((hostile,),)),))
    page = _Balanced()
    page.feed(html_of(timeline))
    assert page.open == []
    assert "script" not in page.tags
    text = markdown_of(timeline)
    assert "\x1b" not in text
    assert "<script>" not in text.replace("\\<", "")
    assert text.splitlines()[-1].replace("\\|", "").count("|") == 2


def test_a_week_on_one_page_names_every_incident(recorded: Course) -> None:
    text = markdown_of(timeline_of("demo", Period(recorded.until, recorded.until, QUARTER), [recorded]))
    assert text.count("\n## ") == 5


class TestIncidents:
    def test_says_that_none_is_known_where_no_run_was(self, courtside: Courtside) -> None:
        shown = courtside("incidents")
        assert (shown.status, shown.out.strip()[:29]) == (0, "no incident of demo is known ")

    def test_shows_those_that_last_with_the_status_of_the_worst(self, courtside: Courtside) -> None:
        journal = Journal(courtside.home / FILE_NAME, now=lambda: CLOCK)
        run = Run("demo", report(CLOCK, SILENCE, STALE), NOTHING_SAID, CLOCK)
        move(journal, run, (), Rules(), Manner())
        shown = courtside("incidents")
        assert shown.status == 2
        assert shown.out.startswith("CRITICAL controller_silent:silence · open")
        (incident,) = courtside("incidents", "--json").document["incidents"]
        assert (incident["state"], incident["symptoms"]) == ("open", 1)
