"""Who watches the watcher: a watcher that ran before is missed, and nobody is told of one that never was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.facts.fact import Facts
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.model import Severity
from checks.policy import Policy
from checks.watching import silent
from tests.builders import at, scope_at

RAN = at("2026-01-25T12:00")


def severity_after(minutes: int, *, every: int = 30, policy: Policy | None = None) -> Severity:
    scope = scope_at(f"{RAN + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}")
    run = WatcherRun(RAN, "ops-1", every * 60, "OK")
    found = silent(Facts.of(scope, (WATCHER_RUNS, [run])), policy or Policy(), scope.as_of)
    return max((finding.severity for finding in found), default=Severity.OK)


@pytest.mark.parametrize(
    ("minutes", "severity"),
    [
        (0, Severity.OK),
        (60, Severity.OK),
        (61, Severity.WARNING),
        (120, Severity.WARNING),
        (121, Severity.CRITICAL),
        (9 * 1440, Severity.CRITICAL),
    ],
)
def test_more_than_two_intervals_are_a_warning_and_more_than_four_critical(minutes: int, severity: Severity) -> None:
    assert severity_after(minutes) is severity


def test_the_interval_is_the_watchers_own_and_the_limits_are_policy() -> None:
    assert severity_after(121, every=60) is Severity.WARNING
    strict = Policy(watcher_warning_intervals=1, watcher_critical_intervals=1)
    assert severity_after(31, policy=strict) is Severity.CRITICAL


def test_it_says_where_how_often_and_since_when() -> None:
    scope = scope_at("2026-01-25T14:30")
    run = WatcherRun(RAN, "ops-1", 1800, "OK")
    (finding,) = silent(Facts.of(scope, (WATCHER_RUNS, [run])), Policy(), scope.as_of)
    assert finding.sentence == (
        "nobody watches: the watcher of ops-1 is to run every 30 min and last ran 2 h 30 min ago, "
        "Sun 25 Jan 07:00 EST (2026-01-25T12:00Z)"
    )
    assert finding.since == RAN


def test_who_has_no_watcher_is_told_nothing_whether_or_not_there_is_a_table_of_runs() -> None:
    scope = scope_at("2026-01-25T14:30")
    assert silent(Facts.of(scope), Policy(), scope.as_of) == ()
    assert silent(Facts.of(scope, (WATCHER_RUNS, [])), Policy(), scope.as_of) == ()


def test_of_several_runs_the_newest_counts_and_none_of_a_later_moment() -> None:
    scope = scope_at("2026-01-25T14:30")
    runs = [WatcherRun(RAN + timedelta(hours=hours), "ops-1", 1800, "OK") for hours in (0, 2, 3)]
    assert silent(Facts.of(scope, (WATCHER_RUNS, runs)), Policy(), scope.as_of) == ()
    assert silent(Facts.of(scope, (WATCHER_RUNS, runs[::2])), Policy(), scope.as_of) != ()
