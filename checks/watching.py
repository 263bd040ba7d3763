"""Who watches the watcher: whether the checks are still run without a person, where they ever were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from checks.facts.fact import Facts
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check
from checks.times import both_zones, format_minutes, format_utc, minutes_between

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clock of a watcher's host may be ahead before its runs say nothing; own choice, far beyond what NTP leaves."""

_MINUTE = timedelta(minutes=1)


@check("watcher.silent", "a watcher that ran before and runs no more")
def silent(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge the time since the newest run of each choice of checks, in intervals of its watcher.

    It declares no need of its fact: who has no watcher, and so perhaps no table of its runs, is told nothing. A choice of which
    nothing but runs of the future is known, because a clock was ahead, is UNKNOWN; of a moment of the past they are merely later.
    """
    runs = facts.known(WATCHER_RUNS)
    if not facts.scope.is_chosen:
        yield from (_of_the_future(run) for run in _only_ahead(runs, as_of))
    for run in last_runs(runs, as_of):
        severity = silence_of(run, policy, as_of)
        if severity is not Severity.OK:
            yield _finding(run, severity, as_of)


def _of_the_future(run: WatcherRun) -> Finding:
    return Finding(
        check=silent.id,
        severity=Severity.UNKNOWN,
        subject=_subject(run),
        sentence=f"it is not known whether anybody watches{_of_checks(run)}: the last run of the watcher of {run.host} says "
        f"{both_zones(run.ran_at)}, which has yet to come; set that clock, and let it run again",
        fault=Fault.WATCHER,
        suggestions=_suggestions(run),
        key=format_utc(run.ran_at),
    )


def _finding(run: WatcherRun, severity: Severity, as_of: datetime) -> Finding:
    minutes = minutes_between(run.ran_at, as_of)
    every = format_minutes(run.every_seconds / 60)
    return Finding(
        check=silent.id,
        severity=severity,
        subject=_subject(run),
        sentence=f"nobody watches{_of_checks(run)}: the watcher of {run.host} is to run every {every} and last ran "
        f"{format_minutes(minutes)} ago, {both_zones(run.ran_at)}",
        fault=Fault.WATCHER,
        since=run.ran_at,
        evidence=(
            Evidence("since the last run", minutes, "minutes", WATCHER_RUNS.name),
            Evidence("intervals missed", int(minutes * 60 / run.every_seconds), "intervals", WATCHER_RUNS.name),
        ),
        suggestions=_suggestions(run),
        key=format_utc(run.ran_at),
    )


def _subject(run: WatcherRun) -> Subject:
    return Subject(SubjectKind.PROCESSOR, f"watcher:{run.checks}" if run.checks else "watcher")


def _of_checks(run: WatcherRun) -> str:
    return f" {run.checks.replace(',', ', ')}" if run.checks else ""


def _suggestions(run: WatcherRun) -> tuple[Suggestion, ...]:
    again = f" --checks {run.checks}" if run.checks else ""
    return (
        Suggestion(f"courtside watch --once{again}", "run the checks now and have people told"),
        Suggestion("courtside service install --print", "see what should be running, and where"),
        Suggestion(
            f"courtside watch --retire{again}", "where it is not to run any more: miss it no longer on its host"
        ),
    )


def newest_run(runs: Iterable[WatcherRun], as_of: datetime) -> WatcherRun | None:
    """Return the newest run up to the end of the minute of a moment, None where nobody has watched."""
    return max(_known(runs, as_of), key=lambda run: run.ran_at, default=None)


def last_runs(runs: Iterable[WatcherRun], as_of: datetime) -> tuple[WatcherRun, ...]:
    """Return when each choice of checks was last run whole up to then, by its name: by its own watcher, or by others.

    How often it is to be run is what its own watcher said last. So watchers hide another's silence only while they do its work,
    and as often as it did.
    """
    known = sorted(_known(runs, as_of), key=lambda run: run.ran_at)
    newest = {run.checks: run for run in known}
    return tuple(_last_whole(newest[name], known) for name in sorted(newest))


def _last_whole(own: WatcherRun, known: Sequence[WatcherRun]) -> WatcherRun:
    """Return the run since which each of a choice's checks has been run; `known` are in the order of time."""
    newest_of_each = [
        max((run for run in known if run.has_run(check)), key=lambda run: run.ran_at) for check in own.checks.split(",")
    ]
    last = min(newest_of_each, key=lambda run: run.ran_at)
    return replace(own, ran_at=last.ran_at, host=last.host)


def _only_ahead(runs: Iterable[WatcherRun], as_of: datetime) -> tuple[WatcherRun, ...]:
    """Return the earliest run of each choice of checks all of whose runs lie in the future, by its name."""
    earliest = {run.checks: run for run in sorted(runs, key=lambda run: run.ran_at, reverse=True)}
    return tuple(earliest[name] for name in sorted(earliest) if earliest[name].ran_at >= as_of + CLOCKS_DIFFER)


def _known(runs: Iterable[WatcherRun], as_of: datetime) -> list[WatcherRun]:
    """Return the runs up to then, however long ago: a journal remembers for longer than the warehouse is asked for."""
    return [run for run in runs if run.ran_at < as_of + _MINUTE]


def silence_of(run: WatcherRun, policy: Policy, as_of: datetime) -> Severity:
    """Return how bad it is that the newest run was so long ago."""
    passed, every = as_of - run.ran_at, timedelta(seconds=run.every_seconds)
    if passed > policy.watcher_critical_intervals * every:
        return Severity.CRITICAL
    return Severity.WARNING if passed > policy.watcher_warning_intervals * every else Severity.OK
