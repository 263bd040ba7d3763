"""A run of checks as a value and as tables: its progress, its end, and the runs before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.catalogue import BY_ID
from checks.model import CheckResult, FactOutcome, Scope, Severity, Verdict
from checks.progress import Progress
from console.desk import Desk
from screens.detail.check_run import MOST_RUNS, Runs
from screens.views.check_run import Run, State, run_table, runs_table
from screens.views.options import Options
from tests.builders import at
from tests.screens.looks import HOSTILE, all_text, head, items, rows, widest
from tests.screens.stubs import MOMENT

WIDTHS = (36, 56, 76, 118, 200)
QUEUE = tuple(BY_ID[name] for name in ("queue.overdue", "queue.exhausted", "queue.retrier_dead"))
SCOPE = Scope.at(MOMENT)
BEGUN = Run(1, QUEUE, SCOPE, at("2026-02-01T12:00"))
LOADED = Progress(FactOutcome("retry_queue", 1, 0.2), 1, 1)
JUDGED = Progress(CheckResult("queue.exhausted", Severity.OK), 1, 3)


def test_before_its_facts_are_there_a_check_says_what_it_waits_for() -> None:
    table = run_table(BEGUN, Options(76))
    assert head(table) == [
        "run 1 running [....................] facts 0 of 1, checks 0 of 3 (Esc stops…",
        "as of Sat 24 Jan 20:30 EST (2026-01-25T01:30Z)",
    ]
    assert rows(table)[0] == "         queue.overdue                 waits for retry_queue"


def test_every_step_is_shown() -> None:
    table = run_table(BEGUN.after(LOADED).after(JUDGED), Options(118))
    assert head(table)[0] == "run 1 running [##########..........] facts 1 of 1, checks 1 of 3 (Esc stops it)"
    assert rows(table)[1].startswith("OK       queue.exhausted               rows at their maximum of tries")
    assert rows(table)[0].startswith("         queue.overdue                 retries past due")


def test_at_its_end_a_run_says_its_verdict_and_each_check_its_worst_finding(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-25T16:00"))
    report = desk.report(scope, [check.id for check in QUEUE])
    table = run_table(replace(BEGUN, scope=scope).ended(report, "", 1.25), Options(118))
    assert (
        head(table)[0]
        == "run 1 done facts 1 of 1, checks 3 of 3 in 1.2 s as of Sun 25 Jan 11:00 EST (2026-01-25T16:00Z)"
    )
    assert head(table)[1].startswith("ERROR    the retrier is not running: 1 row is due")
    assert rows(table)[0].startswith("WARNING  queue.overdue                 the retry of nbac_player_boxscore")
    assert items(table)[2].target is not None


def test_of_a_check_that_is_ok_it_says_what_is_over(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-25T16:00"))
    run = replace(BEGUN, checks=(BY_ID["orchestration.missed_run"],), scope=scope)
    table = run_table(run.ended(desk.report(scope, ["orchestration.missed_run"]), "", 0.1), Options(118))
    assert rows(table)[0].startswith("OK       orchestration.missed_run      over: ")


def test_a_check_that_could_not_see_says_why_and_is_never_ok(desk: Desk) -> None:
    blind = replace(
        desk.report(SCOPE, ["queue.overdue"]),
        results=(CheckResult("queue.overdue", Severity.UNKNOWN, reason="retry_queue: no answer"),),
    )
    table = run_table(replace(BEGUN, checks=QUEUE[:1]).ended(blind, "", 1.0), Options(76))
    assert rows(table) == ["UNKNOWN  queue.overdue                 retry_queue: no answer"]


def test_a_run_that_failed_says_why() -> None:
    failed = BEGUN.ended(None, "the file is locked by another process", 0.1)
    assert failed.state is State.FAILED
    assert head(run_table(failed, Options(76)))[1] == "UNKNOWN  the run failed: the file is locked by another process"


def test_a_run_that_was_stopped_early_does_not_pass_its_verdict_off_as_a_whole_one(desk: Desk) -> None:
    report = replace(desk.report(SCOPE, ["queue.overdue"]), verdict=Verdict(Severity.UNKNOWN, "blind", None))
    lacking = replace(report, facts=(FactOutcome("retry_queue", 0, 0.1, "the run was stopped"),))
    stopping = replace(BEGUN, state=State.STOPPING)
    assert stopping.ended(lacking, "", 0.1).state is State.STOPPED
    assert "stopped early: blind" in head(run_table(stopping.ended(lacking, "", 0.1), Options(76)))[1]
    assert stopping.ended(report, "", 0.1).state is State.DONE


def test_the_runs_of_the_session_stand_newest_first_with_time_and_verdict(desk: Desk) -> None:
    report = desk.report(SCOPE, ["queue.overdue"])
    first, second = BEGUN.ended(report, "", 1.0), replace(BEGUN, number=2, checks=QUEUE[:1])
    assert rows(runs_table([first, second], 2, Options(76))) == [
        "* 2 12:00Z running  queue.overdue, 0.0 s  running",
        "  1 12:00Z done     3 checks, 1.0 s  OK       the only check is OK",
    ]


def test_only_the_last_runs_are_kept() -> None:
    runs = Runs()
    for number in range(1, MOST_RUNS + 6):
        runs.begin(replace(BEGUN, number=number))
    assert [run.number for run in runs.kept] == list(range(6, MOST_RUNS + 6))
    assert runs.of(1) is None


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_wider_than_the_screen_and_nothing_hostile_gets_through(width: int, ascii: bool) -> None:
    hostile = BEGUN.after(Progress(CheckResult("queue.overdue", Severity.UNKNOWN, reason=HOSTILE + "ć"), 1, 3))
    options = Options(width, ascii=ascii)
    for table in (
        run_table(hostile, options),
        run_table(BEGUN.ended(None, HOSTILE, 0.1), options),
        runs_table([BEGUN.ended(None, HOSTILE + "ć", 0.1)], 1, options),
    ):
        said = all_text(table)
        assert widest(table) <= width
        assert not any(ord(c) < 32 and c != "\n" for c in said)
        assert not {"\x1b", "\u202e"} & set(said)
        assert said.isascii() or not ascii
