"""The clock of the console: live, fixed, stepped and played; and whether refreshing goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from screens.moment import SPEEDS, Moment
from screens.pause import UNWATCHED_SECONDS, Pause
from tests.builders import at

NOW = at("2026-01-26T15:20") + timedelta(seconds=41)


def moment(fixed: str | None = None) -> Moment:
    return Moment(lambda: NOW, at(fixed) if fixed else None)


def test_a_live_clock_is_the_present_on_the_minute() -> None:
    assert moment().now() == at("2026-01-26T15:20")
    assert moment().is_live
    assert moment().word() == "live"


def test_a_fixed_clock_stands_still() -> None:
    fixed = moment("2026-01-23T06:20")
    assert fixed.now() == at("2026-01-23T06:20")
    assert not fixed.is_live
    assert fixed.word() == "replay"


@pytest.mark.parametrize(
    ("steps", "then"), [(1, "2026-01-23T06:35"), (-1, "2026-01-23T06:05"), (4, "2026-01-23T07:20")]
)
def test_a_step_is_fifteen_minutes(steps: int, then: str) -> None:
    assert moment("2026-01-23T06:20").step(steps).now() == at(then)


def test_no_step_leads_beyond_the_present() -> None:
    assert moment("2026-01-26T15:10").step().now() == at("2026-01-26T15:20")


def test_a_step_back_from_live_fixes_the_clock() -> None:
    stepped = moment().step(-1)
    assert stepped.now() == at("2026-01-26T15:05")
    assert not stepped.is_live


def test_a_playing_clock_goes_on_playing_until_it_reaches_the_present() -> None:
    playing = moment("2026-01-26T14:55").play(playing=True)
    assert playing.word() == "playing 15 min steps"
    assert playing.step().playing
    assert not playing.step().step().playing


def test_playing_a_live_clock_fixes_it_where_it_is() -> None:
    assert moment().play(playing=True).fixed_at == at("2026-01-26T15:20")


def test_speeds_follow_each_other_and_begin_again() -> None:
    clock = moment()
    seen = []
    for _ in range(len(SPEEDS) + 1):
        seen.append(clock.step_minutes)
        clock = clock.faster()
    assert seen == [15, 60, 240, 5, 15]


@pytest.mark.parametrize("target", [at("2026-01-23T06:20") + timedelta(seconds=30), None])
def test_going_to_a_moment_stands_still_there(target: datetime | None) -> None:
    gone = moment("2026-01-22T18:00").play(playing=True).go_to(target)
    assert not gone.playing
    assert gone.now() == at("2026-01-23T06:20" if target else "2026-01-26T15:20")
    assert gone.is_live == (target is None)


def test_refreshing_goes_on_while_somebody_looks() -> None:
    assert not Pause().holds(1e9)
    assert Pause().word(1e9) == ""


def test_refreshing_stands_still_when_paused_by_hand() -> None:
    assert Pause(by_hand=True).holds(0)
    assert Pause(by_hand=True).word(0) == "paused"


def test_refreshing_stands_still_ten_minutes_after_the_last_look_and_not_before() -> None:
    away = Pause(blurred_at=100.0)
    assert not away.holds(100 + UNWATCHED_SECONDS - 1)
    assert away.holds(100 + UNWATCHED_SECONDS)
    assert away.word(100 + UNWATCHED_SECONDS) == "paused, nobody looks"
