"""From expected to done: runs that nobody decided on, decisions that nobody executed, executions that did nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.executions import EXECUTIONS, Execution
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.facts.fact import Facts
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind
from checks.orchestration.silence import controller_suggestions
from checks.policy import Policy
from checks.registry import check
from checks.times import format_utc, minutes_between, to_minute, utc_and_eastern

_Item = TypeVar("_Item")

_ERROR_DAYS = 2
_ERROR_RUNS = 3


@check(
    "orchestration.missed_run",
    "an expected run without a decision, a RUN decision without an execution, an execution that did nothing",
    needs=(DECISIONS, EXPECTED_RUNS),
    may_be_empty=(EXECUTIONS,),
)
def missed_run(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Follow each run of the scope's lookback from expectation to result; one finding per workflow and kind of loss."""
    since = to_minute(as_of - facts.scope.lookback)
    executions = [row for row in facts[EXECUTIONS] if since <= row.execution_time <= as_of]
    runs = [row for row in facts[DECISIONS] if row.action == "RUN" and since <= row.decision_time <= as_of]
    executed = _executed(runs, executions, policy)
    yield from _undecided(facts, policy, as_of)
    yield from _unexecuted(executed, policy, as_of)
    yield from _fruitless(executed, as_of)
    yield from _failed(executions, as_of)


