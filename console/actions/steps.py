"""One step of a plan, done in the warehouse; and finding out afterwards whether one of ours was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.facts.retry_queue import QueueRow
from checks.times import utc_and_eastern
from console.actions.plan import Activate, Put, SetStatus
from console.actions.run_state import ItemState
from console.conflict_log import QueueWriter
from console.queue_changes import revive_or_insert, set_status
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change, Changed, ChangeOutcome, HeldByBuffer
from screens.clean import for_terminal

QueueStep = Activate | SetStatus

NO_LONGER_SO = "not done: the queue is no longer as the plan saw it"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: the item's state, and a sentence for people."""

    state: ItemState
    said: str


def change_of(step: QueueStep, columns: Collection[str], at: datetime) -> Change:
    """Return the statement of a step that is begun at `at`. Raises WarehouseError for a table that lacks what it needs."""
    if isinstance(step, Activate):
        return revive_or_insert(columns, step.key, step.seen, step.entry, at)
    return set_status(
        columns,
        step.key.game_date,
        step.seen,
        step.status,
        at,
        next_retry_at=step.next_retry_at,
        retry_count=step.retry_count,
        note=step.note,
    )


def take(step: QueueStep, columns: Collection[str], writer: QueueWriter, at: datetime) -> Outcome:
    """Do a step, begun at `at`, and return what came of it. One whose end is not known comes back as attempted.

    Raises JournalError when a conflict could not be kept for logging.
    """
    try:
        return _outcome(writer.apply(change_of(step, columns, at), step.key, at))
    except WarehouseError as error:
        return Outcome(ItemState.ATTEMPTED, f"it is not known whether it was done: {_clean(error)}")


def found_done(
    step: QueueStep | Put, rows: Sequence[QueueRow], begun_at: datetime | None, columns: Collection[str]
) -> bool:
    """Return whether rows of the queue, read back, show that this very step was done.

    A row that a plan made active carries the plan's correlation id, whatever has become of it since. A changed one carries the
    moment at which the step was begun, as long as nobody has changed it again. In older tables, which lack those columns, it is
    the row's status that tells, whoever has set it.
    """
    if isinstance(step, Put):
        return False
    found = {row.id: row for row in rows}
    if isinstance(step, SetStatus):
        row = found.get(step.seen.id)
        if row is None or row.status != step.status:
            return False
        return "updated_at" not in columns or (begun_at is not None and row.updated_at == begun_at)
    if step.entry.id in found:
        return True
    if "correlation_id" in columns:
        return any(row.correlation_id == step.entry.correlation_id for row in rows if row.correlation_id)
    return step.seen is not None and step.seen.id in found and found[step.seen.id].is_active


def _outcome(outcome: ChangeOutcome) -> Outcome:
    if isinstance(outcome, Changed):
        return Outcome(ItemState.DONE, "done") if outcome.rows else Outcome(ItemState.CHANGED, NO_LONGER_SO)
    if isinstance(outcome, HeldByBuffer):
        until = utc_and_eastern(outcome.until)
        return Outcome(
            ItemState.HELD, f"not done: the table's streaming buffer holds rows, until {until} at the longest"
        )
    return Outcome(ItemState.FAILED, f"not done: others change the table all the time ({_clean(outcome.reason)})")


def _clean(words: object) -> str:
    return for_terminal(str(words), LONGEST_REASON)
