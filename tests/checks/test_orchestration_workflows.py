"""Workflows that are enabled or expected and never decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.orchestration import silent_workflow
from checks.pipeline import ENABLED_WORKFLOWS
from checks.policy import Policy
from tests.builders import at, decision, facts_for, scope_at

NEVER = {"bdl_catchup_midday", "bdl_catchup_afternoon", "bdl_catchup_evening"}
LIVELY = [workflow for workflow in ENABLED_WORKFLOWS if workflow not in NEVER]


def evaluation(when: datetime, workflows: Iterable[str] = ENABLED_WORKFLOWS) -> list[Decision]:
    return [decision(when, workflow) for workflow in workflows]


def expected(workflow: str, when: str) -> ExpectedRun:
    return ExpectedRun(date(2026, 1, 22), workflow, at(when), None, 8)


def silent(as_of: str, decisions: Iterable[Decision], runs: Iterable[ExpectedRun] = ()) -> tuple[Finding, ...]:
    facts = facts_for(silent_workflow, scope_at(as_of), (DECISIONS, decisions), (EXPECTED_RUNS, runs))
    return silent_workflow(facts, Policy(), at(as_of))


def names(findings: Iterable[Finding]) -> set[str]:
    return {finding.subject.name for finding in findings}


def test_a_controller_that_decides_for_every_enabled_workflow_is_fine() -> None:
    assert silent("2026-01-22T15:20", evaluation(at("2026-01-22T15:00"))) == ()


def test_the_three_workflows_without_a_handler_are_named_each_in_a_warning() -> None:
    found = silent("2026-01-22T15:20", evaluation(at("2026-01-22T15:00"), LIVELY))
    assert names(found) == NEVER
    assert {(finding.severity, finding.fault, finding.subject.kind) for finding in found} == {
        (Severity.WARNING, Fault.PIPELINE, SubjectKind.WORKFLOW)
    }


def test_a_workflow_says_whether_it_is_enabled_or_expected_or_both() -> None:
    runs = [expected("bdl_catchup_midday", "2026-01-22T15:00"), expected("not_configured", "2026-01-22T15:00")]
    found = silent("2026-01-22T15:20", evaluation(at("2026-01-22T15:00"), LIVELY), runs)
    said = {finding.subject.name: finding.sentence for finding in found}
    assert said["bdl_catchup_midday"].startswith(
        "bdl_catchup_midday is enabled and expected, and has never decided in 14 days"
    )
    assert said["bdl_catchup_evening"].startswith("bdl_catchup_evening is enabled, and")
    assert said["not_configured"].startswith("not_configured is expected, and")


def test_a_workflow_that_is_only_expected_later_is_not_missed_yet() -> None:
    decisions = evaluation(at("2026-01-22T15:00"))
    assert silent("2026-01-22T15:20", decisions, [expected("not_configured", "2026-01-22T15:20")]) == ()
    assert names(silent("2026-01-22T15:21", decisions, [expected("not_configured", "2026-01-22T15:20")])) == {
        "not_configured"
    }


def test_a_workflow_is_silent_when_it_falls_over_120_minutes_behind_the_controller() -> None:
    controller = evaluation(at("2026-01-22T15:00"), [name for name in ENABLED_WORKFLOWS if name != "betting_lines"])
    on_the_edge = decision(at("2026-01-22T13:00"), "betting_lines")
    behind = decision(at("2026-01-22T12:59"), "betting_lines")
    assert silent("2026-01-22T15:30", [*controller, on_the_edge]) == ()
    (finding,) = silent("2026-01-22T15:30", [*controller, behind])
    assert (finding.subject.name, finding.since) == ("betting_lines", at("2026-01-22T12:59"))
    assert "2 h 01 min before the controller's last complete evaluation" in finding.sentence


def test_during_a_silence_of_the_controller_no_workflow_is_blamed() -> None:
    assert silent("2026-01-24T22:00", evaluation(at("2026-01-23T04:20"))) == ()


def test_the_first_evaluation_after_a_silence_blames_nobody_before_it_is_complete() -> None:
    old = evaluation(at("2026-01-23T04:20"))
    begun = evaluation(at("2026-01-25T01:35"), ["betting_lines"])
    assert silent("2026-01-25T01:36", old + begun) == ()
    left_out = set(ENABLED_WORKFLOWS) - {"betting_lines"}
    assert names(silent("2026-01-25T01:49", old + begun)) == set()
    assert names(silent("2026-01-25T01:50", old + begun)) == left_out


def test_a_silent_workflow_keeps_its_fingerprint_from_day_to_day() -> None:
    first = silent("2026-01-22T15:20", evaluation(at("2026-01-22T15:00"), LIVELY))
    later = at("2026-01-22T15:00") + timedelta(days=3)
    last = silent("2026-01-25T15:20", evaluation(later, LIVELY))
    assert [finding.fingerprint for finding in first] == [finding.fingerprint for finding in last]


def test_one_single_decision_leaves_all_others_silent_in_order_of_name() -> None:
    found = silent("2026-01-22T15:20", [decision(at("2026-01-22T15:00"), "betting_lines")])
    assert [finding.subject.name for finding in found] == sorted(set(ENABLED_WORKFLOWS) - {"betting_lines"})
