"""Who watches the watcher: a watcher that ran before is missed, and nobody is told of one that never was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.facts.fact import Facts
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.model import Fault, Severity
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


def watched(*runs: tuple[float, int, str]) -> dict[str, Severity]:
    """Return who is missed at 20:00 of watchers that ran an hour of the day last, each so many minutes, such checks."""
    scope = scope_at("2026-01-25T20:00")
    known = [
        WatcherRun(at("2026-01-25T00:00") + timedelta(hours=hour), f"ops-{number}", every * 60, "OK", checks)
        for number, (hour, every, checks) in enumerate(runs)
    ]
    found = silent(Facts.of(scope, (WATCHER_RUNS, known)), Policy(), scope.as_of)
    return {finding.subject.name: finding.severity for finding in found}


QUEUE, BOTH = "queue.overdue", "orchestration.gap,queue.overdue"


def test_watchers_of_different_checks_do_not_hide_each_others_silence() -> None:
    assert watched((12, 30, "orchestration.gap"), (19.9, 30, QUEUE)) == {"watcher:orchestration.gap": Severity.CRITICAL}
    assert watched((12, 30, ""), (19.9, 30, QUEUE)) == {"watcher": Severity.CRITICAL}
    assert watched((12, 30, ""), (12, 30, QUEUE)).keys() == {"watcher", "watcher:queue.overdue"}


def test_a_watcher_that_runs_more_does_the_work_of_one_that_ran_less() -> None:
    assert watched((12, 30, QUEUE), (19.9, 30, BOTH)) == {}
    assert watched((12, 30, BOTH), (19.9, 30, "")) == {}
    assert watched((12, 30, BOTH), (19.9, 30, QUEUE)) == {"watcher:orchestration.gap,queue.overdue": Severity.CRITICAL}


def test_several_watchers_can_do_the_work_of_one_and_it_is_missed_from_when_one_of_them_stops() -> None:
    parts = ((19.9, 30, QUEUE), (19.9, 30, "orchestration.gap"))
    assert watched((12, 30, BOTH), *parts) == {}
    found = watched((12, 30, BOTH), parts[0], (18.5, 30, "orchestration.gap"))
    assert found == {f"watcher:{BOTH}": Severity.WARNING, "watcher:orchestration.gap": Severity.WARNING}


def test_a_watcher_that_runs_more_but_seldom_hides_the_silence_of_a_frequent_one_only_for_as_long_as_that_one_may_be() -> (
    None
):
    assert watched((12, 30, QUEUE), (19.5, 24 * 60, "")) == {}
    assert watched((12, 30, QUEUE), (18.5, 24 * 60, "")) == {"watcher:queue.overdue": Severity.WARNING}


def test_the_sentence_says_which_checks_nobody_runs_and_the_command_runs_those() -> None:
    scope = scope_at("2026-01-25T14:30")
    run = WatcherRun(RAN, "ops-1", 1800, "OK", BOTH)
    (finding,) = silent(Facts.of(scope, (WATCHER_RUNS, [run])), Policy(), scope.as_of)
    assert finding.sentence.startswith("nobody watches orchestration.gap, queue.overdue: the watcher of ops-1 ")
    assert finding.suggestions[0].command == f"courtside watch --once --checks {BOTH}"


def test_a_watcher_that_has_been_gone_for_however_long_is_missed_where_its_last_run_is_known() -> None:
    assert severity_after(14 * 1440 + 1) is Severity.CRITICAL
    assert severity_after(400 * 1440) is Severity.CRITICAL


def test_it_is_the_watcher_that_is_at_fault_and_no_check() -> None:
    scope = scope_at("2026-01-25T14:30")
    (finding,) = silent(Facts.of(scope, (WATCHER_RUNS, [WatcherRun(RAN, "ops-1", 1800, "OK")])), Policy(), scope.as_of)
    assert finding.fault is Fault.WATCHER
