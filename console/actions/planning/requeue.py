"""Plans to put things into the queue again: a row revived, or a new one, under the rule of one active row for each key. Pure."""

from __future__ import annotations

from checks.facts.retry_queue import QueueRow
from checks.games import tip_off
from checks.queue_rows import explain, is_at_maximum
from checks.times import format_instant
from console.actions.plan import Activate, PlanItem
from console.actions.planning.draft import Asked
from console.actions.planning.obstacles import hindrance, needs_nothing, newest_ended
from console.actions.planning.reading import QueueState
from console.actions.planning.suggested import is_faulted
from console.actions.planning.targets import Target, read_of
from console.queue_changes import Entry, QueueKey, SeenRow

WEST_COAST = "America/Los_Angeles"
"""The arenas that the pipeline's `is_west_coast` means."""


def requeue(target: Target, state: QueueState, asked: Asked) -> PlanItem:
    """Return what requeueing a target would do, or why it would not."""
    read = read_of(target, state)
    faulted = target.key is not None and is_faulted(target.key.processor_name, asked.order.fingerprints)
    reason = refusal(target, state, faulted=faulted)
    if target.key is None or reason:
        return PlanItem(target.name, "", reason or target.refused, read=read)
    last = newest_ended(target)
    seen = None if last is None else SeenRow.of(last)
    step = Activate(target.key, seen, _entry(target, last, asked))
    would = _would(target, target.key, last)
    if faulted and needs_nothing(target, state):
        would += "; its last run succeeded, and the finding says that what it made is wrong or lacks something"
    return PlanItem(target.name, would, step=step, read=read)


def refusal(target: Target, state: QueueState, *, faulted: bool) -> str:
    """Return why a target must not become active, or ""; what a finding has `faulted` is not complete by having succeeded."""
    is_asked = target.is_box_score or not (target.active or faulted)
    return (
        target.refused
        or (needs_nothing(target, state) if is_asked else "")
        or _already_queued(target, state)
        or hindrance(target, state)
    )


def two_active(rows: tuple[QueueRow, ...]) -> str:
    """Return that there are rows too many, and what to do, or ""."""
    if len(rows) <= 1:
        return ""
    ids = ", ".join(row.id for row in rows)
    one = f"cancel all but one first, for example `courtside queue cancel --row {rows[-1].id}`"
    return f"already queued {len(rows)} times ({ids}), where one row may be active: {one}"


def _already_queued(target: Target, state: QueueState) -> str:
    if not target.active or len(target.active) > 1:
        return two_active(target.active)
    row = target.active[0]
    hint = "; `courtside queue retry` starts it anew" if row.status == "pending" and is_at_maximum(row) else ""
    return f"already queued ({row.id}, {row.status}): {explain(row, state.policy, state.now)}{hint}"


def _would(target: Target, key: QueueKey, last: QueueRow | None) -> str:
    if last is not None:
        return f"revive row {last.id}: {key.processor_name}, {key.phase}, retry_count 0, next retry now"
    about = target.name if target.is_box_score else key.game_date.isoformat()
    return f"insert pending row: processor {key.processor_name}, {key.phase}, {about}, retry_count 0, next retry now"


def _entry(target: Target, last: QueueRow | None, asked: Asked) -> Entry:
    """Return what the row shall say; a revived one keeps its error, which is why it is there."""
    said = f"requeued by {asked.by}" + (f": {asked.order.note}" if asked.order.note else "")
    own = "missing_game" if target.is_box_score else "transient"
    return Entry(
        id=asked.new_id(),
        error_type=own if last is None else last.error_type or own,
        error_message=said if last is None else last.error_message or said,
        next_retry_at=asked.now,
        max_retries=3 if last is None else last.max_retries,
        note=said,
        metadata=_metadata(target),
    )


def _metadata(target: Target) -> dict[str, object]:
    """Return what a missing game's row says of it; PIPELINE.md, "Tables written"."""
    game = target.game
    if game is None or not target.is_box_score:
        return {}
    return {
        "home_team": game.home,
        "away_team": game.away,
        "workflow": "courtside",
        "expected_start_time": format_instant(tip_off(game)),
        "is_west_coast": game.arena_timezone == WEST_COAST,
    }
