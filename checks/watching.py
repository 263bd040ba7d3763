"""Who watches the watcher: whether the checks are still run without a person, where they ever were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from checks.facts.fact import Facts
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check
from checks.times import format_eastern, format_minutes, format_utc, minutes_between

_MINUTE = timedelta(minutes=1)


@check("watcher.silent", "a watcher that ran before and runs no more")
def silent(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge the time since the newest run, in intervals of that watcher.

    It declares no need of its fact: who has no watcher, and so perhaps no table of its runs, is told nothing.
    """
    run = newest_run(facts.known(WATCHER_RUNS), as_of)
    if run is None:
        return
    severity = silence_of(run, policy, as_of)
    if severity is Severity.OK:
        return
    minutes = minutes_between(run.ran_at, as_of)
    every = format_minutes(run.every_seconds / 60)
    yield Finding(
        check=silent.id,
        severity=severity,
        subject=Subject(SubjectKind.PROCESSOR, "watcher"),
        sentence=f"nobody watches: the watcher of {run.host} is to run every {every} and last ran "
        f"{format_minutes(minutes)} ago, {format_eastern(run.ran_at)} ({format_utc(run.ran_at)})",
        fault=Fault.CHECK,
        since=run.ran_at,
        evidence=(
            Evidence("since the last run", minutes, "minutes", WATCHER_RUNS.name),
            Evidence("intervals missed", int(minutes * 60 / run.every_seconds), "intervals", WATCHER_RUNS.name),
        ),
        suggestions=(
            Suggestion("courtside watch --once", "run the checks now and have people told"),
            Suggestion("courtside service install --print", "see what should be running, and where"),
        ),
        key=format_utc(run.ran_at),
    )


def newest_run(runs: Iterable[WatcherRun], as_of: datetime) -> WatcherRun | None:
    """Return the newest run up to the end of the minute of a moment, None where nobody has watched."""
    known = [run for run in runs if run.ran_at < as_of + _MINUTE]
    return max(known, key=lambda run: run.ran_at, default=None)


def silence_of(run: WatcherRun, policy: Policy, as_of: datetime) -> Severity:
    """Return how bad it is that the newest run was so long ago."""
    passed, every = as_of - run.ran_at, timedelta(seconds=run.every_seconds)
    if passed > policy.watcher_critical_intervals * every:
        return Severity.CRITICAL
    return Severity.WARNING if passed > policy.watcher_warning_intervals * every else Severity.OK
