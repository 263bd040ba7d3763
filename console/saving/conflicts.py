"""The rows of `streaming_conflict_log` about games that a streaming buffer kept from being saved, and their later end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from checks.streaming import REAL_CONFLICT
from console.conflict_log import CONFLICTS
from console.outbox.rows import OutboxRow
from console.saving.games import Processor
from console.saving.unsaved import Unsaved
from console.warehouse.writing import Change, Parameter

WAITED = "saved_after_waiting"
"""`resolution_method` of a conflict that ended within its call."""
LATER = "saved_later"
"""`resolution_method` of a conflict that was logged as unresolved, and whose game a later call has saved."""


def log_rows(processor: Processor, games: Iterable[Unsaved]) -> tuple[OutboxRow, ...]:
    """Return the unresolved rows of the games that were in conflict; a game that was never tried has none."""
    return tuple(_row(processor, game, game.conflict_at, None) for game in games if game.conflict_at is not None)


def resolved_rows(processor: Processor, game: Unsaved, saved_at: datetime) -> tuple[OutboxRow, ...]:
    """Return the row of a game that was in conflict and is saved since `saved_at`, aware; none when it never was."""
    return () if game.conflict_at is None else (_row(processor, game, game.conflict_at, saved_at),)


def resolution(processor: Processor, game_id: str, game_date: date, now: datetime) -> Change:
    """Return the change that marks a processor's conflicts about a game as resolved; none is, when there are none."""
    sql = f"""UPDATE {CONFLICTS} AS t
SET resolved = TRUE, resolution_time = @resolution_time, resolution_method = @resolution_method
WHERE t.game_date = @game_date AND t.game_id = @game_id AND t.processor_name = @processor_name
  AND t.conflict_type = @conflict_type AND NOT COALESCE(t.resolved, FALSE)"""  # noqa: S608 - a name of our own
    values = (
        Parameter("resolution_time", "TIMESTAMP", now),
        Parameter("resolution_method", "STRING", LATER),
        Parameter("game_date", "DATE", game_date),
        Parameter("game_id", "STRING", game_id),
        Parameter("processor_name", "STRING", processor.name),
        Parameter("conflict_type", "STRING", REAL_CONFLICT),
    )
    return Change(f"noting that {game_id} is saved", CONFLICTS, sql, values)


def _row(processor: Processor, game: Unsaved, conflict_at: datetime, saved_at: datetime | None) -> OutboxRow:
    resolution = {"resolution_time": saved_at, "resolution_method": WAITED} if saved_at is not None else {}
    return OutboxRow(
        game.id,
        {
            "conflict_id": game.id,
            "timestamp": conflict_at,
            "processor_name": processor.name,
            "game_id": game.game_id,
            "game_date": game.game_date,
            "conflict_type": REAL_CONFLICT,
            "retry_count": max(0, game.tries - 1),
            "resolved": saved_at is not None,
            **resolution,
            "details": {"phase": processor.phase, "reason": game.reason},
        },
    )
