"""Not to see ends nothing, and is itself an incident: one for each source, which worsens when less can be seen than ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.hushes import Hushes, HushKind
from checks.incidents.incident import Happening, Run, State
from checks.model import Finding, Severity
from tests.incidents.reports import CHECKS, NOON, SILENCE, Watch, finding, report

DAY = timedelta(days=1)
MISSING = finding("availability.missing_game", Severity.CRITICAL, day=date(2026, 1, 22))
WORKERS = "workers.heartbeat"
CORRUPT = {WORKERS: "the store is corrupt"}


@pytest.fixture
def watch() -> Watch:
    return Watch()


def part(watch: Watch, *findings: Finding, run: Sequence[str] = (), unknown: Sequence[str] = ()) -> list[str]:
    """Let a run of these checks see these findings, and return what happened, as `what key`."""
    done = watch.takes(
        Run("demo", report(watch.moment, *findings, run=run, unknown=unknown), watch.hushes, watch.moment)
    )
    watch.moment += watch.every
    return [f"{event.what.value}: {event.incident.name}" for event in done]


def test_blindness_ends_no_incident_though_its_dates_pass_meanwhile(watch: Watch) -> None:
    watch.sees(MISSING)
    watch.moment += 3 * DAY
    assert watch.sees(unknown=CHECKS, times=4) == ["opened: blind"]
    missing = next(incident for incident in watch.incidents if incident.cause == "box_scores_missing")
    assert (missing.state, missing.good) == (State.OPEN, 0)


def test_whoever_sees_again_says_that_it_is_no_longer_looked_at_and_not_that_it_is_over(watch: Watch) -> None:
    watch.sees(MISSING)
    watch.sees()  # one good run is no end
    watch.moment += 3 * DAY
    watch.sees(unknown=CHECKS, times=2)
    assert "out of the dates that are looked at: box_scores_missing" in watch.sees()
    left = next(event.incident for event in watch.events if event.what is Happening.LEFT)
    assert (left.ended_at, left.note) == (None, "its dates are no longer looked at; nothing says that it was mended")


@settings(max_examples=100)
@given(st.lists(st.sampled_from(CHECKS), unique=True, min_size=1), st.integers(0, 9), st.booleans())
def test_what_one_of_its_checks_cannot_see_neither_ends_leaves_nor_joins(
    unknown: list[str], days: int, is_good_first: bool
) -> None:
    watch = Watch()
    shown = [finding(check, Severity.CRITICAL, day=date(2026, 1, 22)) for check in CHECKS]
    watch.sees(*shown)
    if is_good_first:
        watch.sees()
    before = len(watch.events)
    watch.moment += days * DAY
    watch.sees(unknown=unknown, times=3)
    ends = (Happening.RESOLVED, Happening.LEFT, Happening.ABSORBED, Happening.CLOSED)
    ended = [event.incident for event in watch.events[before:] if event.what in ends]
    assert not [incident for incident in ended if set(incident.checks) & set(unknown)]


def test_a_word_ends_at_its_time_also_while_nothing_can_be_seen(watch: Watch) -> None:
    watch.sees(SILENCE)
    watch.hush(SILENCE, HushKind.SILENCED, hours=1)
    watch.sees(SILENCE)
    watch.hushes = Hushes(unread="no answer")
    assert watch.sees(unknown=CHECKS, times=3) == ["opened: blind"]
    assert watch.sees(unknown=CHECKS) == ["no longer acknowledged or silenced: controller_silent"]


def test_each_source_that_cannot_be_read_has_a_blindness_of_its_own(watch: Watch) -> None:
    assert watch.sees(unknown=[WORKERS], because=CORRUPT, times=4) == ["opened: blind"]
    assert watch.only().key == "demo|blind:workers"
    assert watch.sees(unknown=[*CHECKS, WORKERS], because=CORRUPT, times=2) == ["opened: blind"]
    assert {incident.key for incident in watch.incidents} == {"demo|blind", "demo|blind:workers"}
    assert watch.sees(unknown=[WORKERS], because=CORRUPT, times=2) == ["resolved: blind"]
    assert watch.sees(times=2) == []  # the workers were not asked
    assert part(watch, run=[WORKERS]) + part(watch, run=[WORKERS]) == ["resolved: blind:workers"]


def test_a_run_that_came_to_nothing_is_one_blindness_and_ends_though_the_workers_stay_unread(watch: Watch) -> None:
    assert watch.sees(unknown=[*CHECKS, WORKERS], times=2) == ["opened: blind"]
    assert watch.only().key == "demo|blind"
    assert watch.sees(unknown=[WORKERS], because=CORRUPT, times=2) == ["opened: blind", "resolved: blind"]
    assert {incident.key: incident.state for incident in watch.incidents} == {
        "demo|blind": State.RESOLVED,
        "demo|blind:workers": State.OPEN,
    }


def test_what_the_watcher_never_asks_hides_no_blindness_of_the_warehouse(watch: Watch) -> None:
    assert part(watch, unknown=["infra.quota"]) + part(watch, unknown=["infra.quota"]) == ["opened: blind:infra"]
    assert watch.sees(unknown=CHECKS, times=2) == ["opened: blind"]
    assert watch.sees(times=2) == ["resolved: blind"]
    assert part(watch, run=["infra.quota"]) + part(watch, run=["infra.quota"]) == ["resolved: blind:infra"]


def test_to_see_less_in_two_runs_is_worse_once(watch: Watch) -> None:
    watch.sees(unknown=["schedule.stale"], times=2)
    assert watch.sees(unknown=CHECKS) == []  # one run may be a moment's
    assert watch.sees(unknown=CHECKS) == ["worsened: blind"]
    assert watch.sees(unknown=CHECKS, times=3) == []
    assert watch.sees(unknown=["schedule.stale"]) + watch.sees(unknown=CHECKS, times=3) == []
    assert watch.sees(unknown=["schedule.stale"], times=2) == []
    assert watch.sees(unknown=CHECKS, times=4) == ["worsened: blind"]  # it had been seen again in the meantime


def test_a_decision_log_that_has_been_empty_for_longer_than_anybody_knows_is_broken_machinery(watch: Watch) -> None:
    for _ in range(2):
        seen = report(watch.moment, unknown=["orchestration.gap"], reason="no decision", unreadable=False)
        watch.takes(Run("demo", seen, Hushes(), watch.moment))
        watch.moment += watch.every
    assert (watch.only().cause, watch.only().has_own_thread) == ("log_silent", True)
    other = replace(watch.only(), checks=("transitions.delay",))
    assert not other.has_own_thread
    assert watch.only().first_seen == NOON
