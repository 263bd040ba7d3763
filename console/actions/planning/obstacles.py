"""Why something may not run again now, in the operator's words. Pure."""

from __future__ import annotations

from datetime import timedelta

from checks.breaker import BreakerState
from checks.facts.retry_queue import QueueRow
from checks.games import GameState, stage_state
from checks.pipeline import Stage
from checks.queue_rows import ended_at, explain
from checks.streaming import REAL_CONFLICT
from checks.times import both_zones
from console.actions.planning.reading import QueueState
from console.actions.planning.targets import Target, runs_of
from screens.clean import for_terminal

BUDGET_LASTS = timedelta(hours=24)
"""Of the tries of one item; the issue's rule."""
LONGEST_ERROR = 200
"""Characters of a row's error that a refusal repeats."""


COMPLETE_GAME = (
    "the box scores are already complete ({reason}), and they are all that requeueing a game makes again; for analytics or "
    "features requeue the finding that is about them, or their processor: `courtside queue requeue --processor "
    "player_game_summary`"
)
"""Of a game with box scores, whatever its later stages lack."""


def needs_nothing(target: Target, state: QueueState) -> str:
    """Return why a target need not run: not played, not due yet, or done already; "" when it must."""
    return _of_game(target, state) if target.is_box_score else _of_processor(target, state)


def hindrance(target: Target, state: QueueState) -> str:
    """Return why a target must not run now, although it should, or ""."""
    return (
        _permanent(target)
        or _budget_used_up(target, state)
        or _in_buffer(target, state)
        or _breaker_open(target, state)
    )


def newest_ended(target: Target) -> QueueRow | None:
    """Return the row that has ended last, None when none has ended."""
    ended = (row for row in target.rows if not row.is_active)
    return max(ended, key=lambda row: (ended_at(row), row.first_failure_at, row.id), default=None)


def _of_game(target: Target, state: QueueState) -> str:
    if target.game is None:
        return "no such game stands in the schedule of that date"
    stands = stage_state(target.game, Stage.BOX_SCORES, state.policy, state.now)
    if stands.state is GameState.NOT_PLAYED:
        return f"not played: {stands.reason}"
    if stands.state is GameState.NOT_DUE:
        return f"not due until {both_zones(stands.due_at)}"
    return COMPLETE_GAME.format(reason=stands.reason) if stands.state is GameState.COMPLETE else ""


def _of_processor(target: Target, state: QueueState) -> str:
    """Return that the last run succeeded, or that the queue's last row did when no run has begun since."""
    last = next(reversed(runs_of(target, state)), None)
    ended = newest_ended(target)
    if last is not None and last.status == "success":
        return (
            f"already complete: run {last.run_id} succeeded; what it made wrongly is made again by requeueing the finding "
            "about it (`r` on it, or --finding)"
        )
    if target.active or ended is None or ended.status != "succeeded":
        return ""
    if last is not None and last.started_at is not None and last.started_at > ended_at(ended):
        return ""
    return f"already complete ({ended.id}): {explain(ended, state.policy, state.now)}"


def _permanent(target: Target) -> str:
    last = newest_ended(target)
    if target.active or last is None or last.status != "failed_permanent" or last.error_type != "permanent":
        return ""
    return f"permanent error ({last.id}): {for_terminal(last.error_message or 'no message', LONGEST_ERROR)}"


def _budget_used_up(target: Target, state: QueueState) -> str:
    """Return that a target's tries of the last 24 h are used up.

    A row tells how many tries there were, and only when the last one was; so all of them count as of that.
    """
    tried = [
        row for row in target.rows if row.last_retry_at is not None and row.last_retry_at > state.now - BUDGET_LASTS
    ]
    tries, most = sum(row.retry_count for row in tried), state.policy.retries_per_item_a_day
    if tries < most:
        return ""
    free_at = max(row.last_retry_at for row in tried if row.last_retry_at is not None) + BUDGET_LASTS
    return f"retry budget used up: tried {tries} times in 24 h, {most} are allowed, so not before {both_zones(free_at)}"


def _in_buffer(target: Target, state: QueueState) -> str:
    """Return until when the streaming buffer can hold a game's rows, as far as unresolved conflicts tell."""
    game = target.game
    if game is None or not target.is_box_score:
        return ""
    lasts = timedelta(minutes=state.policy.conflict_breaker_cooldown_minutes)
    ends = [
        row.last_at + lasts
        for row in state.conflicts
        if row.conflict_type == REAL_CONFLICT and row.unresolved and row.game_id in (game.nba_game_id, game.bdl_game_id)
    ]
    until = max(ends, default=state.now)
    return f"held by the streaming buffer until {both_zones(until)}" if until > state.now else ""


def _breaker_open(target: Target, state: QueueState) -> str:
    """Return since and until when the processor's breaker is open; past its end it lets one try through."""
    row = next((row for row in state.breakers if target.key and row.processor_name == target.key.processor_name), None)
    if row is None or row.state.upper() != BreakerState.OPEN.value:
        return ""
    since = row.opened_at or row.updated_at
    if since is None:
        return f"the breaker of {row.processor_name} is open, since when was not recorded"
    said = f"the breaker of {row.processor_name} is open since {both_zones(since)}"
    if row.timeout_seconds is None:
        return f"{said}, until somebody closes it"
    until = since + timedelta(seconds=row.timeout_seconds)
    return f"{said}, until {both_zones(until)}" if until > state.now else ""
