"""Expected runs that nobody decided on, decisions that nobody executed, executions that did nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.executions import EXECUTIONS, Execution
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.orchestration import missed_run
from checks.policy import Policy
from checks.times import eastern_date
from tests.builders import at, decision, facts_for, scope_at

LINES = "betting_lines"
NOON = at("2026-01-23T17:00")
OTHERS_AWAKE = [decision(NOON + timedelta(hours=n), "morning_operations") for n in range(-30, 4)]


def expected(when: datetime, workflow: str = LINES) -> ExpectedRun:
    return ExpectedRun(eastern_date(when), workflow, when, None, 8)


def execution(when: datetime, decision_id: str | None = None, workflow: str = LINES, **changes: Any) -> Execution:
    values: dict[str, Any] = {
        "execution_id": f"{workflow}-{when:%H%M%S}",
        "execution_time": when,
        "workflow_name": workflow,
        "decision_id": decision_id,
        "scrapers_triggered": 3,
        "scrapers_succeeded": 3,
        "scrapers_failed": 0,
        "status": "completed",
        "error_message": None,
    }
    return Execution(**{**values, **changes})


def missed(
    as_of: datetime,
    decisions: Iterable[Decision],
    runs: Iterable[ExpectedRun] = (),
    executions: Iterable[Execution] = (),
) -> tuple[Finding, ...]:
    facts = facts_for(
        missed_run,
        scope_at(f"{as_of:%Y-%m-%dT%H:%M}"),
        (DECISIONS, decisions),
        (EXPECTED_RUNS, runs),
        (EXECUTIONS, executions),
    )
    return missed_run(facts, Policy(), as_of)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


LONG_AGO = decision(NOON - timedelta(hours=20))


def test_an_expected_run_is_missed_only_when_its_whole_window_has_passed() -> None:
    assert missed(NOON + minutes(30), [LONG_AGO], [expected(NOON)]) == ()
    (finding,) = missed(NOON + minutes(31), [LONG_AGO], [expected(NOON)])
    assert (finding.severity, finding.fault) == (Severity.WARNING, Fault.PIPELINE)
    assert (finding.subject.kind, finding.subject.name) == (SubjectKind.WORKFLOW, LINES)
    assert finding.names == ("2026-01-23T17:00Z",)
    assert finding.sentence == (
        "betting_lines neither ran nor was skipped for 1 expected run, "
        "the first at 2026-01-23T17:00Z (Fri 23 Jan 12:00 EST)"
    )


@pytest.mark.parametrize("action", ["SKIP", "ABORT"])
@pytest.mark.parametrize("offset", [-30, 0, 30])
def test_any_decision_within_the_window_answers_the_expected_run(action: str, offset: int) -> None:
    decided = decision(NOON + minutes(offset) + timedelta(seconds=40), action=action)
    assert missed(NOON + minutes(40), [decided], [expected(NOON)]) == ()


@pytest.mark.parametrize("offset", [-31, 31])
def test_a_decision_outside_the_window_answers_nothing(offset: int) -> None:
    found = missed(NOON + minutes(40), [decision(NOON + minutes(offset))], [expected(NOON)])
    assert [finding.names for finding in found] == [("2026-01-23T17:00Z",)]


def test_the_decision_of_another_workflow_answers_nothing() -> None:
    assert len(missed(NOON + minutes(40), [LONG_AGO, decision(NOON, "injury_discovery")], [expected(NOON)])) == 1


def test_a_workflow_that_never_decides_at_all_is_not_repeated_here() -> None:
    assert missed(NOON + minutes(40), [decision(NOON)], [expected(NOON, "bdl_catchup_midday")]) == ()


def test_two_missed_runs_of_one_day_are_one_warning_and_three_an_error() -> None:
    runs = [expected(NOON + timedelta(hours=2 * n)) for n in range(3)]
    as_of = NOON + timedelta(hours=5)
    (two,) = missed(as_of, [LONG_AGO], runs[:2])
    (three,) = missed(as_of, [LONG_AGO], runs)
    assert (two.severity, len(two.names)) == (Severity.WARNING, 2)
    assert (three.severity, len(three.names)) == (Severity.ERROR, 3)
    assert two.fingerprint == three.fingerprint


def test_a_run_missed_on_two_days_is_an_error() -> None:
    runs = [expected(NOON - timedelta(days=1)), expected(NOON)]
    awake = decision(NOON - timedelta(hours=12))
    (finding,) = missed(NOON + minutes(40), [awake], runs)
    assert (finding.severity, finding.since) == (Severity.ERROR, NOON - timedelta(days=1))


def test_a_run_listed_twice_is_counted_once() -> None:
    (finding,) = missed(NOON + minutes(40), [LONG_AGO], [expected(NOON), expected(NOON)])
    assert finding.names == ("2026-01-23T17:00Z",)


def test_runs_whose_window_began_before_the_lookback_are_not_judged() -> None:
    start = NOON - timedelta(hours=48)
    assert missed(NOON, [LONG_AGO], [expected(start + minutes(29))]) == ()
    assert len(missed(NOON, [LONG_AGO], [expected(start + minutes(30))])) == 1


def test_runs_lost_in_a_silence_of_the_controller_are_over_when_it_decides_again() -> None:
    during = NOON + timedelta(hours=2)
    (lost,) = missed(during, [LONG_AGO], [expected(NOON)])
    assert lost.until is None
    (over,) = missed(during + minutes(1), [LONG_AGO, decision(during, "injury_discovery")], [expected(NOON)])
    assert (over.until, over.fingerprint) == (during, lost.fingerprint)


def test_a_run_lost_while_the_controller_was_awake_stays_active() -> None:
    decisions = [*OTHERS_AWAKE, LONG_AGO, decision(NOON + timedelta(hours=1))]
    (finding,) = missed(NOON + timedelta(hours=2), decisions, [expected(NOON)])
    assert finding.until is None


def test_findings_of_several_workflows_come_in_order_of_name() -> None:
    decisions = [LONG_AGO, decision(LONG_AGO.decision_time, "injury_discovery")]
    found = missed(NOON + minutes(40), decisions, [expected(NOON, "injury_discovery"), expected(NOON)])
    assert [finding.subject.name for finding in found] == [LINES, "injury_discovery"]


RUN = decision(NOON, action="RUN")


def test_a_run_decision_without_an_execution_is_an_error_once_the_allowance_is_over() -> None:
    assert missed(NOON + minutes(15), [RUN]) == ()
    (finding,) = missed(NOON + minutes(16), [RUN])
    assert (finding.severity, finding.since) == (Severity.ERROR, NOON)
    assert "was decided to run and was never executed: 1 RUN decision" in finding.sentence


def test_an_execution_that_names_the_decision_answers_it_however_late() -> None:
    assert missed(NOON + timedelta(hours=2), [RUN], (), [execution(NOON + minutes(50), RUN.decision_id)]) == ()


@pytest.mark.parametrize(("offset", "answered"), [(-1, False), (0, True), (15, True), (16, False)])
def test_an_execution_of_the_same_workflow_within_the_allowance_answers_it(offset: int, *, answered: bool) -> None:
    found = missed(NOON + minutes(30), [RUN], (), [execution(NOON + minutes(offset))])
    assert (found == ()) is answered


def test_an_execution_of_another_decision_or_workflow_does_not_answer_it() -> None:
    second = decision(NOON + minutes(5), action="RUN")
    taken = execution(NOON + minutes(6), second.decision_id)
    (finding,) = missed(NOON + minutes(30), [RUN, second], (), [taken])
    assert finding.names == ("2026-01-23T17:00Z",)
    other = execution(NOON + minutes(1), workflow="injury_discovery")
    assert len(missed(NOON + minutes(30), [RUN], (), [other])) == 1


def test_a_skip_needs_no_execution() -> None:
    assert missed(NOON + minutes(30), [decision(NOON), decision(NOON, action="ABORT")]) == ()


def test_an_execution_that_triggered_nothing_after_a_run_is_a_warning() -> None:
    idle = execution(NOON, RUN.decision_id, scrapers_triggered=0, scrapers_succeeded=0)
    (finding,) = missed(NOON + minutes(30), [RUN], (), [idle])
    assert finding.severity is Severity.WARNING
    assert "triggered no scraper: 1 execution" in finding.sentence


def test_an_execution_that_says_it_skipped_is_not_a_warning() -> None:
    skipped = execution(NOON, RUN.decision_id, scrapers_triggered=0, scrapers_succeeded=0, status="SKIPPED")
    assert missed(NOON + minutes(30), [RUN], (), [skipped]) == ()


def test_an_execution_by_hand_that_triggered_nothing_is_nobodys_loss() -> None:
    by_hand = execution(NOON, scrapers_triggered=0, scrapers_succeeded=0)
    assert missed(NOON + minutes(30), [decision(NOON)], (), [by_hand]) == ()


def test_a_second_execution_that_triggers_something_makes_up_for_an_idle_one() -> None:
    idle = execution(NOON, RUN.decision_id, scrapers_triggered=0, scrapers_succeeded=0)
    assert missed(NOON + minutes(30), [RUN], (), [idle, execution(NOON + minutes(2), RUN.decision_id)]) == ()


def test_an_execution_is_a_warning_only_when_all_its_scrapers_failed() -> None:
    some = execution(NOON, RUN.decision_id, scrapers_succeeded=1, scrapers_failed=2)
    every = execution(NOON, RUN.decision_id, scrapers_succeeded=0, scrapers_failed=3, status="failed")
    assert missed(NOON + minutes(30), [RUN], (), [some]) == ()
    (finding,) = missed(NOON + minutes(30), [RUN], (), [every])
    assert finding.severity is Severity.WARNING
    assert finding.sentence.startswith("every scraper of betting_lines failed: 1 execution, the first at")


def test_each_kind_of_loss_of_one_workflow_has_a_fingerprint_of_its_own() -> None:
    later = decision(NOON + timedelta(hours=1), action="RUN")
    last = decision(NOON + timedelta(hours=2), action="RUN")
    idle = execution(later.decision_time, later.decision_id, scrapers_triggered=0)
    broken = execution(last.decision_time, last.decision_id, scrapers_failed=3)
    lost = expected(NOON - timedelta(hours=1))
    found = missed(NOON + timedelta(hours=3), [RUN, later, last], [lost], [idle, broken])
    assert len({finding.fingerprint for finding in found}) == len(found) == 4


def test_a_healthy_run_from_expectation_to_execution_says_nothing() -> None:
    assert missed(NOON + minutes(40), [RUN], [expected(NOON)], [execution(NOON, RUN.decision_id)]) == ()


def test_without_expectations_or_executions_a_skipping_controller_says_nothing() -> None:
    assert missed(NOON, [LONG_AGO]) == ()
