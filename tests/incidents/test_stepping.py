"""The life of an incident, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from checks.hushes import Hushes, HushKind
from checks.incidents.incident import Happening, Run, State
from checks.keys import LONGEST_KEY
from checks.model import Finding, Severity
from tests.incidents.reports import NOON, QUARTER, RETRIER, SILENCE, STALE, Watch, finding, report


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_trouble_opens_an_incident_with_its_second_bad_run(watch: Watch) -> None:
    assert watch.sees(RETRIER) == []
    assert watch.only().state is State.NEW
    assert watch.sees(RETRIER) == ["opened: retrier_dead"]
    assert watch.only().state is State.OPEN
    assert watch.sees(RETRIER, times=5) == []


def test_what_is_critical_opens_one_with_its_first(watch: Watch) -> None:
    assert watch.sees(SILENCE) == ["opened: controller_silent"]


def test_one_bad_run_alone_is_forgotten_by_a_good_one(watch: Watch) -> None:
    assert watch.sees(RETRIER) + watch.sees() + watch.sees(RETRIER) + watch.sees() == []
    assert watch.incidents == ()


def test_two_good_runs_resolve_it_and_an_hour_later_it_is_closed(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    assert watch.sees() == []
    assert watch.only().is_live
    assert watch.sees() == ["resolved: retrier_dead"]
    resolved = watch.only()
    assert (resolved.state, resolved.ended_at) == (State.RESOLVED, NOON + 2 * QUARTER)
    assert watch.sees(times=4) == []
    assert watch.sees() == ["closed: retrier_dead"]
    assert watch.incidents == ()


def test_it_ended_when_its_check_says_that_it_ended(watch: Watch) -> None:
    watch.sees(SILENCE)
    end = NOON + timedelta(minutes=3)
    watch.sees(replace(SILENCE, until=end), times=2)
    assert (watch.only().state, watch.only().ended_at) == (State.RESOLVED, end)


def test_a_resolved_one_that_returns_within_the_hour_is_the_same_one_again(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    before = watch.only().id
    watch.sees(times=4)
    assert watch.sees(RETRIER) == ["opened again: retrier_dead"]
    assert (watch.only().id, watch.only().flaps) == (before, 1)


def test_one_that_returns_later_is_another_and_the_first_is_closed(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    before = watch.only().id
    watch.sees(times=2)
    watch.moment += timedelta(hours=1)
    assert watch.sees(RETRIER) == ["closed: retrier_dead"]
    assert watch.sees(RETRIER) == ["opened: retrier_dead"]
    assert watch.only().id != before


def test_a_trouble_that_seems_over_and_is_not_is_counted_as_flapping(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    for _ in range(3):
        watch.sees()
        watch.sees(RETRIER)
    assert (watch.only().flaps, watch.only().state) == (3, State.OPEN)


def test_only_what_it_has_not_been_before_is_worse(watch: Watch) -> None:
    worse = replace(RETRIER, severity=Severity.CRITICAL)
    watch.sees(RETRIER, times=2)
    assert watch.sees(worse) == ["worsened: retrier_dead"]
    assert watch.sees(RETRIER) == ["eased: retrier_dead"]
    assert watch.sees(worse) == []


def test_unknown_opens_an_incident_of_its_own_and_resolves_no_other(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    assert watch.sees(unknown=["queue.retrier_dead"], times=9) == ["opened: blind"]
    assert {incident.cause: incident.state for incident in watch.incidents} == {
        "retrier_dead": State.OPEN,
        "blind": State.OPEN,
    }
    blind = next(incident for incident in watch.incidents if incident.cause == "blind")
    assert blind.sentence.startswith("we cannot see: queue.retrier_dead cannot be judged: no answer")
    assert watch.sees(times=2) == ["resolved: blind", "resolved: retrier_dead"]


def test_blindness_is_one_incident_whatever_the_reasons(watch: Watch) -> None:
    for reason in ("no answer within 15 s", "no answer within 15.2 s", "the connection is refused"):
        watch.sees(unknown=["schedule.stale", "reconcile.players"], reason=reason)
    assert watch.only().key == "demo|blind"


def test_a_run_of_other_checks_says_nothing_about_it(watch: Watch) -> None:
    watch.sees(RETRIER, times=2)
    for _ in range(5):
        part = report(watch.moment, run=["schedule.stale"])
        assert watch.takes(Run("demo", part, Hushes(), watch.moment)) == ()
        watch.moment += QUARTER
    assert watch.only().good == 0


def test_dates_that_are_no_longer_looked_at_end_it_without_a_word_of_mending(watch: Watch) -> None:
    watch.sees(finding("reconcile.players", day=date(2026, 1, 23)), times=2)
    watch.moment += timedelta(days=1)
    assert watch.sees() == []  # still the last of two dates, and good
    watch.moment += timedelta(days=1)
    assert watch.sees() == [
        "out of the dates that are looked at: analytics_missing",
        "closed: analytics_missing",
    ]


class TestACause:
    def test_found_after_its_symptom_takes_the_symptoms_incident_in(self, watch: Watch) -> None:
        watch.sees(STALE, times=2)
        assert watch.sees(SILENCE, STALE) == [
            "opened: controller_silent",
            "joined its cause: schedule.stale",
            "closed: schedule.stale",
        ]
        assert watch.only().absorbed == ("demo|schedule.stale",)
        assert watch.only().symptoms == 1

    def test_that_is_not_yet_believed_leaves_the_symptoms_incident_open(self, watch: Watch) -> None:
        mild = replace(SILENCE, severity=Severity.WARNING)
        watch.sees(STALE, times=2)
        assert watch.sees(mild, STALE) == []
        assert {incident.state for incident in watch.incidents} == {State.OPEN, State.NEW}
        assert watch.sees(mild, STALE)[1] == "joined its cause: schedule.stale"

    def test_known_before_its_symptom_opens_no_second_incident(self, watch: Watch) -> None:
        watch.sees(SILENCE)
        assert watch.sees(SILENCE, STALE, times=5) == []
        assert watch.only().cause == "controller_silent"

    def test_that_is_over_is_resolved_though_it_left_something_behind(self, watch: Watch) -> None:
        watch.sees(SILENCE, STALE)
        over = replace(SILENCE, until=NOON + timedelta(minutes=5))
        assert watch.sees(over, STALE, times=2) == ["resolved: controller_silent"]
        assert "left 1 behind" in watch.only().note

    def test_that_is_over_before_it_is_believed_leaves_its_symptoms_incident_open(self, watch: Watch) -> None:
        mild = replace(SILENCE, severity=Severity.WARNING)
        watch.sees(STALE, times=2)
        watch.sees(mild, STALE)
        over = replace(mild, until=NOON + timedelta(minutes=40))
        assert watch.sees(over, STALE, times=9) == []
        assert watch.only().cause == "schedule.stale"
        assert watch.sees(over, times=2) == ["resolved: schedule.stale"]


class TestAWord:
    def test_acknowledges_and_its_end_opens_again(self, watch: Watch) -> None:
        watch.sees(SILENCE)
        watch.hush(SILENCE)
        assert watch.sees(SILENCE) == ["acknowledged: controller_silent"]
        assert watch.only().hush is not None
        watch.hushes = Hushes()
        assert watch.sees(SILENCE) == ["no longer acknowledged or silenced: controller_silent"]
        assert watch.only().state is State.OPEN

    def test_silences(self, watch: Watch) -> None:
        watch.sees(SILENCE)
        watch.hush(SILENCE, HushKind.SILENCED)
        assert watch.sees(SILENCE) == ["silenced: controller_silent"]

    def test_that_cannot_be_read_now_holds_as_it_was_known_up_to_its_end(self, watch: Watch) -> None:
        watch.sees(SILENCE)
        watch.hush(SILENCE, hours=1)
        watch.sees(SILENCE)
        watch.hushes = Hushes(unread="no such table")
        assert watch.sees(SILENCE, times=3) == []
        assert watch.sees(SILENCE, times=2) == ["no longer acknowledged or silenced: controller_silent"]


class TestTheClock:
    def test_put_back_by_an_hour_neither_closes_nor_doubles_anything(self, watch: Watch) -> None:
        watch.sees(RETRIER, times=2)
        watch.sees(times=2)
        watch.moment -= timedelta(hours=1)
        assert watch.sees(RETRIER) == ["opened again: retrier_dead"]
        assert watch.only().last_seen >= watch.only().first_seen

    def test_that_jumps_over_a_night_resolves_nothing_by_itself(self, watch: Watch) -> None:
        watch.sees(SILENCE)
        watch.moment += timedelta(hours=8)
        assert watch.sees(SILENCE) == []
        assert watch.only().flaps == 0

    def test_two_runs_as_of_one_minute_count_once(self, watch: Watch) -> None:
        watch.every = timedelta(0)
        assert watch.sees(RETRIER, times=4) == []
        watch.every = QUARTER
        watch.moment += QUARTER
        assert watch.sees(RETRIER) == ["opened: retrier_dead"]
        watch.every = timedelta(0)
        assert watch.sees(times=4) == []


def test_a_key_holds_the_environment_and_the_cause_in_255_characters(watch: Watch) -> None:
    watch.sees(finding("x" * 300), finding("x" * 299 + "y"), times=2)
    keys = [incident.key for incident in watch.incidents]
    assert all(key.startswith("demo|xxx") and len(key) == LONGEST_KEY for key in keys)
    assert len(set(keys)) == len(keys)
    assert {len(incident.id) for incident in watch.incidents} == {LONGEST_KEY}


def test_the_same_runs_give_the_same_incidents_and_events() -> None:
    def lived() -> tuple[object, ...]:
        watch = Watch()
        watch.sees(SILENCE, STALE, RETRIER, times=3)
        watch.sees(RETRIER, times=3)
        return (*watch.incidents, *watch.events)

    assert lived() == lived()


def test_an_event_carries_the_incident_as_it_was_after_the_whole_run(watch: Watch) -> None:
    watch.sees(STALE, times=2)
    watch.sees(SILENCE, STALE)
    opened = next(event for event in watch.events[1:] if event.what is Happening.OPENED)
    assert opened.incident.absorbed


class TestARunOfSomeChecks:
    """A run of a part says nothing about the checks that it did not run."""

    MASKED = finding("orchestration.masked_outage", Severity.WARNING, key="silence")

    @staticmethod
    def part(watch: Watch, *findings: Finding, run: Sequence[str] = (), unknown: Sequence[str] = ()) -> list[str]:
        seen = report(watch.moment, *findings, run=run, unknown=unknown)
        done = watch.takes(Run("demo", seen, Hushes(), watch.moment))
        watch.moment += QUARTER
        return [f"{event.what.value}: {event.incident.cause}" for event in done]

    def test_does_not_narrow_an_incident_to_what_it_looked_at_nor_make_it_milder(self, watch: Watch) -> None:
        watch.sees(SILENCE, self.MASKED)
        assert self.part(watch, self.MASKED) == []
        incident = watch.only()
        assert (set(incident.checks), incident.severity) == ({SILENCE.check, self.MASKED.check}, Severity.CRITICAL)
        assert [self.part(watch, run=[self.MASKED.check]) for _ in range(4)] == [[]] * 4

    def test_ends_none_because_the_part_that_it_looked_at_is_over(self, watch: Watch) -> None:
        watch.sees(SILENCE, self.MASKED)
        over = replace(self.MASKED, until=watch.moment)
        assert [self.part(watch, over) for _ in range(4)] == [[]] * 4
        assert watch.only().is_live

    def test_opens_none_for_what_is_known_to_follow_from_a_cause_that_it_could_not_show(self, watch: Watch) -> None:
        watch.sees(SILENCE, STALE)
        assert [self.part(watch, STALE) for _ in range(3)] == [[]] * 3
        assert self.part(watch, SILENCE) == []
        assert [self.part(watch, STALE) for _ in range(3)] == [[]] * 3
        assert watch.only().cause == "controller_silent"

    def test_opens_one_for_it_once_the_cause_is_seen_to_be_over(self, watch: Watch) -> None:
        watch.sees(SILENCE, STALE)
        watch.sees(STALE, times=2)
        assert {incident.cause for incident in watch.incidents} == {"controller_silent", "schedule.stale"}

    def test_leaves_a_blindness_of_others_and_takes_out_of_it_what_can_see_again(self, watch: Watch) -> None:
        watch.sees(unknown=["schedule.stale"], times=2)
        assert self.part(watch, unknown=["reconcile.players"]) == []
        assert set(watch.only().checks) == {"schedule.stale", "reconcile.players"}
        assert self.part(watch, run=["reconcile.players"]) == []
        assert watch.only().checks == ("schedule.stale",)
        assert [self.part(watch, run=["schedule.stale"]) for _ in range(2)] == [[], ["resolved: blind"]]
