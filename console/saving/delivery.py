"""Brings the conflict log up to date at the end of a call: its new rows delivered, old ones of saved games resolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from checks.facts.fact import Window
from checks.facts.rows import RowError
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS
from checks.streaming import REAL_CONFLICT
from checks.times import format_utc
from console.conflict_log import CONFLICTS
from console.saving.conflicts import resolution
from console.saving.games import End, GameResult, Processor
from console.saving.keeping import Keeping
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Changed, HeldByBuffer


def deliver(keeping: Keeping, now: datetime) -> tuple[int, str]:
    """Send the log's rows from the outbox; return how many of them still wait and why, or 0 and "". Raises JournalError.

    What waits stays in the outbox and is sent by a later call.
    """
    delivery = keeping.outbox.deliver(keeping.place, keeping.warehouse.writes, now)
    standing = next((table for table in delivery.tables if table.table == CONFLICTS), None)
    if standing is None or not standing.waiting + standing.refused:
        return 0, ""
    return standing.waiting + standing.refused, standing.trouble or "the load job still runs, or has to wait its turn"


def resolve_older(saved: Sequence[GameResult], processor: Processor, keeping: Keeping, now: datetime) -> str:
    """Mark conflicts that earlier calls logged about games as resolved, now that these are saved; return the trouble, or "".

    A game that the queue had run again would otherwise count as in conflict for ever.
    """
    troubles = []
    for day in sorted({game.game_date for game in saved}):
        try:
            troubles += _resolve_date({game.game_id for game in saved}, day, processor, keeping, now)
        except (WarehouseError, RowError) as error:
            troubles.append(str(error))
    return "; ".join(dict.fromkeys(troubles))


def is_saved(game: GameResult) -> bool:
    """Return whether a game's rows are saved."""
    return game.end in (End.SAVED, End.SAVED_AFTER_WAITING)


def _resolve_date(saved: set[str], day: date, processor: Processor, keeping: Keeping, now: datetime) -> list[str]:
    """Ask first, and change only what is there to change: most days nothing is."""
    logged = keeping.warehouse.load(STREAMING_CONFLICTS, Window(day, day), now)
    open_still = {row.game_id for row in logged if row.conflict_type == REAL_CONFLICT and row.unresolved}
    troubles = []
    for game_id in sorted(saved & {game_id for game_id in open_still if game_id}):
        outcome = keeping.warehouse.writes.change(resolution(processor, game_id, day, now), now)
        if isinstance(outcome, HeldByBuffer):
            troubles.append(f"the conflict log is held by its streaming buffer until {format_utc(outcome.until)}")
        elif not isinstance(outcome, Changed):
            troubles.append(f"the conflict log is busy: {outcome.reason}")
    return troubles
