"""Was the game played, and is a stage of it due? The two questions that tell a missing game from one that is merely not there.

Due times count from tip-off, not from the wall clock, because tips move on the day and west-coast games end after midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import eastern_date, eastern_instant

IN_PROGRESS = 2
FINAL = 3

EARLIEST_TIP_HOUR = 5
"""No tip-off stands before 05:00 Eastern of its date: games in Tokyo begin at 06:00, and what is earlier is a placeholder."""
LATEST_TIP_HOUR = 23
"""The latest planned tip-off of the season 2025-26, Eastern."""

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


def games_in_scope(facts: Facts) -> list[GameLineage]:
    """Return the games of the scope's dates, by date, tip-off and label."""
    games = [g for g in facts[LINEAGE] if facts.scope.first <= g.game_date <= facts.scope.last]
    return sorted(games, key=lambda g: (g.game_date, g.tip_off, g.label, g.nba_game_id))


def has_tip_off(game: GameLineage) -> bool:
    """Return whether the schedule holds a real tip-off, not a placeholder for a date.

    An undecided tip-off stands in the schedule as midnight Eastern (seven cup games of December 2025, at 05:00Z), which the
    same 05:00Z is not in summer, or as midnight UTC, which is the evening before. A delay past midnight is a real tip-off:
    it falls on the day after the game's date.
    """
    return game.tip_off >= eastern_instant(game.game_date, EARLIEST_TIP_HOUR)


def tip_off(game: GameLineage) -> datetime:
    """Return the tip-off in UTC; 23:00 Eastern, the latest there is, where the schedule has only the date."""
    return game.tip_off if has_tip_off(game) else eastern_instant(game.game_date, LATEST_TIP_HOUR)


def game_end(game: GameLineage, policy: Policy) -> datetime:
    """Return when the game should be over: tip-off plus 2 h 45 min."""
    return tip_off(game) + timedelta(minutes=policy.game_length_minutes)


def later_date(game: GameLineage) -> date | None:
    """Return the first later date on which the same NBA id stands in the schedule: the game was moved there."""
    return min((d for d in map(date.fromisoformat, game.other_dates) if d > game.game_date), default=None)


def earlier_date(game: GameLineage) -> date | None:
    """Return the last earlier date on which the same NBA id stands in the schedule."""
    return max((d for d in map(date.fromisoformat, game.other_dates) if d < game.game_date), default=None)


def is_called_off(game: GameLineage) -> bool:
    """Return whether the schedule's newest word is that the game is postponed or cancelled."""
    return _CALLED_OFF.search(game.status_text or "") is not None


def is_final_without_score(game: GameLineage) -> bool:
    """Return whether the game is called Final with no score; 0-0 is none, no game ends so."""
    return game.game_status == FINAL and not _has_score(game)


def not_played_reason(game: GameLineage, policy: Policy, as_of: datetime) -> str | None:
    """Return why the game was (or will be) not played on its date, or None when it was played or still may be.

    A player who appeared settles it: the game was played. Then the schedule's word counts, then a game that has tipped off or
    has a final score, then another date under the same NBA id, and last "Final" without a score once the box score is due: a
    job sets unfinished past games to Final and never looks at the score (January 2026).
    """
    if game.box_scores.appeared > 0:
        return None
    if is_called_off(game):
        moved = later_date(game)
        word = "cancelled" if "cancel" in (game.status_text or "").lower() else "postponed"
        return f"{word}, moved to {moved.isoformat()}" if moved else word
    if game.game_status == IN_PROGRESS or (game.game_status == FINAL and _has_score(game)):
        return None
    return _moved_reason(game) or _unscored_reason(game, policy, as_of)


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


def stage_state(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> StageState:
    """Return where `stage` of `game` stands at `as_of`.

    A stage is complete when it holds players; how many of them are right is a question for reconciliation. A box score in
    which fewer players appeared than a game can have is not complete, however many it lists.
    """
    due = due_at(game, stage, policy)
    if reason := not_played_reason(game, policy, as_of):
        return StageState(stage, GameState.NOT_PLAYED, due, reason)
    if stage is Stage.SCHEDULE:
        return StageState(stage, GameState.COMPLETE, due, "scheduled")
    reason = _holds(game, stage)
    if _is_complete(game, stage, policy):
        return StageState(stage, GameState.COMPLETE, due, reason)
    late_at, missing_at = late_and_missing_at(game, stage, policy)
    if as_of < due:
        return StageState(stage, GameState.NOT_DUE, due, reason)
    if as_of < late_at:
        return StageState(stage, GameState.DUE, due, reason)
    return StageState(stage, GameState.LATE if as_of < missing_at else GameState.MISSING, due, reason)


def _has_score(game: GameLineage) -> bool:
    return (game.away_score or 0) > 0 or (game.home_score or 0) > 0


def _moved_reason(game: GameLineage) -> str | None:
    """Return to which other date the game was moved, or None when this date is the one that counts.

    A row of a game that was postponed *to* this date has an earlier date too, and must count as missing when it is. The row
    that a game brought forward left behind is one that never got a tip-off, or that no scrape has seen since before the
    earlier date.
    """
    if later := later_date(game):
        return f"moved to {later.isoformat()} under the same NBA id"
    earlier = earlier_date(game)
    if earlier and (not has_tip_off(game) or eastern_date(game.schedule_seen_at) < earlier):
        return f"brought forward to {earlier.isoformat()} under the same NBA id"
    return None


def _unscored_reason(game: GameLineage, policy: Policy, as_of: datetime) -> str | None:
    """Return that the game is called Final without a score, which is believed once its box score is due."""
    if not is_final_without_score(game):
        return None
    if game.ever_postponed:
        return "once called postponed, then set to Final without a score"
    return "set to Final without a score" if as_of >= due_at(game, Stage.BOX_SCORES, policy) else None


def _is_complete(game: GameLineage, stage: Stage, policy: Policy) -> bool:
    counts = game.stage(stage)
    if stage is Stage.BOX_SCORES:
        return counts.appeared >= max(1, policy.least_players_per_game)
    return counts.listed > 0


def _holds(game: GameLineage, stage: Stage) -> str:
    """Return what the stage holds, in a few words."""
    counts = game.stage(stage)
    if counts.rows == 0:
        return "no rows"
    if stage is Stage.BOX_SCORES:
        return f"{counts.appeared} of {counts.listed} players appeared"
    return f"{counts.listed} players"


def _after_game(stage: Stage, policy: Policy) -> tuple[int, int]:
    """Return the minutes after the game's end at which a stage is due and missing."""
    return {
        Stage.BOX_SCORES: (policy.box_scores_due_minutes, policy.box_scores_missing_minutes),
        Stage.ANALYTICS: (policy.analytics_due_minutes, policy.analytics_missing_minutes),
        Stage.GRADING: (policy.grading_due_minutes, policy.grading_missing_minutes),
    }[stage]
