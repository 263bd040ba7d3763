"""Was the game played, and when is a stage of it due?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.lineage import GameLineage
from checks.games import (
    GameState,
    due_at,
    earlier_date,
    game_end,
    has_tip_off,
    late_and_missing_at,
    later_date,
    not_played_reason,
    stage_state,
    tip_off,
)
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import EASTERN, eastern_instant
from tests.builders import at, counts, game

POLICY = Policy()
AFTER_SCHEDULE = (Stage.BOX_SCORES, Stage.ANALYTICS, Stage.GRADING, Stage.FEATURES, Stage.PREDICTIONS)
LONG_AFTER = at("2026-01-26T15:00")


def final(**changes: Any) -> GameLineage:
    return game(**{"game_status": 3, "status_text": "Final", "away_score": 116, "home_score": 110, **changes})


def unscored(**changes: Any) -> GameLineage:
    return final(**{"away_score": None, "home_score": None, **changes})


def box(row: GameLineage, moment: datetime) -> GameState:
    return stage_state(row, Stage.BOX_SCORES, POLICY, moment).state


class TestTipOff:
    @pytest.mark.parametrize(
        ("tip", "day"),
        [
            ("2026-01-15T19:00", date(2026, 1, 15)),  # Berlin, 20:00 there
            ("2026-01-18T17:00", date(2026, 1, 18)),  # London, 17:00 there
            ("2025-11-02T02:00", date(2025, 11, 1)),  # Mexico City, the night the clock goes back
            ("2025-10-29T03:00", date(2025, 10, 28)),  # San Francisco, 23:00 Eastern
            ("2026-10-03T10:00", date(2026, 10, 3)),  # Tokyo, 06:00 Eastern
        ],
    )
    def test_a_game_anywhere_tips_off_when_the_schedule_says(self, tip: str, day: date) -> None:
        row = game(tip=tip, day=day)
        assert has_tip_off(row)
        assert tip_off(row) == at(tip)
        assert game_end(row, POLICY) == at(tip) + timedelta(hours=2, minutes=45)

    @pytest.mark.parametrize(
        ("placeholder", "day", "assumed"),
        [
            ("2025-12-09T05:00", date(2025, 12, 9), "2025-12-10T04:00"),  # midnight Eastern in winter
            ("2026-06-10T04:00", date(2026, 6, 10), "2026-06-11T03:00"),  # midnight Eastern in summer
            ("2026-06-10T05:00", date(2026, 6, 10), "2026-06-11T03:00"),  # 05:00Z all year round
            ("2025-12-09T00:00", date(2025, 12, 9), "2025-12-10T04:00"),  # midnight UTC, the evening before
        ],
    )
    def test_a_placeholder_for_a_date_counts_as_the_latest_tip_off(
        self, placeholder: str, day: date, assumed: str
    ) -> None:
        row = game(tip=placeholder, day=day)
        assert not has_tip_off(row)
        assert tip_off(row) == at(assumed)

    @pytest.mark.parametrize("tip", ["2026-01-25T05:00", "2026-01-25T05:10"])
    def test_a_tip_off_delayed_past_midnight_eastern_is_real(self, tip: str) -> None:
        assert tip_off(game(tip=tip, day=date(2026, 1, 24))) == at(tip)

    @given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(5, 23), st.integers(0, 59))
    def test_the_end_is_165_real_minutes_after_the_tip_off_on_any_date(self, day: date, hour: int, minute: int) -> None:
        tip = eastern_instant(day, hour, minute)
        assert game_end(game(day=day, tip_off=tip), POLICY) - tip == timedelta(minutes=165)


class TestDueTimes:
    def test_they_count_from_the_tip_off(self) -> None:
        row = game(tip="2026-01-25T01:30")
        assert due_at(row, Stage.SCHEDULE, POLICY) == at("2026-01-25T01:30")
        assert due_at(row, Stage.FEATURES, POLICY) == at("2026-01-24T23:30")
        assert due_at(row, Stage.PREDICTIONS, POLICY) == at("2026-01-25T00:30")
        assert due_at(row, Stage.BOX_SCORES, POLICY) == at("2026-01-25T05:00")
        assert due_at(row, Stage.ANALYTICS, POLICY) == at("2026-01-25T18:15")
        assert due_at(row, Stage.GRADING, POLICY) == at("2026-01-25T20:15")

    def test_a_west_coast_game_is_due_later_by_as_much_as_it_begins_later(self) -> None:
        east, west = game(tip="2026-01-25T00:00"), game(tip="2026-01-25T03:30")
        for stage in AFTER_SCHEDULE:
            assert due_at(west, stage, POLICY) - due_at(east, stage, POLICY) == timedelta(hours=3, minutes=30)

    def test_a_tip_off_brought_forward_on_the_day_brings_everything_forward(self) -> None:
        evening, noon = game("WAS@CHA", tip="2026-01-24T23:00"), game("WAS@CHA", tip="2026-01-24T17:00")
        for stage in AFTER_SCHEDULE:
            assert due_at(evening, stage, POLICY) - due_at(noon, stage, POLICY) == timedelta(hours=6)

    @pytest.mark.parametrize(
        ("tip", "day", "local"),
        [
            ("2025-11-02T02:30", date(2025, 11, 1), "01:00 EST"),  # 22:30 EDT; the clock goes back after 01:59 EDT
            ("2026-03-08T03:30", date(2026, 3, 7), "03:00 EDT"),  # 22:30 EST; the clock goes from 02:00 to 03:00
        ],
    )
    def test_clock_changes_in_the_night_of_a_game_move_no_due_time(self, tip: str, day: date, local: str) -> None:
        due = due_at(game(tip=tip, day=day), Stage.BOX_SCORES, POLICY)
        assert due - at(tip) == timedelta(minutes=210)
        assert due.astimezone(EASTERN).strftime("%H:%M %Z") == local

    @given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(5, 23), st.sampled_from(AFTER_SCHEDULE))
    def test_due_comes_before_late_and_late_before_missing(self, day: date, hour: int, stage: Stage) -> None:
        row = game(day=day, tip_off=eastern_instant(day, hour))
        late, missing = late_and_missing_at(row, stage, POLICY)
        assert due_at(row, stage, POLICY) < late <= missing

    def test_nothing_is_missing_before_it_is_late_even_when_the_policy_is_tight(self) -> None:
        late, missing = late_and_missing_at(
            game(), Stage.BOX_SCORES, Policy(box_scores_due_minutes=45, box_scores_missing_minutes=60)
        )
        assert late == missing

    def test_the_schedule_is_never_late(self) -> None:
        with pytest.raises(KeyError):
            late_and_missing_at(game(), Stage.SCHEDULE, POLICY)

    def test_pre_game_stages_are_missing_while_there_is_still_time_before_the_tip_off(self) -> None:
        for stage in (Stage.FEATURES, Stage.PREDICTIONS):
            _, missing = late_and_missing_at(game(), stage, POLICY)
            assert missing < tip_off(game())


class TestNotPlayed:
    @pytest.mark.parametrize("text", ["Postponed", "PPD", "postponed - weather", "POSTPONED"])
    def test_a_game_called_postponed_was_not_played(self, text: str) -> None:
        assert not_played_reason(game(status_text=text), POLICY, LONG_AFTER) == "postponed"

    @pytest.mark.parametrize("text", ["Cancelled", "Canceled"])
    def test_a_game_called_cancelled_was_not_played(self, text: str) -> None:
        assert not_played_reason(game(status_text=text), POLICY, LONG_AFTER) == "cancelled"

    def test_a_postponed_game_tells_where_it_went(self) -> None:
        row = game(status_text="Postponed", other_dates=("2026-03-01", "2026-01-25", "2026-01-20"))
        assert not_played_reason(row, POLICY, LONG_AFTER) == "postponed, moved to 2026-01-25"

    def test_a_game_called_off_is_known_before_its_time(self) -> None:
        row = game(status_text="Postponed")
        assert {box(row, at("2026-01-24T20:00")), box(row, LONG_AFTER)} == {GameState.NOT_PLAYED}

    def test_the_same_id_under_a_later_date_means_that_the_game_was_moved(self) -> None:
        row = game(other_dates=("2026-01-25",))
        assert not_played_reason(row, POLICY, LONG_AFTER) == "moved to 2026-01-25 under the same NBA id"

    def test_a_rematch_under_another_id_means_nothing(self) -> None:
        assert not_played_reason(game(rematch_dates=("2026-01-26",)), POLICY, LONG_AFTER) is None

    def test_the_new_row_of_a_moved_game_counts(self) -> None:
        row = game(other_dates=("2026-01-24",), day=date(2026, 1, 25), tip="2026-01-25T22:30")
        assert not_played_reason(row, POLICY, LONG_AFTER) is None
        assert box(row, LONG_AFTER) is GameState.MISSING

    def test_a_placeholder_left_behind_by_a_game_brought_forward_was_not_played(self) -> None:
        left_behind = game(tip="2025-12-10T05:00", day=date(2025, 12, 10), other_dates=("2025-12-09",))
        reason = not_played_reason(left_behind, POLICY, LONG_AFTER)
        assert reason == "brought forward to 2025-12-09 under the same NBA id"

    def test_a_later_row_that_no_scrape_has_seen_since_before_the_earlier_date_was_left_behind(self) -> None:
        def later(seen: str) -> GameLineage:
            return game(other_dates=("2026-01-23",), schedule_seen_at=at(seen))

        assert not_played_reason(later("2026-01-23T04:59"), POLICY, LONG_AFTER) is not None
        assert not_played_reason(later("2026-01-23T05:00"), POLICY, LONG_AFTER) is None

    def test_a_game_in_progress_is_being_played_whatever_other_dates_there_are(self) -> None:
        row = game(game_status=2, status_text="Q3 4:12", other_dates=("2026-01-25",))
        assert not_played_reason(row, POLICY, at("2026-01-25T03:00")) is None

    @pytest.mark.parametrize("score", [None, 0])
    def test_final_without_a_score_is_believed_only_once_the_box_score_is_due(self, score: int | None) -> None:
        row = unscored(away_score=score, home_score=score)
        assert not_played_reason(row, POLICY, at("2026-01-25T04:59")) is None
        assert not_played_reason(row, POLICY, at("2026-01-25T05:00")) == "set to Final without a score"

    def test_final_without_a_score_is_believed_at_once_after_postponed(self) -> None:
        row = unscored(ever_postponed=True)
        reason = not_played_reason(row, POLICY, at("2026-01-25T02:00"))
        assert reason == "once called postponed, then set to Final without a score"

    def test_a_game_once_postponed_and_put_back_may_still_be_played(self) -> None:
        assert not_played_reason(game(ever_postponed=True), POLICY, LONG_AFTER) is None

    @pytest.mark.parametrize(
        "row",
        [
            final(),
            final(ever_postponed=True),
            final(other_dates=("2026-01-25",)),
            final(away_score=None),
            final(other_dates=("2026-01-23",), schedule_seen_at=at("2026-01-22T00:00")),
        ],
        ids=["plain", "once postponed", "on a later date too", "half a score", "on an earlier date too"],
    )
    def test_a_game_with_a_final_score_and_no_box_score_is_missing(self, row: GameLineage) -> None:
        assert box(row, LONG_AFTER) is GameState.MISSING

    def test_a_game_whose_schedule_was_never_refreshed_is_missing_after_its_time(self) -> None:
        assert box(game(game_status=1), LONG_AFTER) is GameState.MISSING

    @pytest.mark.parametrize(
        "row",
        [
            game(status_text="Postponed", box_scores=counts(35, 21)),
            unscored(ever_postponed=True, box_scores=counts(35, 21)),
            game(other_dates=("2026-01-25",), box_scores=counts(35, 1)),
        ],
        ids=["postponed", "final without a score", "moved"],
    )
    def test_one_player_who_appeared_proves_that_the_game_was_played(self, row: GameLineage) -> None:
        assert not_played_reason(row, POLICY, LONG_AFTER) is None

    def test_players_listed_for_a_game_that_nobody_played_prove_nothing(self) -> None:
        row = game(status_text="Postponed", box_scores=counts(34, 0), predictions=counts(55))
        for stage in Stage:
            assert stage_state(row, stage, POLICY, LONG_AFTER).state is GameState.NOT_PLAYED

    def test_the_other_dates_are_the_next_and_the_last(self) -> None:
        row = game(other_dates=("2026-03-01", "2026-01-25", "2026-01-20", "2025-12-01"))
        assert later_date(row) == date(2026, 1, 25)
        assert earlier_date(row) == date(2026, 1, 20)
        assert later_date(game()) is None
        assert earlier_date(game()) is None
