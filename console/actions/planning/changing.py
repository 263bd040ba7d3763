"""Plans to change rows that are in the queue: cancel, resolve, retry now, hold until. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from checks.facts.retry_queue import QueueRow
from checks.queue_rows import due_at, explain, is_at_maximum, is_stale
from checks.times import both_zones
from console.actions.plan import PlanItem, SetStatus
from console.actions.planning.draft import Asked
from console.actions.planning.obstacles import hindrance, needs_nothing, newest_ended
from console.actions.planning.reading import QueueState
from console.actions.planning.requeue import requeue, two_active
from console.actions.planning.targets import Target, read_of, read_of_row
from console.queue_changes import QueueKey, SeenRow
from screens.orders import Order, Verb

LONGEST_HOLD = timedelta(days=7)
"""What waits for longer is cancelled instead, and requeued when its time has come."""

Change = Callable[[Target, QueueKey, QueueRow, QueueState, Asked], tuple[str, SetStatus | None]]
"""Returns what is done to an active row and its step; or why it is not, and None."""


def order_refusal(order: Order, now: datetime) -> str:
    """Return why an order cannot be, whatever it is about, or ""."""
    if order.verb is Verb.RESOLVE and not order.note.strip():
        return "resolving needs a note that says how it was resolved: give --note"
    if order.verb is not Verb.HOLD:
        return ""
    if order.until is None:
        return "a hold needs its end: give --until"
    if not now < order.until <= now + LONGEST_HOLD:
        return f"a hold ends in the future and at most 7 days on, not {both_zones(order.until)}"
    return ""


def change(target: Target, state: QueueState, asked: Asked) -> Iterator[PlanItem]:
    """Yield what the order does to each row of a target, or why it does nothing."""
    read = read_of(target, state)
    if reason := target.refused or order_refusal(asked.order, asked.now):
        yield PlanItem(target.name, "", reason, read=read)
    elif asked.order.verb is Verb.RETRY and (not target.active or len(target.active) > 1):
        yield _retried_whole(target, state, asked)
    elif not target.chosen:
        yield PlanItem(target.name, "", f"nothing of it is in the queue any more{_ended(target, state)}", read=read)
    else:
        for row in target.chosen:
            yield _item(target, row, state, asked)


def _item(target: Target, row: QueueRow, state: QueueState, asked: Asked) -> PlanItem:
    name = target.name if len(target.active) == 1 else f"{target.name} ({row.id})"
    # Where nothing is made to run, the row alone decides: what the same plan does to its neighbours changes nothing for it.
    read = read_of(target, state) if asked.order.verb is Verb.RETRY else read_of_row(row)
    if target.key is None:  # never: such a target is refused
        return PlanItem(name, "", target.refused, read=read)
    said, step = _CHANGES[asked.order.verb](target, target.key, row, state, asked)
    return PlanItem(name, said, step=step, read=read) if step is not None else PlanItem(name, "", said, read=read)


def _cancelled(
    _target: Target, key: QueueKey, row: QueueRow, state: QueueState, asked: Asked
) -> tuple[str, SetStatus | None]:
    return _ending(key, row, state, "failed_permanent", _note("cancelled", asked))


def _resolved(
    _target: Target, key: QueueKey, row: QueueRow, state: QueueState, asked: Asked
) -> tuple[str, SetStatus | None]:
    return _ending(key, row, state, "succeeded", _note("resolved", asked))


def _ending(key: QueueKey, row: QueueRow, state: QueueState, status: str, note: str) -> tuple[str, SetStatus | None]:
    kept = f"note: {note}" if "resolution_notes" in state.columns else "without the note, for which it has no column"
    return f"row {row.id}: {status} instead of {row.status}, {kept}", SetStatus(key, SeenRow.of(row), status, note=note)


def _held(
    _target: Target, key: QueueKey, row: QueueRow, state: QueueState, asked: Asked
) -> tuple[str, SetStatus | None]:
    until = asked.order.until
    if row.status != "pending" or until is None:
        return f"only what is pending can be held ({row.id}): {explain(row, state.policy, state.now)}", None
    if is_at_maximum(row):
        return f"{row.id} is {explain(row, state.policy, state.now)}, with or without a hold", None
    note = _note("held", asked)
    step = SetStatus(key, SeenRow.of(row), "pending", next_retry_at=until, note=note)
    return f"row {row.id}: next retry {both_zones(until)}{_instead(row)}", step


def _retried(
    target: Target, key: QueueKey, row: QueueRow, state: QueueState, asked: Asked
) -> tuple[str, SetStatus | None]:
    """A row at its maximum begins anew; one whose try never came back is pending again."""
    if row.status == "retrying" and not is_stale(row, state.policy, state.now):
        return f"already queued ({row.id}, {row.status}): {explain(row, state.policy, state.now)}", None
    if reason := needs_nothing(target, state) or hindrance(target, state):
        return reason, None
    count = 0 if is_at_maximum(row) else None
    step = SetStatus(key, SeenRow.of(row), "pending", asked.now, count, _note("retried", asked))
    anew = f", retry_count 0 instead of {row.retry_count}" if count == 0 else ""
    return f"row {row.id}: next retry now{_instead(row)}{anew}", step


_CHANGES: dict[Verb, Change] = {
    Verb.CANCEL: _cancelled,
    Verb.RESOLVE: _resolved,
    Verb.HOLD: _held,
    Verb.RETRY: _retried,
}


def _retried_whole(target: Target, state: QueueState, asked: Asked) -> PlanItem:
    """Return what a retry is for what was given up on: it is requeued; what never failed, or is there twice, is not."""
    if reason := two_active(target.active):
        return PlanItem(target.name, "", reason, read=read_of(target, state))
    return requeue(target, state, asked)


def _note(done: str, asked: Asked) -> str:
    return f"{done} by {asked.by}" + (f": {asked.order.note}" if asked.order.note else "")


def _instead(row: QueueRow) -> str:
    due = due_at(row)
    return f" instead of {both_zones(due)}" if due is not None else ""


def _ended(target: Target, state: QueueState) -> str:
    last = newest_ended(target)
    return "" if last is None else f" ({last.id}): {explain(last, state.policy, state.now)}"
