"""Which rows are posted, in which order, and why the others are not: rules on rows, without a warehouse or a service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.breakers import BreakerRow
from checks.facts.processor_runs import ProcessorRun
from checks.facts.retry_queue import QueueRow
from checks.policy import Policy
from console.draining.budget import item_of, next_try_at
from console.draining.due import Situation, Step, rulings
from console.draining.tries import Try
from tests.builders import at, game
from tests.checks.test_queue import row

NOW = at("2026-01-25T13:30")
POLICY = Policy()
PHASES = frozenset({"phase_2", "phase_3", "phase_4", "phase_5"})


def run(number: int, began: datetime | None) -> ProcessorRun:
    day = date(2026, 1, 24)
    return ProcessorRun(str(number), "p", "phase_2", day, "success", began, began, 1.0, 1, None, None, None)


def breaker(name: str, state: str) -> BreakerRow:
    return BreakerRow(name, state, 5, at("2026-01-25T13:00"), None, 3_600, None, None)


def situation(*rows: QueueRow, **changes: Any) -> Situation:
    began = NOW - timedelta(minutes=10)
    values: dict[str, Any] = {
        "games": (),
        "runs": tuple(run(number, began) for number in range(1_000)),
        "breakers": (),
        "tries": (),
        "addressed": PHASES,
        "quiet": {},
    }
    return Situation(rows, **{**values, **changes})


def several(count: int, **changes: Any) -> list[QueueRow]:
    return [row(id=f"row-{number:02}", processor_name=f"p{number:02}", **changes) for number in range(count)]


def steps(*rows: QueueRow, policy: Policy = POLICY, now: datetime = NOW, **changes: Any) -> list[tuple[str, Step]]:
    return [(found.row.id, found.step) for found in rulings(situation(*rows, **changes), policy, now)]


def why(*rows: QueueRow, **changes: Any) -> str:
    """Return why the last of the rows is left alone."""
    found = rulings(situation(*rows, **changes), POLICY, NOW)[-1]
    assert found.step is Step.LEAVE
    return found.why


def test_a_row_is_posted_from_the_second_on_at_which_it_is_due_and_not_before() -> None:
    due = row(next_retry_at=at("2026-01-25T13:30:30"))
    assert steps(due, now=at("2026-01-25T13:30:29")) == [("row-1", Step.LEAVE)]
    assert steps(due, now=at("2026-01-25T13:30:30")) == [("row-1", Step.POST)]


def test_a_row_that_never_got_a_time_is_due_at_once() -> None:
    assert steps(row(next_retry_at=None)) == [("row-1", Step.POST)]


def test_rows_that_are_over_are_not_spoken_of() -> None:
    assert steps(row(status="succeeded"), row(status="failed_permanent")) == []


def test_games_before_tip_off_come_first_and_then_the_oldest_failure() -> None:
    day = date(2026, 1, 25)
    old, older = (
        row(id=name, processor_name=name, first_failure_at=NOW - timedelta(hours=h))
        for name, h in (("old", 2), ("older", 3))
    )
    tonight = {"game_date": day, "first_failure_at": NOW - timedelta(hours=1)}
    play = row(id="game", game_key="LAL@DAL", processor_name="bdl", **tonight)
    predictions = row(id="predictions", phase="phase_5", **tonight)
    late = row(id="late", phase="phase_3", **tonight)
    games = (game("LAL@DAL", "2026-01-26T01:30", day),)
    assert [id for id, _ in steps(old, late, play, older, predictions, games=games)] == [
        "game",
        "predictions",
        "older",
        "old",
        "late",
    ]


def test_a_game_that_has_begun_or_is_postponed_has_no_precedence() -> None:
    old = row(id="old", first_failure_at=NOW - timedelta(hours=3))
    play = row(id="game", game_key="LAL@DAL")
    for tonight in (game(tip="2026-01-25T01:30"), game(tip="2026-01-26T01:30", status_text="Postponed")):
        assert [id for id, _ in steps(play, old, games=(tonight,))] == ["old", "game"]


def test_at_most_fifty_rows_are_posted_in_a_round() -> None:
    found = rulings(situation(*several(52)), POLICY, NOW)
    assert [ruling.step for ruling in found] == [Step.POST] * 50 + [Step.LEAVE] * 2
    assert found[-1].why == "over the limit of 50 rows a round"


@pytest.mark.parametrize(("count", "allowed"), [(0, 1), (19, 1), (20, 2), (39, 3)])
def test_retries_are_a_tenth_of_the_hours_runs_and_one_at_least(count: int, allowed: int) -> None:
    hour = [run(number, NOW - timedelta(minutes=59)) for number in range(count)]
    others = [run(100, NOW - timedelta(minutes=60)), run(101, NOW + timedelta(minutes=1)), run(102, None)]
    found = steps(*several(6), runs=(*hour, *others))
    assert [step for _, step in found].count(Step.POST) == allowed


def test_what_this_host_and_other_workers_tried_in_the_hour_is_counted_once_each() -> None:
    minutes_ago = NOW - timedelta(minutes=30)
    own = row(id="own", status="retrying", last_retry_at=minutes_ago, retry_count=1)
    other = row(id="other", processor_name="x", status="retrying", last_retry_at=minutes_ago, retry_count=1)
    hour = [run(number, NOW - timedelta(minutes=5)) for number in range(30)]
    tries = (Try(item_of(own), "own", minutes_ago),)
    found = rulings(situation(own, other, *several(3), runs=hour, tries=tries), POLICY, NOW)
    assert [ruling.step for ruling in found].count(Step.POST) == 1
    assert found[-1].why.startswith(
        "the hour's retry budget is used up: 3 allowed, which is 10 % of the last hour's 30 runs"
    )


def test_an_item_gets_three_tries_in_24_hours_whichever_row_asks() -> None:
    tries = tuple(Try(item_of(row()), f"earlier-{n}", NOW - timedelta(hours=23)) for n in range(3))
    assert why(row(), tries=tries) == "its retry budget is used up: tried 3 times in 24 h, at most 3"
    old = tuple(Try(item_of(row()), f"earlier-{n}", NOW - timedelta(hours=24)) for n in range(3))
    assert steps(row(), tries=old) == [("row-1", Step.POST)]


def test_tries_that_only_the_rows_tell_of_count_too() -> None:
    tried = {"retry_count": 3, "max_retries": 9, "last_retry_at": NOW - timedelta(hours=2)}
    assert why(row(**tried, first_failure_at=NOW - timedelta(hours=9))).startswith("its retry budget is used up")
    assert steps(row(**tried, first_failure_at=NOW - timedelta(days=3))) == [("row-1", Step.POST)]


def test_an_open_breaker_of_a_processor_or_of_its_phase_stops_its_rows() -> None:
    assert why(row(), breakers=(breaker("nbac_player_boxscore", "OPEN"),)) == (
        "the breaker of nbac_player_boxscore is open since 2026-01-25T13:00Z"
    )
    assert why(row(), breakers=(breaker("phase_2", "OPEN"),)).startswith("the breaker of phase_2 is open")
    closed = (breaker("nbac_player_boxscore", "CLOSED"), breaker("another", "OPEN"))
    assert steps(row(), breakers=closed) == [("row-1", Step.POST)]


def test_an_open_breaker_past_its_end_admits_one_trial_for_nobody_else_could_close_it() -> None:
    first, second = row(id="a"), row(id="b", game_date=date(2026, 1, 23))
    over = (breaker("nbac_player_boxscore", "open"),)
    ends = at("2026-01-25T14:00")
    assert steps(first, second, breakers=over, now=ends - timedelta(seconds=1)) == [
        ("a", Step.LEAVE),
        ("b", Step.LEAVE),
    ]
    assert steps(first, second, breakers=over, now=ends) == [("a", Step.POST), ("b", Step.LEAVE)]


def test_a_half_open_breaker_admits_one_trial_a_round() -> None:
    first, second = row(id="a"), row(id="b", game_date=date(2026, 1, 23))
    half = (breaker("nbac_player_boxscore", "HALF_OPEN"),)
    assert steps(first, second, breakers=half) == [("a", Step.POST), ("b", Step.LEAVE)]
    assert why(first, second, breakers=half) == "the breaker of nbac_player_boxscore is half open: one trial a round"


def test_a_phase_without_an_address_says_which_setting_is_missing() -> None:
    says = "the processor of phase_2 has no address: set phase_2 under [processors]"
    assert why(row(), addressed=frozenset({"phase_3"})) == says


def test_work_that_is_being_tried_already_is_not_tried_beside_it() -> None:
    says = "another row of the queue is for the same work, and is being tried"
    assert why(row(id="a", status="retrying", last_retry_at=NOW), row(id="b")) == says
    assert why(row(id="a"), row(id="b")) == says


def test_a_stale_try_goes_back_and_one_without_a_try_left_is_given_up() -> None:
    stale = {"status": "retrying", "last_retry_at": NOW - timedelta(minutes=121)}
    assert steps(row(**stale, retry_count=2)) == [("row-1", Step.TAKE_BACK)]
    assert steps(row(**stale, retry_count=3)) == [("row-1", Step.GIVE_UP)]
    assert steps(row(retry_count=3, next_retry_at=NOW + timedelta(hours=1))) == [("row-1", Step.GIVE_UP)]


@pytest.mark.parametrize(("count", "least"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (9, 240), (10**6, 240)])
def test_the_steps_are_those_of_the_pipeline_and_a_random_part_of_as_much_again(count: int, least: int) -> None:
    assert next_try_at(count, POLICY, NOW, 0.0) == NOW + timedelta(minutes=least)
    assert next_try_at(count, POLICY, NOW, 0.5) == NOW + timedelta(minutes=1.5 * least)


@given(st.integers(0, 50), st.floats(0, 1, exclude_max=True))
def test_the_next_try_is_always_later(count: int, chance: float) -> None:
    assert next_try_at(count, POLICY, NOW, chance) >= NOW + timedelta(minutes=15)
