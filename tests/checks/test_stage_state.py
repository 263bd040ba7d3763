"""Where a stage of a game stands, minute by minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.lineage import GameLineage
from checks.games import GameState, not_played_reason, stage_state
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import day_bounds
from tests.builders import at, counts, game

POLICY = Policy()
MINUTE = timedelta(minutes=1)
AFTER_SCHEDULE = (Stage.BOX_SCORES, Stage.ANALYTICS, Stage.GRADING, Stage.FEATURES, Stage.PREDICTIONS)
PROGRESS = (GameState.NOT_DUE, GameState.DUE, GameState.LATE, GameState.MISSING)
LONG_AFTER = at("2026-01-26T15:00")


def final(**changes: Any) -> GameLineage:
    return game(**{"game_status": 3, "status_text": "Final", "away_score": 116, "home_score": 110, **changes})


def box(row: GameLineage, moment: datetime) -> GameState:
    return stage_state(row, Stage.BOX_SCORES, POLICY, moment).state


class TestStageState:
    @pytest.mark.parametrize(
        ("moment", "state"),
        [
            ("2026-01-25T04:59", GameState.NOT_DUE),
            ("2026-01-25T05:00", GameState.DUE),
            ("2026-01-25T06:59", GameState.DUE),
            ("2026-01-25T07:00", GameState.LATE),
            ("2026-01-25T10:14", GameState.LATE),
            ("2026-01-25T10:15", GameState.MISSING),
        ],
    )
    def test_a_box_score_is_due_then_late_then_missing(self, moment: str, state: GameState) -> None:
        assert box(game(), at(moment)) is state

    @pytest.mark.parametrize(
        ("moment", "state"),
        [
            ("2026-01-24T23:29", GameState.NOT_DUE),
            ("2026-01-24T23:30", GameState.DUE),
            ("2026-01-24T23:44", GameState.DUE),
            ("2026-01-24T23:45", GameState.LATE),
            ("2026-01-25T00:14", GameState.LATE),
            ("2026-01-25T00:15", GameState.MISSING),
        ],
    )
    def test_features_are_due_then_late_then_missing_before_the_game(self, moment: str, state: GameState) -> None:
        assert stage_state(game(), Stage.FEATURES, POLICY, at(moment)).state is state

    @pytest.mark.parametrize("stage", AFTER_SCHEDULE)
    def test_a_stage_with_players_is_complete_at_any_time(self, stage: Stage) -> None:
        filled: dict[str, Any] = {stage.value: counts(20)}
        row = game(**filled)
        for moment in (at("2026-01-24T00:00"), LONG_AFTER):
            assert stage_state(row, stage, POLICY, moment).state is GameState.COMPLETE

    @pytest.mark.parametrize(("appeared", "state"), [(15, GameState.MISSING), (16, GameState.COMPLETE)])
    def test_a_box_score_with_fewer_players_than_a_game_can_have_is_not_complete(
        self, appeared: int, state: GameState
    ) -> None:
        assert box(final(box_scores=counts(34, appeared)), LONG_AFTER) is state

    def test_a_box_score_that_lists_players_of_whom_none_appeared_is_not_complete(self) -> None:
        row = final(box_scores=counts(34, 0))
        assert box(row, LONG_AFTER) is GameState.MISSING
        assert stage_state(row, Stage.BOX_SCORES, POLICY, LONG_AFTER).reason == "0 of 34 players appeared"

    def test_an_empty_box_score_is_never_complete_however_lenient_the_policy(self) -> None:
        state = stage_state(game(), Stage.BOX_SCORES, Policy(least_players_per_game=0), LONG_AFTER)
        assert state.state is GameState.MISSING

    def test_the_schedule_of_a_game_is_complete_by_being_there(self) -> None:
        assert stage_state(game(), Stage.SCHEDULE, POLICY, LONG_AFTER).state is GameState.COMPLETE

    def test_on_26_january_at_10_20_eastern_nothing_of_the_evening_is_due(self) -> None:
        row = game("IND@ATL", tip="2026-01-27T00:00", day=date(2026, 1, 26))
        states = {stage_state(row, stage, POLICY, at("2026-01-26T15:20")).state for stage in AFTER_SCHEDULE}
        assert states == {GameState.NOT_DUE}

    def test_a_game_of_an_undecided_hour_is_not_due_on_its_afternoon(self) -> None:
        row = game(tip="2025-12-09T05:00", day=date(2025, 12, 9))
        for stage in AFTER_SCHEDULE:
            assert stage_state(row, stage, POLICY, at("2025-12-09T20:00")).state is GameState.NOT_DUE


rows = st.builds(
    game,
    day=st.just(date(2026, 3, 7)),
    tip_off=st.integers(0, 30).map(lambda hours: day_bounds(date(2026, 3, 7))[0] + timedelta(hours=hours)),
    game_status=st.sampled_from((1, 2, 3)),
    status_text=st.sampled_from((None, "7:30 pm ET", "Final", "Postponed", "Cancelled")),
    away_score=st.sampled_from((None, 0, 101)),
    home_score=st.sampled_from((None, 0, 99)),
    ever_postponed=st.booleans(),
    other_dates=st.sampled_from(((), ("2026-03-06",), ("2026-03-08",), ("2026-03-06", "2026-03-09"))),
    box_scores=st.sampled_from((counts(), counts(34, 0), counts(34, 8), counts(34, 20))),
    features=st.sampled_from((counts(), counts(25))),
)
instants = st.integers(-2880, 4320).map(lambda minutes: at("2026-03-08T05:00") + minutes * MINUTE)


@given(rows, st.sampled_from(AFTER_SCHEDULE), instants, instants)
def test_a_stage_never_goes_back_as_time_passes_over_the_same_rows(
    row: GameLineage, stage: Stage, one: datetime, other: datetime
) -> None:
    before, after = (stage_state(row, stage, POLICY, moment).state for moment in sorted((one, other)))
    if before in PROGRESS and after in PROGRESS:
        assert PROGRESS.index(before) <= PROGRESS.index(after)
    elif before in PROGRESS:
        assert after is GameState.NOT_PLAYED  # "Final" without a score is believed later
    else:
        assert after is before


@given(rows, st.sampled_from(AFTER_SCHEDULE), instants)
def test_nothing_is_late_or_missing_before_it_is_due(row: GameLineage, stage: Stage, moment: datetime) -> None:
    found = stage_state(row, stage, POLICY, moment)
    if found.state in (GameState.DUE, GameState.LATE, GameState.MISSING):
        assert found.due_at <= moment
    if found.state is GameState.NOT_DUE:
        assert moment < found.due_at


@given(rows, instants)
def test_a_game_in_which_somebody_appeared_is_never_called_unplayed(row: GameLineage, moment: datetime) -> None:
    if row.box_scores.appeared:
        assert not_played_reason(row, POLICY, moment) is None
