"""Hand-overs between phases that are late, slow, blocked or never logged, and runs that are stuck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.facts.events import EVENTS, PipelineEvent
from checks.facts.fact import Facts
from checks.facts.hand_overs import HAND_OVERS, HandOver
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import Transition, phase
from checks.policy import Policy
from checks.registry import check
from checks.times import day_bounds, format_minutes, minutes_between, utc_and_eastern
from checks.transition_states import (
    HandOverStatus,
    TransitionRows,
    TransitionState,
    attempts,
    is_known_status,
    transition_states,
)


@check(
    "transitions.delay",
    "minutes since a phase was complete and the next has not started, and hand-overs that were never logged",
    needs=(HAND_OVERS, PROCESSOR_RUNS),
    may_be_empty=(EVENTS,),
)
def delay(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge how long each complete phase has waited for the next one."""
    for state in transition_states(TransitionRows.of(facts), policy, as_of, facts.scope.dates):
        if state.status is HandOverStatus.NEVER_LOGGED:
            yield _never_logged(state)
        elif state.ready_at is not None and state.started_at is None:
            waited = minutes_between(state.ready_at, as_of)
            if waited >= policy.transition_warning_minutes:
                yield _late(state, state.ready_at, waited, policy)


def _late(state: TransitionState, ready_at: datetime, waited: int, policy: Policy) -> Finding:
    giver, taker = phase(state.transition.source), phase(state.transition.target)
    critical = waited >= policy.transition_critical_minutes
    held = f"; its gate is {state.reason}" if state.status is HandOverStatus.BLOCKED else ""
    day = state.game_date.isoformat()
    return Finding(
        check="transitions.delay",
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        subject=_subject(state.transition, state),
        sentence=(
            f"Phase {giver.number} ({giver.name}) of {day} has been complete since {utc_and_eastern(ready_at)}, "
            f"{format_minutes(waited)}, and phase {taker.number} ({taker.name}) has not started{held}."
        ),
        fault=Fault.PIPELINE,
        since=ready_at,
        evidence=(Evidence("minutes since complete", waited, "minutes", PROCESSOR_RUNS.name),),
        suggestions=(
            Suggestion(f"courtside gate {state.transition.value} --date {day}", "see whether the next phase may start"),
            *_look(state),
        ),
        key="late",
    )


def _never_logged(state: TransitionState) -> Finding:
    taker = phase(state.transition.target)
    day = state.game_date.isoformat()
    ran = f" from {utc_and_eastern(state.started_at)}" if state.started_at else ""
    return Finding(
        check="transitions.delay",
        severity=Severity.WARNING,
        subject=_subject(state.transition, state),
        sentence=(
            f"Phase {taker.number} ({taker.name}) of {day} ran{ran}, but its hand-over was never logged: "
            "the log is incomplete, not the pipeline."
        ),
        fault=Fault.CHECK,
        since=state.started_at,
        evidence=(Evidence("hand-over rows of this date", 0, "rows", HAND_OVERS.name),),
        suggestions=_look(state),
        key="never_logged",
    )


