"""Workflows that never decide although they are enabled or expected to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.facts.fact import Facts
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.orchestration.silence import last_decision_time
from checks.pipeline import ENABLED_WORKFLOWS
from checks.policy import Policy
from checks.registry import check
from checks.times import eastern_date, format_minutes, format_utc, minutes_between, utc_and_eastern

_KNOWN_DAYS = 14
"""How many days back the decisions fact knows at least each workflow's last decision."""


@check(
    "orchestration.silent_workflow",
    "enabled or expected, and never decides",
    needs=(DECISIONS,),
    may_be_empty=(EXPECTED_RUNS,),
)
def silent_workflow(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Name each workflow without any decision, or whose last one lies far behind the controller's own.

    Measured against the controller and not against the clock: while the controller is silent no workflow is to blame. An
    evaluation that began only just now is left out, because it may not have reached every workflow yet.
    """
    decisions = facts[DECISIONS]
    expected = _expected(facts[EXPECTED_RUNS], as_of)
    settled = last_decision_time(decisions, as_of - timedelta(minutes=policy.controller_cadence_minutes // 4))
    for workflow in sorted({*ENABLED_WORKFLOWS, *expected}):
        last = last_decision_time((item for item in decisions if item.workflow_name == workflow), as_of)
        runs = expected.get(workflow, ())
        if last is None:
            yield _never(workflow, runs, decisions, as_of)
        elif settled is not None and minutes_between(last, settled) > policy.gap_critical_minutes:
            yield _no_longer(workflow, runs, last, settled, as_of)


def _expected(rows: Sequence[ExpectedRun], as_of: datetime) -> dict[str, list[ExpectedRun]]:
    """Return the runs that were expected before `as_of`, by workflow."""
    expected: dict[str, list[ExpectedRun]] = {}
    for row in rows:
        if row.expected_run_time < as_of:
            expected.setdefault(row.workflow_name, []).append(row)
    return expected


def _never(workflow: str, runs: Sequence[ExpectedRun], decisions: Sequence[Decision], as_of: datetime) -> Finding:
    deciding = {item.workflow_name for item in decisions}
    return Finding(
        check=silent_workflow.id,
        severity=Severity.WARNING,
        subject=Subject(SubjectKind.WORKFLOW, workflow),
        sentence=f"{workflow} is {_why_awaited(workflow, runs)}, and has never decided in {_KNOWN_DAYS} days: "
        "the controller has no handler for it or leaves it out",
        fault=Fault.PIPELINE,
        evidence=(
            Evidence("decisions", 0, "decisions", DECISIONS.name),
            Evidence("workflows that do decide", len(deciding), "workflows", DECISIONS.name),
            Evidence("runs expected so far", len(runs), "runs", EXPECTED_RUNS.name),
        ),
        suggestions=_suggestions(as_of),
    )


def _no_longer(
    workflow: str, runs: Sequence[ExpectedRun], last: datetime, settled: datetime, as_of: datetime
) -> Finding:
    behind = minutes_between(last, settled)
    return Finding(
        check=silent_workflow.id,
        severity=Severity.WARNING,
        subject=Subject(SubjectKind.WORKFLOW, workflow),
        sentence=f"{workflow} is {_why_awaited(workflow, runs)}, and last decided at {utc_and_eastern(last)}, "
        f"{format_minutes(behind)} before the controller's last complete evaluation",
        fault=Fault.PIPELINE,
        since=last,
        evidence=(
            Evidence("behind the controller", behind, "minutes", DECISIONS.name),
            Evidence("controller's last complete evaluation", format_utc(settled), "", DECISIONS.name),
            Evidence("runs expected so far", len(runs), "runs", EXPECTED_RUNS.name),
        ),
        suggestions=_suggestions(as_of),
    )


def _why_awaited(workflow: str, runs: Sequence[ExpectedRun]) -> str:
    if workflow not in ENABLED_WORKFLOWS:
        return "expected"
    return "enabled and expected" if runs else "enabled"


def _suggestions(as_of: datetime) -> tuple[Suggestion, ...]:
    return (
        Suggestion(
            f"courtside diagnose --date {eastern_date(as_of).isoformat()} --issue controller",
            "see what else the controller leaves undone",
        ),
    )
