"""The January 2026 outage, replayed: the ten sentences that must hold, each at its minute and one minute before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from checks.causes import thread_key
from checks.facts.lineage import LINEAGE, GameLineage
from checks.games import GameState, stage_state
from checks.model import CheckResult, Finding, Report, RootCause, Scope, Severity
from checks.pipeline import Stage
from console.desk import Desk
from tests.builders import at, scope_at

SILENCE_BEGAN = at("2026-01-23T04:20")
SILENCE_ENDED = at("2026-01-25T01:35")
MINUTE = timedelta(minutes=1)
THE_24TH = date(2026, 1, 24)
DATA_PRESENCE = ("availability.missing_game", "availability.late_source", "reconcile.games")


def report_at(desk: Desk, moment: datetime, *checks: str, days: int = 2, last: date | None = None) -> Report:
    return desk.report(Scope.at(moment, days=days, last=last), checks)


def result(report: Report, check: str) -> CheckResult:
    return next(item for item in report.results if item.check == check)


def of_check(report: Report, check: str) -> tuple[Finding, ...]:
    return result(report, check).findings


def controller_causes(report: Report) -> list[RootCause]:
    return [cause for cause in report.causes if cause.name == "controller_silent" and cause.until is None]


def every(step: timedelta, first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += step


@pytest.mark.parametrize(
    ("moment", "severity"),
    [
        ("2026-01-23T05:34", Severity.OK),
        ("2026-01-23T05:35", Severity.WARNING),
        ("2026-01-23T06:19", Severity.WARNING),
        ("2026-01-23T06:20", Severity.CRITICAL),
        ("2026-01-25T01:34", Severity.CRITICAL),
    ],
)
def test_1_the_silence_warns_after_75_minutes_and_is_critical_after_120(
    desk: Desk, moment: str, severity: Severity
) -> None:
    gap = [f for f in of_check(report_at(desk, at(moment), "orchestration.gap"), "orchestration.gap") if f.is_active]
    assert max((f.severity for f in gap), default=Severity.OK) is severity
    assert {f.since for f in gap if f.severity is not Severity.OK} <= {SILENCE_BEGAN}


def test_1_the_45_hours_are_one_incident_and_it_ends_with_the_next_decision(desk: Desk) -> None:
    checks = ("orchestration.gap", "orchestration.masked_outage")
    moments = every(timedelta(minutes=30), at("2026-01-23T06:20"), SILENCE_ENDED - MINUTE)
    causes = [controller_causes(report_at(desk, moment, *checks)) for moment in moments]
    assert {len(found) for found in causes} == {1}
    assert len({found[0].key for found in causes}) == 1
    assert {found[0].severity for found in causes} == {Severity.CRITICAL}
    after = report_at(desk, SILENCE_ENDED, *checks)
    assert controller_causes(after) == []
    (ended,) = [cause for cause in after.causes if cause.key == causes[0][0].key]
    assert (ended.since, ended.until) == (SILENCE_BEGAN, SILENCE_ENDED)


@pytest.mark.parametrize(("moment", "remembered"), [("2026-01-27T01:34", True), ("2026-01-27T01:36", False)])
def test_1_for_48_hours_after_its_end_the_silence_is_remembered(desk: Desk, moment: str, remembered: bool) -> None:
    gaps = of_check(report_at(desk, at(moment), "orchestration.gap"), "orchestration.gap")
    assert [(f.since, f.until) for f in gaps if f.until] == [(SILENCE_BEGAN, SILENCE_ENDED)] * remembered


def test_2_with_every_data_presence_check_green_the_verdict_is_still_critical(desk: Desk) -> None:
    report = report_at(desk, at("2026-01-23T06:20"))
    assert {check: result(report, check).severity for check in DATA_PRESENCE} == dict.fromkeys(
        DATA_PRESENCE, Severity.OK
    )
    assert report.verdict.severity is Severity.CRITICAL
    assert "data is arriving but nobody is deciding" in report.verdict.sentence
    assert report.verdict.since == SILENCE_BEGAN
    before = report_at(desk, at("2026-01-23T06:19"))
    assert before.verdict.severity is not Severity.CRITICAL


@pytest.mark.parametrize("moment", ["2026-01-23T04:20", "2026-01-23T06:20", "2026-01-24T18:00", "2026-01-25T12:00"])
def test_3_the_three_workflows_that_never_decide_are_named(desk: Desk, moment: str) -> None:
    found = of_check(report_at(desk, at(moment), "orchestration.silent_workflow"), "orchestration.silent_workflow")
    assert [f.subject.name for f in found] == ["bdl_catchup_afternoon", "bdl_catchup_evening", "bdl_catchup_midday"]


def test_4_the_postponed_game_is_not_played_and_no_played_game_is_called_unplayed(desk: Desk) -> None:
    as_of = at("2026-01-26T15:20")
    scope = Scope.at(as_of, days=7, last=date(2026, 1, 25))
    games = desk.facts(scope, LINEAGE)[LINEAGE]
    states = {(g.label, g.game_date): stage_state(g, Stage.BOX_SCORES, desk.policy, as_of).state for g in games}
    not_played = {key for key, state in states.items() if state is GameState.NOT_PLAYED}
    assert not_played == {
        ("GSW@MIN", THE_24TH),
        ("DEN@MEM", date(2026, 1, 25)),
        ("DAL@MIL", date(2026, 1, 25)),
    }
    assert set(states.values()) == {GameState.NOT_PLAYED, GameState.COMPLETE}
    report = desk.report(scope)
    assert of_check(report, "availability.missing_game") == ()
    assert THE_24TH in {f.subject.game_date for f in of_check(report, "schedule.not_played")}


def test_5_two_games_are_right_and_the_four_inflated_ones_are_flagged(desk: Desk) -> None:
    report = report_at(desk, at("2026-01-25T16:00"), days=1, last=THE_24TH)
    flagged = {f.subject.name: len(f.names) for f in of_check(report, "reconcile.inflated")}
    assert flagged == {"CLE@ORL": 15, "BOS@CHI": 16, "LAL@DAL": 15, "MIA@UTA": 16}
    assert of_check(report, "reconcile.players") == ()


@pytest.mark.parametrize(
    ("moment", "fires"), [("2026-01-25T13:21", False), ("2026-01-25T13:22", True), ("2026-01-25T15:30", True)]
)
def test_6_the_overdue_queue_row_means_that_the_retrier_is_not_running(desk: Desk, moment: str, fires: bool) -> None:
    found = of_check(report_at(desk, at(moment), "queue.retrier_dead"), "queue.retrier_dead")
    assert bool(found) is fires
    assert all("the retrier is not running" in f.sentence for f in found)


@pytest.mark.parametrize("moment", ["2026-01-26T15:19", "2026-01-26T15:20"])
def test_7_on_the_morning_of_the_26th_nothing_is_due_and_nothing_is_an_alarm(desk: Desk, moment: str) -> None:
    as_of = at(moment)
    the_26th = date(2026, 1, 26)
    report = report_at(desk, as_of)
    alarms = [f for f in report.findings if f.subject.game_date == the_26th and f.severity is not Severity.OK]
    assert alarms == []
    scope = scope_at(moment, days=1, last=the_26th)
    games: tuple[GameLineage, ...] = desk.facts(scope, LINEAGE)[LINEAGE]
    assert len(games) == 7
    for stage in (Stage.FEATURES, Stage.PREDICTIONS, Stage.BOX_SCORES, Stage.ANALYTICS, Stage.GRADING):
        assert {stage_state(g, stage, desk.policy, as_of).state for g in games} == {GameState.NOT_DUE}


@pytest.mark.parametrize(
    ("day", "severity"),
    [(22, Severity.OK), (23, Severity.WARNING), (24, Severity.ERROR)],
)
def test_8_feature_quality_warns_for_the_23rd_and_errs_for_the_24th(desk: Desk, day: int, severity: Severity) -> None:
    written = at(f"2026-01-{day}T16:00")
    last = date(2026, 1, day)
    before = report_at(desk, written - MINUTE, "quality.features", days=1, last=last)
    after = report_at(desk, written, "quality.features", days=1, last=last)
    assert of_check(before, "quality.features") == ()
    assert result(after, "quality.features").severity is severity


def test_8_although_every_count_is_fine(desk: Desk) -> None:
    checks = ("reconcile.features", "quality.rolling_window", "availability.missing_game")
    for day in (23, 24):
        report = report_at(desk, at("2026-01-25T16:00"), *checks, days=1, last=date(2026, 1, day))
        assert {item.severity for item in report.results} == {Severity.OK}


def test_9_no_ratio_above_100_percent_is_shown_as_healthy(desk: Desk) -> None:
    report = report_at(desk, at("2026-01-26T15:20"), days=7, last=date(2026, 1, 25))
    over = [
        (finding.check, item)
        for finding in report.findings
        for item in finding.evidence
        if item.unit == "percent" and float(item.value) > 100 and finding.severity is Severity.OK
    ]
    assert over == []


def test_9_the_empty_hand_over_log_is_unknown_and_never_ok(desk: Desk) -> None:
    report = report_at(desk, at("2026-01-22T18:00"))
    for check in ("transitions.delay", "transitions.duration", "transitions.blocked"):
        assert result(report, check).severity is Severity.UNKNOWN
        assert "hand-over log" in result(report, check).reason
    assert report.verdict.severity >= Severity.UNKNOWN


def test_10_the_whole_week_makes_at_most_three_threads(desk: Desk) -> None:
    threads = {
        thread_key(cause)
        for moment in every(timedelta(hours=2, minutes=20), at("2026-01-19T05:00"), at("2026-01-27T05:00"))
        for cause in desk.report(Scope.at(moment)).causes
        if cause.until is None
    }
    assert len(threads) <= 3
    assert any(thread.startswith("controller_silent") for thread in threads)
