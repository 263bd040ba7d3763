"""The breaker for streaming conflicts: closed, open, half-open, and one trial at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.breaker import Breaker, BreakerState, opens
from checks.policy import Policy
from tests.builders import at

POLICY = Policy()
NOW = at("2026-01-25T04:00")
HALF_OPEN_AT = at("2026-01-25T05:30")


def opened() -> Breaker:
    return Breaker().after_attempts(5, 6, POLICY, NOW)


def on_trial() -> Breaker:
    return opened().admit(HALF_OPEN_AT, POLICY)


@pytest.mark.parametrize(
    ("conflicted", "attempted", "does_open"),
    [(0, 0, False), (4, 4, False), (3, 5, True), (3, 6, False), (4, 6, True), (5, 5, True), (2, 5, False)],
)
def test_it_opens_strictly_over_half_of_at_least_five_attempted_games(
    conflicted: int, attempted: int, *, does_open: bool
) -> None:
    assert opens(conflicted, attempted, POLICY) is does_open
    after = Breaker().after_attempts(conflicted, attempted, POLICY, NOW)
    assert after == (Breaker(BreakerState.OPEN, NOW) if does_open else Breaker())


@pytest.mark.parametrize(("conflicted", "attempted"), [(6, 5), (1, 0), (-1, 5)])
def test_more_conflicts_than_attempts_are_refused(conflicted: int, attempted: int) -> None:
    with pytest.raises(ValueError, match="cannot be in conflict"):
        opens(conflicted, attempted, POLICY)


def test_a_policy_that_asks_for_no_least_number_of_games_still_never_opens_on_none() -> None:
    assert not opens(0, 0, Policy(conflict_breaker_least_games=0, conflict_breaker_percent=0.0))


def test_an_open_breaker_allows_nothing_until_the_buffer_has_drained() -> None:
    assert not opened().allows(HALF_OPEN_AT - timedelta(minutes=1), POLICY)
    assert opened().allows(HALF_OPEN_AT, POLICY)


def test_it_is_half_open_after_the_cooldown_and_remembers_when_it_opened() -> None:
    assert opened().at(HALF_OPEN_AT - timedelta(minutes=1), POLICY) == opened()
    assert opened().at(HALF_OPEN_AT, POLICY) == Breaker(BreakerState.HALF_OPEN, NOW)


def test_half_open_admits_one_trial_and_no_second() -> None:
    trial = on_trial()
    assert not trial.allows(HALF_OPEN_AT + timedelta(minutes=5), POLICY)
    with pytest.raises(ValueError, match="admits nothing"):
        trial.admit(HALF_OPEN_AT + timedelta(minutes=5), POLICY)


def test_a_successful_trial_closes_it() -> None:
    assert on_trial().after_attempts(0, 1, POLICY, HALF_OPEN_AT) == Breaker()


def test_a_failed_trial_opens_it_anew() -> None:
    later = HALF_OPEN_AT + timedelta(minutes=3)
    assert on_trial().after_attempts(1, 1, POLICY, later) == Breaker(BreakerState.OPEN, later)


def test_a_trial_that_attempted_nothing_decides_nothing() -> None:
    assert on_trial().after_attempts(0, 0, POLICY, HALF_OPEN_AT) == on_trial()


def test_a_trial_that_never_reports_has_failed_after_a_cooldown() -> None:
    lost = HALF_OPEN_AT + timedelta(minutes=90)
    assert on_trial().at(lost - timedelta(minutes=1), POLICY) == on_trial()
    assert on_trial().at(lost, POLICY) == Breaker(BreakerState.OPEN, lost)
    assert on_trial().at(lost + timedelta(minutes=90), POLICY) == Breaker(BreakerState.HALF_OPEN, lost)


@pytest.mark.parametrize("breaker", [opened(), opened().at(HALF_OPEN_AT, POLICY)])
def test_late_successes_without_a_trial_close_nothing(breaker: Breaker) -> None:
    assert breaker.after_attempts(0, 6, POLICY, HALF_OPEN_AT).state is BreakerState.HALF_OPEN


def test_a_closed_breaker_admits_without_remembering_a_trial() -> None:
    assert Breaker().admit(NOW, POLICY) == Breaker()


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        opened().at(datetime(2026, 1, 25, 5), POLICY)  # noqa: DTZ001 # the naive time is the point


STEPS = st.lists(
    st.tuples(st.sampled_from(["wait", "admit", "report"]), st.integers(0, 200), st.integers(0, 8), st.integers(0, 8)),
    max_size=40,
)


@given(STEPS)
def test_it_never_closes_without_a_successful_trial_nor_admits_two_at_once(
    steps: list[tuple[str, int, int, int]],
) -> None:
    breaker, now = opened(), NOW
    for kind, minutes, conflicted, extra in steps:
        now += timedelta(minutes=minutes)
        before = breaker.at(now, POLICY)
        breaker = before
        if kind == "admit" and before.allows(now, POLICY):
            assert before.trial_at is None
            breaker = before.admit(now, POLICY)
        if kind == "report":
            breaker = before.after_attempts(conflicted, conflicted + extra, POLICY, now)
        if before.state is not BreakerState.CLOSED and breaker.state is BreakerState.CLOSED:
            assert before.trial_at is not None
            assert (kind, conflicted) == ("report", 0)
            assert extra > 0
        assert (breaker.opened_at is None) == (breaker.state is BreakerState.CLOSED)
        if breaker.trial_at is not None:
            assert breaker.state is BreakerState.HALF_OPEN
            assert not breaker.allows(now, POLICY)