@check(
    "transitions.duration",
    "hand-overs that took, or have been taking, longer than the target of the phase that takes over",
    needs=(HAND_OVERS,),
    may_be_empty=(PROCESSOR_RUNS, EVENTS),
)
def duration(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge the latest attempt of each hand-over; an attempt that ended is over, and its finding is history."""
    latest = {key: tries[-1].status for key, tries in attempts(facts[HAND_OVERS]).items()}
    for state in transition_states(TransitionRows.of(facts), policy, as_of, facts.scope.dates):
        missed = latest.get((state.transition, state.game_date)) == "deadline_exceeded"
        minutes = state.duration_minutes
        target = policy.phase_target_minutes(state.transition.target)
        if missed or (minutes is not None and minutes > target):
            yield _slow(state, minutes, target, missed=missed)


def _slow(state: TransitionState, minutes: float | None, target: int, *, missed: bool) -> Finding:
    taker = phase(state.transition.target)
    day = state.game_date.isoformat()
    running = state.ended_at is None
    name = f"The hand-over {state.transition.value} of {day}"
    limit = f"the target of phase {taker.number} ({taker.name}) is {target} min"
    took = "an unknown time" if minutes is None else format_minutes(minutes)
    since = f" since {utc_and_eastern(state.started_at)}" if state.started_at else ""
    if missed:
        sentence = f"{name} missed its deadline after {took}; {limit}."
    elif running:
        sentence = f"{name} has been running for {took}{since}; {limit}."
    else:
        sentence = f"{name} took {took}; {limit}."
    grave = missed or (minutes is not None and minutes > 2 * target)
    source = EVENTS if state.status is HandOverStatus.NEVER_LOGGED else HAND_OVERS
    measured = () if minutes is None else (Evidence("duration", round(minutes, 1), "minutes", source.name),)
    return Finding(
        check="transitions.duration",
        severity=Severity.ERROR if grave else Severity.WARNING,
        subject=_subject(state.transition, state),
        sentence=sentence,
        fault=Fault.PIPELINE,
        since=state.started_at,
        until=None if missed else state.ended_at,
        evidence=measured,
        suggestions=_look(state),
    )


@check(
    "transitions.blocked",
    "hand-overs whose latest attempt was blocked or partial",
    needs=(HAND_OVERS,),
)
def blocked(facts: Facts, _policy: Policy, _as_of: datetime) -> Iterator[Finding]:
    """Judge the latest attempt of each hand-over of the scope; a later complete one clears what was before."""
    logged = attempts(facts[HAND_OVERS])
    for day in reversed(facts.scope.dates):
        for transition in Transition:
            tries = logged.get((transition, day), ())
            if tries and (tries[-1].status in _HELD or not is_known_status(tries[-1].status)):
                yield _held(transition, tries)


_HELD = {
    "blocked": (Severity.ERROR, Fault.DATA, "is blocked"),
    "partial": (Severity.WARNING, Fault.DATA, "was handed over only in part"),
}


def _held(transition: Transition, tries: Sequence[HandOver]) -> Finding:
    """Return the finding about the latest attempt; it lasts since the first attempt of the unbroken row of such."""
    latest = tries[-1]
    first = latest
    for row in reversed(tries):
        if row.status != latest.status:
            break
        first = row
    day = latest.game_date.isoformat()
    strange = (Severity.WARNING, Fault.CHECK, f"has the unknown status {latest.status!r}")
    severity, fault, what = _HELD.get(latest.status, strange)
    why = latest.reason or "the orchestrator gave no reason"
    return Finding(
        check="transitions.blocked",
        severity=severity,
        subject=Subject(SubjectKind.TRANSITION, transition.value, latest.game_date),
        sentence=f"The hand-over {transition.value} of {day} {what} since {utc_and_eastern(first.execution_timestamp)}: {why}.",
        fault=fault,
        since=first.execution_timestamp,
        evidence=(
            Evidence("attempts", len(tries), "attempts", HAND_OVERS.name),
            Evidence("status", latest.status, "", HAND_OVERS.name),
        ),
        suggestions=(
            Suggestion(f"courtside gate {transition.value} --date {day}", "see what is lacking now"),
            Suggestion(f"courtside reconcile --date {day} --detailed", "see which games and players are missing"),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Stuck:
    """A run that should have ended: when it began, or None with the moment from which it is surely too old."""

    run: ProcessorRun
    started_at: datetime | None
    since: datetime


@check(
    "transitions.stuck_run",
    "runs that are still running past the threshold, also when they never sent a sign of life",
    needs=(PROCESSOR_RUNS,),
    may_be_empty=(EVENTS,),
)
def stuck_run(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge each run that never reported an end, newest date first.

    A run without a start time counts from its processor's latest `processor_start` event for the date. Without that too, it
    is stuck, with its start unknown, once its date has been over for the whole threshold: no run of that day can be younger.
    A later success of the same processor for the date makes it a note: the work is done, only the row was never closed.
    """
    running = [run for run in facts[PROCESSOR_RUNS] if run.status == "running"]
    for run in sorted(running, key=lambda run: (-run.data_date.toordinal(), run.processor_name, run.run_id)):
        signs = [event for event in facts[EVENTS] if _is_about(event, run)]
        starts = [event.timestamp for event in signs if event.event_type == "processor_start"]
        started = run.started_at or max(starts, default=None)
        since = started or day_bounds(run.data_date)[1]
        if minutes_between(since, as_of) >= policy.stuck_run_minutes:
            done = _done_later(facts[PROCESSOR_RUNS], run, since)
            life = _life(signs, since, log_is_empty=not facts[EVENTS])
            yield _stuck(_Stuck(run, started, since), done, life, as_of)


def _is_about(event: PipelineEvent, run: ProcessorRun) -> bool:
    return event.processor_name == run.processor_name and event.game_date in (None, run.data_date)


def _done_later(runs: Sequence[ProcessorRun], stuck: ProcessorRun, since: datetime) -> datetime | None:
    """Return when the same processor first succeeded for the same date after the stuck run began, or None."""
    ends = (
        run.ended_at
        for run in runs
        if run.status == "success"
        and (run.processor_name, run.data_date) == (stuck.processor_name, stuck.data_date)
        and run.ended_at is not None
    )
    return min((ended for ended in ends if ended >= since), default=None)


def _life(signs: Sequence[PipelineEvent], since: datetime, *, log_is_empty: bool) -> str:
    """Return, as a clause, when the run last gave a sign of life."""
    last = max((event for event in signs if event.timestamp >= since), key=lambda e: e.timestamp, default=None)
    if last is not None:
        return f"its last sign of life was {last.event_type} at {utc_and_eastern(last.timestamp)}"
    if log_is_empty:
        return "nobody knows of any sign of life, because the event log is empty"
    return "it never sent a sign of life"


def _stuck(stuck: _Stuck, done: datetime | None, life: str, as_of: datetime) -> Finding:
    run = stuck.run
    day = run.data_date.isoformat()
    minutes = minutes_between(stuck.since, as_of)
    name = f"{run.processor_name} of {day} (run {run.run_id})"
    if stuck.started_at is None:
        what = f"{name} is still running, start unknown, and its date was over {format_minutes(minutes)} ago; {life}"
    else:
        what = (
            f"{name} has been running for {format_minutes(minutes)}, since {utc_and_eastern(stuck.started_at)}; {life}"
        )
    if done is not None:
        what = f"{name} never reported its end, but a later run succeeded at {utc_and_eastern(done)}"
    return Finding(
        check="transitions.stuck_run",
        severity=Severity.ERROR if done is None else Severity.OK,
        subject=Subject(SubjectKind.PROCESSOR, run.processor_name, run.data_date),
        sentence=f"{what}.",
        fault=Fault.PIPELINE,
        since=stuck.since,
        until=done,
        evidence=(Evidence("minutes running", minutes, "minutes", PROCESSOR_RUNS.name),),
        suggestions=(
            Suggestion(f"courtside transitions --date {day}", "see what waits for it"),
            Suggestion("courtside queue list", "see whether a retry is queued"),
        ),
        key=run.run_id,
    )


def _subject(transition: Transition, state: TransitionState) -> Subject:
    return Subject(SubjectKind.TRANSITION, transition.value, state.game_date)


def _look(state: TransitionState) -> tuple[Suggestion, ...]:
    day = state.game_date.isoformat()
    return (
        Suggestion(f"courtside transitions --date {day}", "see all hand-overs of the date"),
        Suggestion(f"courtside diagnose --date {day} --issue all", "find the cause"),
    )
