"""The report must be read in ten seconds at 80 x 24."""

from __future__ import annotations

import re

import pytest

from checks.model import (
    CheckResult,
    Evidence,
    Fault,
    Finding,
    Report,
    RootCause,
    Scope,
    Severity,
    Subject,
    SubjectKind,
    Suggestion,
    Verdict,
)
from screens.lines import text_of
from screens.text.frame import Frame
from screens.text.report import dates_of, report_lines
from tests.builders import at, scope_at
from tests.cli.conftest import Courtside

SCOPE = scope_at("2026-01-23T06:20")
FRAME = Frame("demo", SCOPE)


def finding(check: str = "orchestration.gap", **changes: object) -> Finding:
    values: dict[str, object] = {
        "check": check,
        "severity": Severity.CRITICAL,
        "subject": Subject(SubjectKind.CONTROLLER, "master controller"),
        "sentence": "nobody has decided for 2 h 00 min",
        "fault": Fault.PIPELINE,
        "since": at("2026-01-23T04:20"),
        "evidence": (Evidence("since the last decision", 120, "minutes", "decisions"),),
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type] # tests name any field


def cause(**changes: object) -> RootCause:
    values: dict[str, object] = {
        "key": "controller_silent",
        "name": "controller_silent",
        "severity": Severity.CRITICAL,
        "sentence": "data is arriving but nobody is deciding",
        "fault": Fault.PIPELINE,
        "since": at("2026-01-23T04:20"),
        "until": None,
        "evidence": (finding(),),
        "symptoms": (finding("schedule.stale"), finding("reconcile.grading"), finding("reconcile.grading", key="2")),
        "suggestions": (Suggestion("courtside gaps --hours 48", "see every silence"),),
    }
    return RootCause(**{**values, **changes})  # type: ignore[arg-type] # tests name any field


def report(*causes: RootCause, results: tuple[CheckResult, ...] = ()) -> Report:
    worst = causes[0] if causes else None
    verdict = Verdict(
        worst.severity if worst else Severity.OK,
        worst.sentence if worst else "all checks are OK",
        worst.since if worst else None,
    )
    return Report(SCOPE, verdict, causes, results, ())


def shown(value: Report, width: int = 80) -> list[str]:
    return [text_of(spans) for spans in report_lines(value, FRAME, width)]


def test_the_first_line_is_the_verdict_and_the_second_says_since_when_in_both_zones() -> None:
    lines = shown(report(cause()))
    assert lines[0] == "CRITICAL data is arriving but nobody is deciding"
    assert lines[1] == "         since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 2 h 00 min ago"


def test_warehouse_moment_and_dates_follow() -> None:
    lines = shown(report(cause()))
    assert lines[2] == "demo as of Fri 23 Jan 01:20 EST (2026-01-23T06:20Z)"
    assert lines[3] == "games of 22 to 23 Jan 2026"


def test_a_cause_says_whose_fault_it_is_what_to_type_what_it_explains_and_on_what_numbers() -> None:
    text = "\n".join(shown(report(cause())))
    assert "CRITICAL controller silent · the pipeline is at fault" in text
    assert "next: courtside gaps --hours 48 · see every silence" in text
    assert "explains 3 findings: schedule.stale 1, reconcile.grading 2" in text
    assert "numbers since the last decision: 120 minutes (decisions)" in text


def test_the_sentence_that_the_verdict_has_just_said_is_not_said_again() -> None:
    text = "\n".join(shown(report(cause())))
    assert text.count("data is arriving but nobody is deciding") == 1


def test_a_lesser_cause_has_its_own_sentence_and_time() -> None:
    lesser = cause(name="retrier_dead", severity=Severity.ERROR, sentence="the retrier is not running", symptoms=())
    text = "\n".join(shown(report(cause(), lesser)))
    assert "ERROR    the retrier is not running" in text
    assert "retrier dead · the pipeline is at fault · since Thu 22 Jan 23:20 EST" in text


def test_what_is_over_stands_at_the_end_and_is_no_alarm() -> None:
    over = cause(severity=Severity.ERROR, sentence="nobody decided for 3 h", until=at("2026-01-23T06:00"))
    lines = shown(Report(SCOPE, Verdict(Severity.OK, "all checks are OK", None), (over,), (), ()))
    assert lines[0] == "OK       all checks are OK"
    assert any(text.startswith("over     nobody decided for 3 h (over since Fri 23 Jan") for text in lines)
    assert not any(text.startswith("ERROR") for text in lines)


def test_a_note_is_worth_a_line_and_nothing_more() -> None:
    note = finding("schedule.not_played", severity=Severity.OK, sentence="GSW@MIN was postponed")
    lines = shown(report(results=(CheckResult("schedule.not_played", Severity.OK, (note,)),)))
    assert "note     GSW@MIN was postponed" in lines


def test_checks_are_counted_by_what_they_came_to() -> None:
    results = tuple(
        CheckResult(f"c.{n}", severity) for n, severity in enumerate((Severity.OK, Severity.OK, Severity.ERROR))
    )
    assert "checks   2 OK · 1 ERROR" in shown(report(results=results))


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-01-24", "2026-01-24", "games of 24 Jan 2026"),
        ("2026-01-19", "2026-01-24", "games of 19 to 24 Jan 2026"),
        ("2026-01-31", "2026-02-01", "games of 31 Jan to 1 Feb 2026"),
        ("2025-12-31", "2026-01-01", "games of 31 Dec 2025 to 1 Jan 2026"),
    ],
)
def test_dates_are_said_as_people_say_them(first: str, last: str, text: str) -> None:
    moment = at("2026-01-24T00:00")
    assert dates_of(Scope(moment, at(f"{first}T12:00").date(), at(f"{last}T12:00").date())) == text


@pytest.mark.parametrize("moment", ["2026-01-23T06:20Z", "2026-01-24T12:00Z", "2026-01-25T01:30Z"])
def test_verdict_cause_and_next_command_stand_in_the_first_20_lines_of_80_columns(
    courtside: Courtside, moment: str
) -> None:
    result = courtside("check", "--at", moment)
    top = "\n".join(result.lines[:20])
    assert result.status == 2
    assert result.lines[0].startswith("CRITICAL data is arriving but nobody is deciding")
    assert "controller silent · the pipeline is at fault" in top
    assert "next: courtside gaps --hours 48" in top
    assert max(map(len, result.lines)) <= 80


def test_every_time_in_the_report_has_its_zone(courtside: Courtside) -> None:
    text = courtside("demo").out
    for clock in re.finditer(r"\d\d:\d\d(?!\d)(.{0,4})", text.replace("\n", " ")):
        assert re.match(r"Z| +E[SD]T| +", clock[1]), clock[0]


def test_a_wider_terminal_is_used(courtside: Courtside) -> None:
    narrow, wide = courtside("check"), courtside("check", width=120)
    assert 80 < max(map(len, wide.lines)) <= 120
    assert len(wide.lines) < len(narrow.lines)