def _undecided(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Find the expected runs whose whole window passed without any decision of their workflow.

    A SKIP is an answer. A workflow without a single decision is left to `orchestration.silent_workflow`.
    """
    decided: dict[str, set[datetime]] = defaultdict(set)
    for item in facts[DECISIONS]:
        decided[item.workflow_name].add(to_minute(item.decision_time))
    evaluations = sorted({when for times in decided.values() for when in times if when <= to_minute(as_of)})
    window = timedelta(minutes=policy.expected_run_window_minutes)
    since = to_minute(as_of - facts.scope.lookback)
    missed: dict[str, dict[datetime, ExpectedRun]] = defaultdict(dict)
    for run in facts[EXPECTED_RUNS]:
        when = to_minute(run.expected_run_time)
        is_over = since <= when - window and when + window < to_minute(as_of)
        times = decided.get(run.workflow_name)
        if is_over and times and not any(abs(time - when) <= window for time in times):
            missed[run.workflow_name][when] = run
    for workflow, lost in sorted(missed.items()):
        yield _missed(workflow, lost, _when_over(sorted(lost), evaluations, window), policy, as_of)


def _when_over(lost: Sequence[datetime], evaluations: Sequence[datetime], window: timedelta) -> datetime | None:
    """Return the evaluation that ended the silence in which all runs were lost.

    None while it lasts, and None when the controller was awake in any run's window: then the workflow itself is at fault, and
    nothing tells that it has recovered.
    """
    if any(abs(evaluation - when) <= window for when in lost for evaluation in evaluations):
        return None
    return next((evaluation for evaluation in evaluations if evaluation > lost[-1]), None)


def _missed(
    workflow: str, lost: dict[datetime, ExpectedRun], until: datetime | None, policy: Policy, as_of: datetime
) -> Finding:
    days = len({run.run_date for run in lost.values()})
    first = min(lost)
    count = _times(len(lost), "expected run")
    return Finding(
        check=missed_run.id,
        severity=Severity.ERROR if days >= _ERROR_DAYS or len(lost) >= _ERROR_RUNS else Severity.WARNING,
        subject=Subject(SubjectKind.WORKFLOW, workflow),
        sentence=f"{workflow} neither ran nor was skipped for {count}, the first at {utc_and_eastern(first)}"
        + (f"; the controller has decided again since {format_utc(until)}" if until else ""),
        fault=Fault.PIPELINE,
        since=first,
        until=until,
        evidence=(
            Evidence("expected runs without a decision", len(lost), "runs", EXPECTED_RUNS.name),
            Evidence("dates they were on", days, "dates", EXPECTED_RUNS.name),
            Evidence("window either side", policy.expected_run_window_minutes, "minutes", DECISIONS.name),
        ),
        names=_instants(lost),
        suggestions=controller_suggestions(as_of),
        key="undecided",
    )


_Executed = list[tuple[Decision, list[Execution]]]


def _executed(runs: Sequence[Decision], executions: Sequence[Execution], policy: Policy) -> _Executed:
    """Return each RUN decision, oldest first, with its executions.

    An execution belongs to the decision that it names. One that names no RUN decision of ours counts for any decision of its
    workflow that it followed within the allowance.
    """
    ids = {run.decision_id for run in runs}
    by_id: dict[str, list[Execution]] = defaultdict(list)
    unclaimed: dict[str, list[Execution]] = defaultdict(list)
    for item in sorted(executions, key=lambda item: (item.execution_time, item.execution_id)):
        if item.decision_id is not None and item.decision_id in ids:
            by_id[item.decision_id].append(item)
        else:
            unclaimed[item.workflow_name].append(item)
    allowance = policy.execution_after_decision_minutes
    return [
        (
            run,
            by_id.get(run.decision_id)
            or [
                item
                for item in unclaimed[run.workflow_name]
                if 0 <= minutes_between(run.decision_time, item.execution_time) <= allowance
            ],
        )
        for run in sorted(runs, key=lambda run: (run.decision_time, run.decision_id))
    ]


def _unexecuted(executed: _Executed, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    allowance = policy.execution_after_decision_minutes
    lost = [run for run, found in executed if not found and minutes_between(run.decision_time, as_of) > allowance]
    for workflow, runs in _by_workflow(lost, lambda run: run.workflow_name):
        times = [run.decision_time for run in runs]
        yield Finding(
            check=missed_run.id,
            severity=Severity.ERROR,
            subject=Subject(SubjectKind.WORKFLOW, workflow),
            sentence=f"{workflow} was decided to run and was never executed: {_times(len(runs), 'RUN decision')}, "
            f"the first at {utc_and_eastern(times[0])}",
            fault=Fault.PIPELINE,
            since=times[0],
            evidence=(
                Evidence("RUN decisions without an execution", len(runs), "decisions", DECISIONS.name),
                Evidence("allowance after a decision", allowance, "minutes", EXECUTIONS.name),
            ),
            names=_instants(times),
            suggestions=controller_suggestions(as_of),
            key="unexecuted",
        )


def _fruitless(executed: _Executed, as_of: datetime) -> Iterator[Finding]:
    """Find RUN decisions all of whose executions triggered no scraper, without calling that a skip."""
    idle = [found[0] for _, found in executed if found and all(_is_idle(item) for item in found)]
    for workflow, items in _by_workflow(idle, lambda item: item.workflow_name):
        times = sorted({item.execution_time for item in items})
        yield Finding(
            check=missed_run.id,
            severity=Severity.WARNING,
            subject=Subject(SubjectKind.WORKFLOW, workflow),
            sentence=f"{workflow} was executed and triggered no scraper: {_times(len(times), 'execution')}, "
            f"the first at {utc_and_eastern(times[0])}",
            fault=Fault.PIPELINE,
            since=times[0],
            evidence=(Evidence("executions that triggered nothing", len(times), "executions", EXECUTIONS.name),),
            names=_instants(times),
            suggestions=controller_suggestions(as_of),
            key="fruitless",
        )


def _failed(executions: Sequence[Execution], as_of: datetime) -> Iterator[Finding]:
    """Find executions in which every scraper that was triggered failed."""
    lost = [item for item in executions if 0 < item.scrapers_triggered <= item.scrapers_failed]
    lost.sort(key=lambda item: (item.execution_time, item.execution_id))
    for workflow, items in _by_workflow(lost, lambda item: item.workflow_name):
        times = [item.execution_time for item in items]
        scrapers = sum(item.scrapers_failed for item in items)
        yield Finding(
            check=missed_run.id,
            severity=Severity.WARNING,
            subject=Subject(SubjectKind.WORKFLOW, workflow),
            sentence=f"every scraper of {workflow} failed: {_times(len(items), 'execution')}, "
            f"the first at {utc_and_eastern(times[0])}",
            fault=Fault.PIPELINE,
            since=times[0],
            evidence=(
                Evidence("executions in which all failed", len(items), "executions", EXECUTIONS.name),
                Evidence("scrapers failed in them", scrapers, "scrapers", EXECUTIONS.name),
            ),
            names=_instants(times),
            suggestions=controller_suggestions(as_of),
            key="failed",
        )


def _is_idle(execution: Execution) -> bool:
    return execution.scrapers_triggered == 0 and not execution.status.casefold().startswith("skip")


def _by_workflow(items: Sequence[_Item], name_of: Callable[[_Item], str]) -> list[tuple[str, list[_Item]]]:
    """Return `items` by workflow, workflows in order of name, items in the order given."""
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        groups[name_of(item)].append(item)
    return sorted(groups.items(), key=lambda group: group[0])


def _instants(moments: Sequence[datetime] | dict[datetime, ExpectedRun]) -> tuple[str, ...]:
    return tuple(format_utc(moment) for moment in sorted(moments))


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
