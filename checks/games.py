"""Was the game played, and is a stage of it due? The two questions that tell a missing game from one that is merely not there.

Due times count from tip-off, not from the wall clock, because tips move on the day and west-coast games end after midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from checks.facts.lineage import GameLineage
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import EASTERN, eastern_instant

FINAL = 3

_CALLED_OFF = re.compile(r"postpon|cancel|\bppd\b", re.IGNORECASE)


class GameState(Enum):
    """Where one stage of one game stands."""

    NOT_PLAYED = "not played"
    NOT_DUE = "not due"
    DUE = "due"
    LATE = "late"
    MISSING = "missing"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class StageState:
    """The state of a stage, when it is or was due (UTC), and why, in a few words."""

    stage: Stage
    state: GameState
    due_at: datetime
    reason: str


def tip_off(game: GameLineage) -> datetime:
    """Return the tip-off in UTC; 22:30 Eastern, the latest usual one, where the schedule has only the date.

    An undecided tip-off stands in the schedule as midnight Eastern (seven cup games of December 2025).
    """
    local = game.tip_off.astimezone(EASTERN)
    if (local.hour, local.minute) == (0, 0):
        return eastern_instant(game.game_date, 22, 30)
    return game.tip_off


def game_end(game: GameLineage, policy: Policy) -> datetime:
    """Return when the game should be over: tip-off plus 2 h 45 min."""
    return tip_off(game) + timedelta(minutes=policy.game_length_minutes)


def later_date(game: GameLineage) -> date | None:
    """Return the first later date on which the same NBA id stands in the schedule: the game was moved there."""
    return min((d for d in map(date.fromisoformat, game.other_dates) if d > game.game_date), default=None)


def not_played_reason(game: GameLineage, policy: Policy, as_of: datetime) -> str | None:
    """Return why the game was (or will be) not played on its date, or None when it was played or still may be.

    A player who appeared settles it: the game was played. Then the schedule's word counts, then a later date under the same
    NBA id, and last "Final" without a score once the box score is due: a job sets unfinished past games to Final and never
    looks at the score (January 2026).
    """
    if game.box_scores.appeared > 0:
        return None
    moved = later_date(game)
    to_when = f", moved to {moved.isoformat()}" if moved else ""
    if _CALLED_OFF.search(game.status_text or ""):
        word = "cancelled" if "cancel" in (game.status_text or "").lower() else "postponed"
        return f"{word}{to_when}"
    has_score = game.away_score is not None or game.home_score is not None
    if has_score and game.game_status == FINAL:
        return None
    if moved:
        return f"moved to {moved.isoformat()} under the same NBA id"
    if game.game_status == FINAL and (game.ever_postponed or as_of >= due_at(game, Stage.BOX_SCORES, policy)):
        earlier = "once called postponed, then " if game.ever_postponed else ""
        return f"{earlier}set to Final without a score"
    return None


def due_at(game: GameLineage, stage: Stage, policy: Policy) -> datetime:
    """Return when `stage` is due (UTC): before tip-off for features and predictions, after the game for the others.

    The schedule itself is due at tip-off.
    """
    if stage is Stage.SCHEDULE:
        return tip_off(game)
    if stage is Stage.FEATURES:
        return tip_off(game) - timedelta(minutes=policy.features_due_before_tip_minutes)
    if stage is Stage.PREDICTIONS:
        return tip_off(game) - timedelta(minutes=policy.predictions_due_before_tip_minutes)
    allowance, _ = _after_game(stage, policy)
    return game_end(game, policy) + timedelta(minutes=allowance)


def late_and_missing_at(game: GameLineage, stage: Stage, policy: Policy) -> tuple[datetime, datetime]:
    """Return when a due stage becomes late and when missing (UTC). Raises KeyError for the schedule."""
    due = due_at(game, stage, policy)
    if stage in (Stage.FEATURES, Stage.PREDICTIONS):
        return (
            due + timedelta(minutes=policy.before_tip_late_minutes),
            due + timedelta(minutes=policy.before_tip_missing_minutes),
        )
    _, missing = _after_game(stage, policy)
    missing_at = game_end(game, policy) + timedelta(minutes=missing)
    return min(due + timedelta(minutes=policy.late_source_minutes), missing_at), missing_at


def _after_game(stage: Stage, policy: Policy) -> tuple[int, int]:
    """Return the minutes after the game's end at which a stage is due and missing."""
    return {
        Stage.BOX_SCORES: (policy.box_scores_due_minutes, policy.box_scores_missing_minutes),
        Stage.ANALYTICS: (policy.analytics_due_minutes, policy.analytics_missing_minutes),
        Stage.GRADING: (policy.grading_due_minutes, policy.grading_missing_minutes),
    }[stage]


def stage_state(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> StageState:
    """Return where `stage` of `game` stands at `as_of`.

    A stage is complete when it holds players; how many of them are right is a question for reconciliation. A box score with
    fewer players than a game can have is not complete.
    """
    due = due_at(game, stage, policy)
    if reason := not_played_reason(game, policy, as_of):
        return StageState(stage, GameState.NOT_PLAYED, due, reason)
    if stage is Stage.SCHEDULE:
        return StageState(stage, GameState.COMPLETE, due, "scheduled")
    counts = game.stage(stage)
    if stage is Stage.BOX_SCORES and 0 < counts.appeared < policy.least_players_per_game:
        reason = f"only {counts.appeared} players so far"
    elif counts.listed > 0:
        return StageState(stage, GameState.COMPLETE, due, f"{counts.listed} players")
    else:
        reason = "no rows"
    late_at, missing_at = late_and_missing_at(game, stage, policy)
    if as_of < due:
        return StageState(stage, GameState.NOT_DUE, due, reason)
    if as_of < late_at:
        return StageState(stage, GameState.DUE, due, reason)
    return StageState(stage, GameState.LATE if as_of < missing_at else GameState.MISSING, due, reason)
