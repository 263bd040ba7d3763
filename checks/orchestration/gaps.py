"""Silences of the master controller: the one that is going on, those that are over, and those that data arriving would hide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.fact import Facts
from checks.facts.freshness import FRESHNESS, TableFreshness
from checks.model import Evidence, Fault, Finding, Severity
from checks.orchestration.silence import (
    MASTER_CONTROLLER,
    Silence,
    controller_suggestions,
    last_decision_time,
    silence_key,
    silences,
)
from checks.policy import Policy
from checks.registry import check
from checks.times import format_minutes, format_utc, minutes_between, to_minute, utc_and_eastern


@check(
    "orchestration.gap",
    "minutes since the last decision, the largest gap in the window, and every gap over the threshold",
    needs=(DECISIONS,),
)
def gap(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge the silence that is going on, then those that ended within the scope's lookback."""
    found = silences(facts[DECISIONS], as_of, as_of - facts.scope.lookback)
    if not found:
        return
    *closed, running = found
    yield _running(running, facts[DECISIONS], policy, as_of) or _healthy(running, found)
    for silence in closed:
        finding = _closed(silence, policy, as_of)
        if finding is not None:
            yield finding


def _running(silence: Silence, decisions: Iterable[Decision], policy: Policy, as_of: datetime) -> Finding | None:
    """Return what the silence that is going on amounts to; None while it is within the controller's rhythm.

    Both thresholds are reached, not passed: 05:35 and 06:20 for a last decision at 04:20.
    """
    if silence.minutes < policy.gap_warning_with_grace_minutes:
        return None
    critical = silence.minutes >= policy.gap_critical_minutes
    warning_at = silence.start + timedelta(minutes=policy.gap_warning_with_grace_minutes)
    critical_at = silence.start + timedelta(minutes=policy.gap_critical_minutes)
    return Finding(
        check=gap.id,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        subject=MASTER_CONTROLLER,
        sentence=f"nobody has decided for {format_minutes(silence.minutes)}: "
        f"the last workflow decision was {utc_and_eastern(silence.start)}",
        fault=Fault.PIPELINE,
        since=silence.start,
        evidence=(
            Evidence("since the last decision", silence.minutes, "minutes", DECISIONS.name),
            Evidence("evaluations missed", _missed(silence, policy), "evaluations", DECISIONS.name),
            Evidence("warning from", format_utc(warning_at), "", DECISIONS.name),
            Evidence("critical from", format_utc(critical_at), "", DECISIONS.name),
            Evidence("last evaluation", _workflows_at(silence.start, decisions, policy), "workflows", DECISIONS.name),
        ),
        suggestions=controller_suggestions(as_of),
        key=silence_key(silence.start),
    )


def _closed(silence: Silence, policy: Policy, as_of: datetime) -> Finding | None:
    """Return what a silence that is over amounts to; it has the fingerprint that it had while it lasted."""
    if silence.end is None or silence.minutes <= policy.largest_gap_error_minutes:
        return None
    critical = silence.minutes > policy.largest_gap_critical_minutes
    return Finding(
        check=gap.id,
        severity=Severity.CRITICAL if critical else Severity.ERROR,
        subject=MASTER_CONTROLLER,
        sentence=f"nobody decided for {format_minutes(silence.minutes)}, "
        f"from {utc_and_eastern(silence.start)} to {utc_and_eastern(silence.end)}",
        fault=Fault.PIPELINE,
        since=silence.start,
        until=silence.end,
        evidence=(
            Evidence("start", format_utc(silence.start), "", DECISIONS.name),
            Evidence("end", format_utc(silence.end), "", DECISIONS.name),
            Evidence("length", silence.minutes, "minutes", DECISIONS.name),
            Evidence("evaluations missed", _missed(silence, policy), "evaluations", DECISIONS.name),
        ),
        suggestions=controller_suggestions(as_of),
        key=silence_key(silence.start),
    )


def _healthy(running: Silence, found: Sequence[Silence]) -> Finding:
    """Return the note that the controller decides. It has no silence's key, because it is about none."""
    largest = max(found, key=lambda silence: silence.minutes)
    return Finding(
        check=gap.id,
        severity=Severity.OK,
        subject=MASTER_CONTROLLER,
        sentence=f"the last workflow decision was {running.minutes} min ago, at {utc_and_eastern(running.start)}; "
        f"the largest gap is {format_minutes(largest.minutes)}, from {format_utc(largest.start)}",
        fault=Fault.PIPELINE,
        evidence=(
            Evidence("since the last decision", running.minutes, "minutes", DECISIONS.name),
            Evidence("largest gap", largest.minutes, "minutes", DECISIONS.name),
        ),
    )


def _missed(silence: Silence, policy: Policy) -> int:
    """Return the whole cadences that passed: 2,715 minutes of an hourly controller are 45 evaluations."""
    return silence.minutes // policy.controller_cadence_minutes


def _workflows_at(start: datetime, decisions: Iterable[Decision], policy: Policy) -> int:
    """Return how many workflows the evaluation that was last seen at `start` decided on; its burst may span minutes."""
    burst = timedelta(minutes=policy.controller_cadence_minutes // 4)
    return len({item.workflow_name for item in decisions if start - burst <= to_minute(item.decision_time) <= start})


@check(
    "orchestration.masked_outage",
    "data arrives while nobody decides, so that every check of its presence stays green",
    needs=(FRESHNESS,),
    may_be_empty=(DECISIONS,),
)
def masked_outage(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Say that a silence is hidden by data with a source of its own; without such data `orchestration.gap` says enough."""
    last = last_decision_time(facts[DECISIONS], as_of)
    if last is not None and minutes_between(last, as_of) < policy.gap_critical_minutes:
        return
    written = [(row, row.newest_write) for row in facts[FRESHNESS] if row.newest_write is not None]
    fresh = sorted(
        ((row, newest) for row, newest in written if last is None or newest > last), key=lambda item: item[0].table_name
    )
    if fresh:
        yield _masked(last, fresh, as_of)


def _masked(last: datetime | None, fresh: Sequence[tuple[TableFreshness, datetime]], as_of: datetime) -> Finding:
    tables = "1 table was" if len(fresh) == 1 else f"{len(fresh)} tables were"
    silence = (
        f"no workflow decision is recorded, while {tables} written"
        if last is None
        else f"no workflow decision for {format_minutes(minutes_between(last, as_of))}, while {tables} written"
    )
    return Finding(
        check=masked_outage.id,
        severity=Severity.CRITICAL,
        subject=MASTER_CONTROLLER,
        sentence=f"data is arriving but nobody is deciding: {silence}",
        fault=Fault.PIPELINE,
        since=None if last is None else to_minute(last),
        evidence=tuple(
            Evidence(f"newest write of {row.table_name}", format_utc(newest_write), "", FRESHNESS.name)
            for row, newest_write in fresh
        ),
        names=tuple(row.table_name for row, _ in fresh),
        suggestions=controller_suggestions(as_of),
        key=silence_key(last),
    )
