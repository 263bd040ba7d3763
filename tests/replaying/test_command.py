"""`courtside replay` and `courtside incidents` as they are typed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from checks.hushes import NOTHING_SAID, Hushes
from checks.incidents.incident import Rules, Run
from checks.model import Report
from console.incidents.moving import move
from console.journal import FILE_NAME, Journal
from console.notify.notice import Manner
from console.replaying.course import Life
from tests.cli.conftest import CLOCK, Courtside, courtside, data
from tests.incidents.reports import QUARTER, SILENCE, STALE, report

__all__ = ["courtside", "data"]
MORNING = ("--from", "2026-01-23T05:05Z", "--to", "2026-01-23T06:50Z")


def test_it_says_what_would_have_opened_and_been_told_and_when(courtside: Courtside) -> None:
    shown = courtside("replay", *MORNING, width=120)
    assert shown.status == 0
    assert "4 incidents, 3 messages about them in 1 thread with nobody there, and 0 daily" in " ".join(
        shown.out.split()
    )
    assert "2026-01-23T06:20Z  CRITICAL  worsened: controller_silent: data is arriving" in shown.out
    assert "Reconstructed" in shown.out
    assert shown.err == ""


def test_its_document_holds_the_same(courtside: Courtside) -> None:
    (course,) = courtside("replay", *MORNING, "--json").document["courses"]
    assert course["thresholds"] == "present"
    worsened = [event for event in course["events"] if event["what"] == "worsened"]
    assert [(event["at"], event["severity"]) for event in worsened] == [("2026-01-23T06:20:00Z", "critical")]
    counts = {
        name: course[name] for name in ("alerts", "escalations", "reminders", "about_incidents", "threads", "digests")
    }
    assert list(counts.values()) == [2, 1, 0, 3, 1, 0]


def test_other_thresholds_are_compared_finding_by_finding(courtside: Courtside, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[policy]\ngap_warning_minutes = 30\ngap_critical_minutes = 60\n")
    shown = courtside("replay", *MORNING, "--policy", str(other), width=120)
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert (
        "2026-01-23T06:20Z 2026-01-23T05:20Z 1 h 00 min earlier critical orchestration.gap: master controller" in lines
    )
    assert "2026-01-23T05:50Z 2026-01-23T05:20Z 30 min earlier open controller_silent" in lines
    assert "Incidents, other thresholds" in shown.out
    changes = courtside("replay", *MORNING, "--policy", str(other), "--json").document["changes"]
    assert changes["incidents"][0]["other"] == "2026-01-23T05:20:00Z"


def test_other_thresholds_are_laid_over_the_present_ones_and_named(courtside: Courtside, tmp_path: Path) -> None:
    settings, other = tmp_path / "settings.toml", tmp_path / "other.toml"
    settings.write_text("[policy]\ngap_warning_minutes = 45\ngap_critical_minutes = 60\n")
    other.write_text("[policy]\ncoverage_warning_percent = 94\n")
    shown = courtside("replay", *MORNING, "--config", str(settings), "--policy", str(other), width=120)
    assert "The other thresholds: coverage_warning_percent 94 instead of 95; all else as at present." in " ".join(
        shown.out.split()
    )
    assert "Nothing: all incidents come and grow worse at the same moments." in shown.out


def test_the_timeline_is_written_as_markdown_and_as_one_html_file(courtside: Courtside, tmp_path: Path) -> None:
    page, text = tmp_path / "week.html", tmp_path / "week.md"
    courtside("replay", *MORNING, "--html", str(page), "--markdown", str(text))
    assert "| 2026-01-23T06:20Z | CRITICAL | worsened: controller_silent: data is arriving" in text.read_text()
    assert '<td class="CRITICAL">CRITICAL</td><td>worsened: controller_silent: data is arriving' in page.read_text()
    assert "http" not in page.read_text().replace("http-equiv", "")


def test_with_nobody_supposed_the_messages_are_counted_for_both(courtside: Courtside) -> None:
    shown = courtside("replay", *MORNING, width=120)
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "what nobody there acknowledged" in lines
    assert "escalations of what was critical and nobody's 1 0" in lines
    (course,) = courtside("replay", *MORNING, "--json").document["courses"]
    (same,) = courtside("replay", *MORNING, "--json", "--acknowledged-after", "20m").document["courses"]
    assert course["answered"] == {name: same[name] for name in course["answered"]}
    assert same["answered"] is None


def test_a_supposed_acknowledgement_is_said_and_stops_the_escalation(courtside: Courtside) -> None:
    shown = courtside("replay", *MORNING, "--acknowledged-after", "15m", width=120)
    assert (
        "Supposed: somebody acknowledges each critical incident 15 min after people were first told of it" in shown.out
    )
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "escalations of what was critical and nobody's 0" in lines
    assert "alerts: opened, worsened, acknowledged, over 3" in lines
    assert any("acknowledged by on-call@replay until Fri 23 Jan 02:35 EST" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "2026-01-24T05:00Z", "--to", "2026-01-23T05:00Z"), "--to lies before --from"),
        (("--every", "0m"), "1m or more"),
        (("--every", "1m", "--to", "2027-01-01T00:00Z"), "more than 20,000 runs"),
        (("--warehouse", "nothing.duckdb"), "--from 2026-01-19T05:05Z"),
        (("--policy", "/nowhere.toml"), "cannot be read"),
        (("--html", "/nowhere/week.html"), "--html /nowhere/week.html: there is no folder /nowhere; make it first"),
        (("--markdown", "/"), "--markdown /: that is a folder"),
        (("--markdown", "/week", "--html", "/./week"), "--html and --markdown name the same file"),
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
        if seen == 5:  # two lives see each moment
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Life, "sees", sees_and_is_interrupted)
    shown = courtside("replay", *MORNING, width=120)
    assert shown.status == 3
    assert "(2026-01-23T05:35Z), every 15 min" in " ".join(shown.out.split())
    assert "The replay was stopped: what comes later is not shown." in shown.out


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
        assert shown.out.startswith("CRITICAL controller_silent · open")
        (incident,) = courtside("incidents", "--json").document["incidents"]
        assert (incident["state"], incident["symptoms"]) == ("open", 1)
        assert (incident["severity"], incident["worst"]) == ("critical", "critical")

    def test_counts_how_often_one_seemed_over_and_was_not(self, courtside: Courtside) -> None:
        journal, moment = Journal(courtside.home / FILE_NAME, now=lambda: CLOCK), CLOCK
        for sees in ((SILENCE,), (), (SILENCE,), (), (SILENCE,)):
            move(journal, Run("demo", report(moment, *sees), NOTHING_SAID, moment), (), Rules(), Manner())
            moment += QUARTER
        assert "it seemed over 2 times, and was not" in courtside("incidents").out
        assert courtside("incidents", "--json").document["incidents"][0]["flaps"] == 2
