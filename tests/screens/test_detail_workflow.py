"""A workflow's page: what is wrong with it, whether its expected runs were met, what it decided and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.executions import EXECUTIONS, Execution
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from console.look import Look
from screens.detail.workflow import WORKFLOW_CHECKS, workflow_spec, workflow_view
from screens.table import Table, Target
from screens.views.options import Options
from tests.builders import at, decision, scope_at
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest
from tests.screens.sessions import session_with

NAME = "betting_lines"
MOMENTS = ("2026-01-22T18:00", "2026-01-23T06:20", "2026-01-25T01:30", "2026-01-25T16:00", "2026-01-26T15:20")


def execution(when: str, decision_id: str | None = None, failed: int = 0, error: str | None = None) -> Execution:
    status = "failed" if failed else "completed"
    return Execution(f"execution-{when}", at(when), NAME, decision_id, 3, 3 - failed, failed, status, error)


def expected(when: str, reason: str | None = None) -> ExpectedRun:
    return ExpectedRun(date(2026, 1, 22), NAME, at(when), reason, 8)


def test_where_a_check_could_not_look_it_cannot_be_known_whether_anything_is_wrong() -> None:
    blind = look_at(scope_at("2026-01-23T04:20"), WORKFLOW_CHECKS)
    said = all_text(workflow_view(NAME, blind, blind.report.scope, Policy(), Options(118)))
    assert "UNKNOWN  whether anything is wrong cannot be known" in said
    assert "cannot be judged: decisions: no" in said
    assert "nothing that the checks know of" not in said


def look(now: str = "2026-01-23T04:20", reason: str = "its window is open", error: str = "timeout") -> Look:
    decisions = [
        decision(at("2026-01-23T02:00"), reason="no window"),
        decision(
            at("2026-01-23T03:00"),
            action="RUN",
            decision_id="run",
            reason=reason,
            scrapers_triggered=("oddsa_events", "oddsa_game_lines"),
            target_games=("LAL@DAL",),
        ),
        decision(at("2026-01-23T04:00"), reason="no window"),
        decision(at("2026-01-23T04:00"), "other", reason="not about this one"),
    ]
    return look_at(
        Scope.at(at(now), lookback=timedelta(hours=6)),
        WORKFLOW_CHECKS,
        (DECISIONS, decisions),
        (EXECUTIONS, [execution("2026-01-23T03:01", "run", 1, error)]),
        (EXPECTED_RUNS, [expected("2026-01-23T03:00", "window at 22:00 ET"), expected("2026-01-23T05:00")]),
    )


def show(found: Look, width: int, name: str = NAME, **changes: Any) -> Table:
    return workflow_view(name, found, found.report.scope, Policy(), Options(width=width, **changes))


def of_demo(desk: Desk, moment: str, width: int, name: str = NAME, **changes: Any) -> Table:
    return show(desk.look(scope_at(moment), WORKFLOW_CHECKS), width, name, **changes)


def test_the_head_says_what_was_decided_last_and_how_often() -> None:
    assert head(show(look(), 118))[:2] == [
        "SKIP 20 min ago, Thu 22 Jan 23:00 EST (2026-01-23T04:00Z), no window",
        "3 decisions in 6 h (1 RUN, 2 SKIP), 1 execution, 1 with failures",
    ]


def test_the_page_has_runs_then_decisions_with_their_executions_newest_first() -> None:
    assert rows(show(look(), 118)) == [
        "What is wrong",
        "nothing that the checks know of",
        "Expected runs, newest first",
        "Fri 23 Jan 00:00 EST 2026-01-23T05:00Z not due yet",
        "Thu 22 Jan 22:00 EST 2026-01-23T03:00Z met by RUN at 22 Jan 22:00 EST · window at 22:00 ET",
        "Decisions of the last 6 h, newest first",
        "Thu 22 Jan 23:00 EST 2026-01-23T04:00Z SKIP no window",
        "Thu 22 Jan 22:00 EST 2026-01-23T03:00Z RUN its window is open · scrapers: oddsa_events, oddsa_game_lines · games:",
        "  LAL@DAL",
        "  └ executed failed: 2 of 3 scrapers succeeded, 1 failed timeout",
        "Thu 22 Jan 21:00 EST 2026-01-23T02:00Z SKIP no window",
    ]


def test_an_execution_that_names_no_decision_stands_at_its_own_time() -> None:
    scope = Scope.at(at("2026-01-23T04:20"), lookback=timedelta(hours=6))
    found = look_at(
        scope,
        WORKFLOW_CHECKS,
        (DECISIONS, [decision(at("2026-01-23T04:00"))]),
        (EXECUTIONS, [execution("2026-01-23T03:01")]),
    )
    assert "Thu 22 Jan 22:01 EST 03:01Z executed, of no decision completed: 3 of 3" in rows(show(found, 76))[-2]


def test_an_expected_run_is_due_within_its_window() -> None:
    assert any("due now" in row for row in rows(show(look("2026-01-23T04:30"), 118)))


def test_during_the_outage_expected_runs_are_missed_and_the_silence_stands_in_the_list(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-25T01:30", 118)
    found = rows(table)
    assert head(table)[0].startswith("SKIP 45 h 10 min ago, Thu 22 Jan 23:20 EST (2026-01-23T04:20Z)")
    assert sum("MISSED" in row for row in found) == 10
    assert "  no decision for 45 h 10 min, and still none" in found
    assert any(row.startswith("CRITICAL nobody has decided for 45 h 10 min") for row in found)
    assert head(table)[2].startswith("next: courtside diagnose --date 2026-01-24 --issue controller")


def test_after_the_outage_the_silence_stands_between_the_decisions(desk: Desk) -> None:
    found = rows(of_demo(desk, "2026-01-25T16:00", 76))
    at_gap = found.index("  no decision for 45 h 15 min")
    assert found[at_gap - 1].startswith("Sat 24 Jan 20:35 EST 01:35Z SKIP")
    assert any(row.startswith("over     nobody decided for 45 h 15 min") for row in found)


def test_a_workflow_that_never_decides_says_so_first(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-22T18:00", 76, "bdl_catchup_midday")
    assert head(table)[0] == "NEVER decides: no decision of it is known in two weeks"
    assert rows(table)[1].startswith("WARNING  bdl_catchup_midday is enabled and expected")
    assert any("no decision · window at 10:00 ET" in row for row in rows(table))


def test_enter_on_what_is_wrong_opens_the_finding(desk: Desk) -> None:
    item = items(of_demo(desk, "2026-01-25T01:30", 118))[1]
    assert item.target is not None
    assert item.target.screen == "finding"


def test_a_filter_keeps_whole_paragraphs_and_headings_that_have_any() -> None:
    assert rows(show(look(), 118, filter="TIMEOUT")) == [
        "Decisions of the last 6 h, newest first",
        "  └ executed failed: 2 of 3 scrapers succeeded, 1 failed timeout",
    ]


def test_the_spec_names_the_workflow_and_loads_what_the_page_shows(tmp_path: Path) -> None:
    spec = workflow_spec(Target("workflow", f"evil\x1b]0;title\x07{'n' * 100}"), session_with(tmp_path))
    assert spec.id == "workflow"
    assert spec.checks == WORKFLOW_CHECKS
    assert spec.title.startswith("Workflow eviln")
    assert "\x1b" not in spec.title
    found = look()
    assert spec.view(found, found.report.scope, Policy(), Options(width=76)).count > 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_line_is_wider_than_the_screen(desk: Desk, moment: str, width: int) -> None:
    assert widest(of_demo(desk, moment, width)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_in_ascii_there_is_only_ascii(desk: Desk, width: int) -> None:
    assert all_text(of_demo(desk, "2026-01-25T16:00", width, ascii=True)).isascii()
    assert all_text(show(look(error="…"), width, ascii=True)).isascii()


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_does_not_get_through(width: int) -> None:
    table = show(look(reason=HOSTILE, error=HOSTILE), width)
    assert widest(table) <= width
    assert not set(all_text(table)) & set("\x1b\x07\x00\u202e")
    assert "]52;c;" not in all_text(table)
    assert table.count < 80
