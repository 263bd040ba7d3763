"""The real season 2025-26: every game that was played is complete, and none is called not played."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.availability import late_source, missing_game
from checks.facts.lineage import LINEAGE, GameLineage
from checks.games import GameState, has_tip_off, stage_state
from checks.model import Finding, Scope, Severity
from checks.pipeline import Stage
from checks.policy import Policy
from checks.registry import Check
from checks.schedule import not_played
from tests.builders import counts, facts_for
from tests.real_season import RealGame, planned_row, played_row, read_season

pytestmark = pytest.mark.skipif(
    "COURTSIDE_REAL_DATA" not in os.environ, reason="COURTSIDE_REAL_DATA does not name the folder of the real season"
)

POLICY = Policy()
AS_OF = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
PLAYED_UNTIL = date(2026, 1, 26)
MOVED = {"0022500369", "0022500370", "0022500644"}
"""LAC@OKC and WAS@SAS of 17 December, played on the 18th; GSW@MIN of 24 January, played on the 25th."""
MOVED_PLACEHOLDERS = {"0022501202", "0022501203"}
"""Two cup games whose dates were exchanged before they had a tip-off: one put off, one brought forward."""
POSTPONED = {"0022500529", "0022500651", "0022500652"}
"""MIA@CHI of 8 January, DEN@MEM and DAL@MIL of the 25th."""
CUP_FINAL = "0062500001"
"""Played on 16 December, and in no box score of the data."""


@pytest.fixture(scope="module")
def season() -> list[RealGame]:
    return read_season(Path(os.environ["COURTSIDE_REAL_DATA"]))


@pytest.fixture(scope="module")
def played(season: list[RealGame]) -> list[GameLineage]:
    return [played_row(real) for real in season if real.box_score]


@pytest.fixture(scope="module")
def left_behind(season: list[RealGame]) -> list[GameLineage]:
    """The rows that moved games keep under their planned date, as scheduled."""
    return [planned_row(real) for real in season if real.nba_game_id in MOVED]


@pytest.fixture(scope="module")
def unplayed(season: list[RealGame]) -> list[GameLineage]:
    """The planned rows of all games without a box score, the postponed ones called so."""
    rows = [planned_row(real) for real in season if not real.box_score]
    return [replace(row, status_text="Postponed") if row.nba_game_id in POSTPONED else row for row in rows]


def states(rows: list[GameLineage], as_of: datetime = AS_OF) -> Counter[GameState]:
    return Counter(stage_state(row, Stage.BOX_SCORES, POLICY, as_of).state for row in rows)


def found(check: Check, rows: list[GameLineage], first: date = date(2025, 10, 21)) -> tuple[Finding, ...]:
    scope = Scope(as_of=AS_OF, first=first, last=date(2026, 4, 12))
    return check(facts_for(check, scope, (LINEAGE, rows)), POLICY, AS_OF)


def test_the_season_is_all_there(season: list[RealGame], played: list[GameLineage]) -> None:
    assert (len(season), len(played)) == (1231, 690)
    assert {real.nba_game_id for real in season if real.was_moved} == MOVED | MOVED_PLACEHOLDERS
    assert [real.played_on for real in season if real.played_on and not real.box_score] == []


def test_every_game_that_was_played_is_complete(played: list[GameLineage]) -> None:
    assert states(played) == {GameState.COMPLETE: 690}
    assert found(missing_game, played) == ()
    assert found(not_played, played) == ()


def test_every_game_was_complete_already_when_it_tipped_off_earlier_than_planned(played: list[GameLineage]) -> None:
    for row in played:
        assert states([row], row.tip_off - timedelta(hours=6)) == {GameState.COMPLETE: 1}


def test_a_played_game_is_missing_when_its_box_score_is_and_never_called_not_played(played: list[GameLineage]) -> None:
    due = [row for row in played if row.game_date < PLAYED_UNTIL]
    assert states([replace(row, box_scores=counts()) for row in due]) == {GameState.MISSING: len(due)}
    assert found(not_played, [replace(row, box_scores=counts()) for row in due]) == ()


def test_a_played_game_of_a_schedule_never_refreshed_is_missing_too(season: list[RealGame]) -> None:
    rows = [
        planned_row(real)
        for real in season
        if real.box_score and real.planned_on and real.planned_on < PLAYED_UNTIL and not real.was_moved
    ]
    assert states(rows) == {GameState.MISSING: len(rows)}


def test_the_games_of_the_last_evening_are_not_missing_while_their_box_scores_are_on_the_way(
    played: list[GameLineage],
) -> None:
    tonight = [replace(row, box_scores=counts()) for row in played if row.game_date == PLAYED_UNTIL]
    assert len(tonight) == 7
    assert states(tonight, datetime(2026, 1, 26, 15, 20, tzinfo=UTC)) == {GameState.NOT_DUE: 7}
    assert GameState.MISSING not in states(tonight)
    assert found(missing_game, tonight) == ()


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ({"status_text": "Postponed"}, Severity.OK),
        ({}, Severity.OK),
        ({"game_status": 3, "status_text": "Final", "ever_postponed": True}, Severity.WARNING),
        ({"game_status": 3, "status_text": "Final"}, Severity.WARNING),
        ({"game_status": 3, "status_text": "Final", "away_score": 0, "home_score": 0}, Severity.WARNING),
        ({"game_status": 3, "status_text": "Final", "other_dates": ()}, Severity.WARNING),
    ],
    ids=["postponed", "as planned", "final after postponed", "final", "final 0-0", "final, other date unseen"],
)
def test_the_old_row_of_a_moved_game_is_not_played_and_its_new_row_is_complete(
    played: list[GameLineage], left_behind: list[GameLineage], words: dict[str, Any], severity: Severity
) -> None:
    old = [replace(row, **words) for row in left_behind]
    assert states(old) == {GameState.NOT_PLAYED: 3}
    findings = found(not_played, [*played, *old])
    assert [(f.subject.name, str(f.subject.game_date), f.severity) for f in findings] == [
        ("LAC@OKC", "2025-12-17", severity),
        ("WAS@SAS", "2025-12-17", severity),
        ("GSW@MIN", "2026-01-24", severity),
    ]
    assert found(missing_game, [*played, *old]) == ()


@pytest.mark.parametrize(
    "words", [{}, {"game_status": 3, "status_text": "Final"}], ids=["as planned", "final without a score"]
)
def test_placeholders_of_cup_games_whose_dates_were_exchanged_are_not_played(
    season: list[RealGame], words: dict[str, Any]
) -> None:
    old = [replace(planned_row(real), **words) for real in season if real.nba_game_id in MOVED_PLACEHOLDERS]
    assert [has_tip_off(row) for row in old] == [False, False]
    assert states(old) == {GameState.NOT_PLAYED: 2}


def test_of_the_games_without_a_box_score_all_but_one_are_explained(unplayed: list[GameLineage]) -> None:
    past = [row for row in unplayed if row.game_date <= PLAYED_UNTIL]
    assert {row.nba_game_id for row in past} == POSTPONED | {CUP_FINAL}
    assert [f.subject.name for f in found(not_played, past)] == ["MIA@CHI", "DEN@MEM", "DAL@MIL"]
    (missing,) = found(missing_game, past)
    assert str(missing.subject.game_date) == "2025-12-16"


def test_games_still_to_come_are_not_due_and_nothing_is_said_of_them(unplayed: list[GameLineage]) -> None:
    coming = [row for row in unplayed if row.game_date > PLAYED_UNTIL]
    assert len(coming) == 1231 - 690 - 4
    for stage in (Stage.BOX_SCORES, Stage.ANALYTICS, Stage.FEATURES, Stage.PREDICTIONS, Stage.GRADING):
        assert {stage_state(row, stage, POLICY, AS_OF).state for row in coming} == {GameState.NOT_DUE}
    for check in (not_played, missing_game, late_source):
        assert found(check, coming) == ()


def test_games_abroad_are_due_by_their_tip_off(season: list[RealGame]) -> None:
    abroad = {
        real.arena_timezone: planned_row(real)
        for real in season
        if real.arena_timezone in ("Europe/Berlin", "Europe/London", "America/Mexico_City")
    }
    due = {zone: stage_state(row, Stage.BOX_SCORES, POLICY, AS_OF).due_at for zone, row in abroad.items()}
    assert due == {
        "Europe/Berlin": datetime(2026, 1, 15, 22, 30, tzinfo=UTC),
        "Europe/London": datetime(2026, 1, 18, 20, 30, tzinfo=UTC),
        "America/Mexico_City": datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
    }
