"""What to do first: games before tip-off, the soonest first, then what most others wait for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from checks.facts.lineage import GameLineage
from checks.games import GameState, not_played_reason, stage_state, tip_off
from checks.pipeline import Stage
from console.actions.planning.reading import QueueState
from console.actions.planning.targets import Target

_STAGES = {
    "phase_2": Stage.BOX_SCORES,
    "phase_3": Stage.ANALYTICS,
    "phase_4": Stage.FEATURES,
    "phase_5": Stage.PREDICTIONS,
}
_WAITS = (GameState.DUE, GameState.LATE, GameState.MISSING)
_NEVER = datetime.max.replace(tzinfo=UTC)

Rank = tuple[datetime, int]
REFUSED: Rank = (_NEVER, 1)
"""Behind everything that has a rank."""


def rank(target: Target, state: QueueState) -> Rank:
    """Return a key by which the most valuable target sorts first.

    That is the next tip-off among its games, of which a processor has all those of its date; then how many of those games'
    later stages are due and not there.
    """
    if target.key is None:
        return _NEVER, 0
    games = [target.game] if target.game else [g for g in state.games if g.game_date == target.key.game_date]
    played = [game for game in games if not_played_reason(game, state.policy, state.now) is None]
    soonest = min((tip for game in played if (tip := tip_off(game)) > state.now), default=_NEVER)
    return soonest, -_waiting(played, target.key.phase, state)


def _waiting(games: Sequence[GameLineage], phase: str, state: QueueState) -> int:
    """Return how many stages from the phase's own on wait."""
    first = _STAGES.get(phase)
    if first is None:
        return 0
    stages = list(Stage)[list(Stage).index(first) :]
    return sum(stage_state(game, stage, state.policy, state.now).state in _WAITS for game in games for stage in stages)
