"""The breaker of a processor and a date: consulted first, open over half of enough games, half-open for one trial."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.policy import Policy
from console.saving.games import End, Processor
from console.saving.save import save_games
from tests.saving.saving import DAY, NAMES, Desk, ends, minutes

OPEN_UNTIL = 90


@pytest.mark.parametrize(
    ("held", "of", "does_trip"), [(3, 5, True), (2, 5, False), (3, 6, False), (4, 6, True), (4, 4, False)]
)
def test_it_trips_strictly_over_half_of_at_least_five_games_of_the_date(
    desk: Desk, held: int, of: int, *, does_trip: bool
) -> None:
    desk.table.hold(held, 600)
    desk.save(desk.table.games(of))
    assert desk.slept == ([] if does_trip else [300, 600, 1200])


def test_once_it_trips_nothing_more_is_tried_and_the_rest_is_queued(desk: Desk) -> None:
    desk.table.hold(4, 600)
    result = desk.save(desk.table.games(7))
    assert desk.table.tried == list(NAMES[:4])
    assert ends(result.games) == ["queued"] * 7
    says = "the breaker of player_game_summary for 2026-01-24 is open until 2026-01-25T13:30Z; queued for 2026-01-25T13:30Z"
    assert result.games[0].reason == f"rows in the streaming buffer were in its way, at its one try; {says}"
    assert result.games[6].reason == f"it was not tried: {says}"
    assert [game for game, _, _ in desk.logged()] == sorted(NAMES[:4])
    assert len(desk.queued()) == 7


def test_the_order_of_the_games_does_not_decide_whether_it_trips(desk: Desk) -> None:
    desk.table.hold(3, 600)
    games = desk.table.games(7)
    for given in (games, games[::-1]):
        assert sorted(ends(desk.save(given).games)) == ["queued"] * 3 + ["saved"] * 4


def test_it_is_consulted_first(desk: Desk) -> None:
    desk.table.hold(7, 1)
    desk.save(desk.table.games(7))
    desk.table.tried.clear()
    desk.later(89)
    result = desk.save(desk.table.games(2))
    assert (desk.table.tried, ends(result.games)) == ([], ["queued", "queued"])


def test_it_is_the_breaker_of_its_date_and_processor_alone(desk: Desk) -> None:
    desk.table.hold(7, 600)
    desk.save(desk.table.games(7))
    desk.table.held.clear()
    assert ends(desk.save(desk.table.games(1, DAY - timedelta(days=1))).games) == ["saved"]
    other = Processor("phase_3", "team_offense_game_summary")
    result = save_games(desk.table.games(1), other, desk.keeping, clock=desk.clock, sleep=desk.sleep)
    assert ends(result.games) == ["saved"]
    assert ends(desk.save(desk.table.games(1)).games) == ["queued"]


def test_after_its_cooldown_a_clean_trial_closes_it_and_the_others_follow(desk: Desk) -> None:
    desk.table.hold(7, 60)
    desk.save(desk.table.games(7))
    desk.table.tried.clear()
    desk.later(OPEN_UNTIL)
    assert ends(desk.save(desk.table.games(7)).games) == ["saved"] * 7
    assert ends(desk.save(desk.table.games(7)).games) == ["saved"] * 7


def test_a_trial_in_conflict_opens_it_again_and_the_others_are_not_tried(desk: Desk) -> None:
    desk.table.hold(7, 600)
    desk.save(desk.table.games(7))
    desk.table.tried.clear()
    desk.later(OPEN_UNTIL)
    result = desk.save(desk.table.games(7))
    assert (desk.table.tried, desk.slept) == ([NAMES[0]], [])
    assert result.games[1].end is End.QUEUED
    assert "is open until 2026-01-25T15:00Z" in result.games[1].reason


def test_a_trial_that_fails_otherwise_tells_nothing_so_the_next_game_is_the_trial(desk: Desk) -> None:
    desk.table.hold(7, 60)
    desk.save(desk.table.games(7))
    desk.table.broken[NAMES[0]] = RuntimeError("something else")
    desk.later(OPEN_UNTIL)
    assert ends(desk.save(desk.table.games(3)).games) == ["failed", "saved", "saved"]
    assert ends(desk.save(desk.table.games(7)[1:]).games) == ["saved"] * 6


def test_and_that_next_game_decides_as_a_trial_does(desk: Desk) -> None:
    desk.table.hold(7, 600)
    desk.save(desk.table.games(7))
    desk.table.tried.clear()
    desk.table.broken[NAMES[0]] = RuntimeError("something else")
    desk.later(OPEN_UNTIL)
    assert ends(desk.save(desk.table.games(3)).games) == ["failed", "queued", "queued"]
    assert desk.table.tried == list(NAMES[:2])


def test_only_one_of_two_calls_gets_the_trial(desk: Desk) -> None:
    desk.table.hold(7, 60)
    desk.save(desk.table.games(7))
    desk.later(OPEN_UNTIL)
    inner: list[str] = []
    games = desk.table.games(2)
    first, second = games

    def save_while_another_call_tries() -> None:
        inner.extend(ends(desk.save([second]).games))
        first.save()

    trial = type(first)(first.game_id, DAY, save_while_another_call_tries)
    assert ends(desk.save([trial]).games) == ["saved"]
    assert inner == ["queued"]


def test_a_breaker_that_another_call_opens_in_a_wait_stops_this_one(desk: Desk) -> None:
    desk.table.hold(2, 600)
    other = desk.table.games(7)

    def sleep(seconds: float) -> None:
        desk.sleep(seconds)
        if len(desk.slept) == 1:
            desk.table.hold(7, 600)
            desk.save(other)

    result = desk.save(desk.table.games(5), sleep=sleep)
    assert ends(result.games) == ["queued", "queued", "saved", "saved", "saved"]
    assert desk.slept == [300]
    assert len(desk.queued()) == 7  # one active row a game, whichever call put it there


def test_the_thresholds_are_the_policys(desk: Desk) -> None:
    desk.table.hold(1, 600)
    policy = Policy(conflict_breaker_least_games=1, conflict_breaker_percent=40.0, conflict_breaker_cooldown_minutes=30)
    result = desk.save(desk.table.games(2), policy=policy)
    assert (ends(result.games), desk.table.tried) == (["queued", "queued"], [NAMES[0]])
    assert result.games[1].next_at == minutes(30)
