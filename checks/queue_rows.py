"""One row of the retry queue: where it stands, why, when it is due, and what it is called."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from checks.facts.retry_queue import QueueRow
from checks.model import Subject, SubjectKind
from checks.policy import Policy
from checks.times import format_utc, minutes_between

_MINUTE = timedelta(minutes=1)


class Standing(StrEnum):
    """Where a row of the queue stands, in the words that operators of job queues know; the value is the word."""

    DUE = "due"
    RETRYING = "retrying"
    EXHAUSTED = "exhausted"
    WAITING = "waiting"
    DEAD = "dead"
    DONE = "done"
    STRANGE = "strange"
    """A status that the queue does not have."""


def standing(row: QueueRow, as_of: datetime) -> Standing:
    """Return where a row stands at `as_of`, a whole minute of aware UTC, as `explain` says it in a sentence."""
    if row.status == "pending":
        if is_at_maximum(row):
            return Standing.EXHAUSTED
        return Standing.DUE if (row.next_retry_at or row.first_failure_at) < as_of + _MINUTE else Standing.WAITING
    return _STANDINGS.get(row.status, Standing.STRANGE)


_STANDINGS = {"retrying": Standing.RETRYING, "failed_permanent": Standing.DEAD, "succeeded": Standing.DONE}


def explain(row: QueueRow, policy: Policy, as_of: datetime) -> str:
    """Return why a row is where it is, as a clause; times are UTC, durations whole minutes up to `as_of`.

    No text of the row's error is in it, only its tries and times.
    """
    if row.status == "retrying":
        return _explain_retrying(row, policy, as_of)
    if row.status == "pending":
        return _explain_pending(row, as_of)
    if row.status == "succeeded":
        return f"succeeded at {format_utc(ended_at(row))}"
    if row.status == "failed_permanent":
        return f"given up on at {format_utc(ended_at(row))} after {row.retry_count} of {row.max_retries} tries"
    return "its status is none that the queue has"


def _explain_pending(row: QueueRow, as_of: datetime) -> str:
    if is_at_maximum(row):
        return f"at its maximum of {row.max_retries} tries: nobody will try it again"
    due = row.next_retry_at or row.first_failure_at
    late = minutes_between(due, as_of)
    if late < 0:
        return f"waits until {format_utc(due)}, in {-late} min"
    tries = f"tried {row.retry_count} of {row.max_retries} times" if row.retry_count else "nobody has tried"
    unset = "" if row.next_retry_at else " (no next try was ever set)"
    return f"due since {format_utc(due)}{unset}, {late} min overdue: {tries}"


def _explain_retrying(row: QueueRow, policy: Policy, as_of: datetime) -> str:
    taken = taken_at(row)
    says = f"being retried since {format_utc(taken)}, {minutes_between(taken, as_of)} min ago"
    if is_stale(row, policy, as_of):
        return f"{says}, stale: after {policy.retrying_stale_minutes} min it should have gone back to pending"
    if is_at_maximum(row):
        return f"{says}, at its maximum of {row.max_retries} tries"
    late = minutes_overdue(row, as_of)
    if late is not None and late > 0:
        return f"{says}; its next try was due {late} min ago"
    return says


def due_at(row: QueueRow) -> datetime | None:
    """Return when somebody should take the row: a pending row without a next time should have been taken at once."""
    if row.next_retry_at is None and row.status == "pending":
        return row.first_failure_at
    return row.next_retry_at


def minutes_overdue(row: QueueRow, as_of: datetime) -> int | None:
    """Return the whole minutes since the row was due, negative before; None when it has no due time."""
    due = due_at(row)
    return None if due is None else minutes_between(due, as_of)


def taken_at(row: QueueRow) -> datetime:
    """Return when the worker took a `retrying` row, as far as the row tells."""
    return row.last_retry_at or row.updated_at or row.first_failure_at


def ended_at(row: QueueRow) -> datetime:
    """Return when a row reached its final status, as far as the row tells."""
    return row.updated_at or row.last_retry_at or row.first_failure_at


def is_stale(row: QueueRow, policy: Policy, as_of: datetime) -> bool:
    """Return whether a try was taken up so long ago that the row should have gone back to pending."""
    return row.status == "retrying" and minutes_between(taken_at(row), as_of) > policy.retrying_stale_minutes


RETRIED_BY_HAND = "retried by "
"""How the note begins that an operator's "retry now" leaves: it moves a row's next try, and tries nothing itself."""


def is_never_tried(row: QueueRow) -> bool:
    """Return whether no worker ever took a row."""
    return row.status != "retrying" and row.retry_count == 0 and row.last_retry_at is None


def is_only_moved(row: QueueRow) -> bool:
    """Return whether a row was never tried and an operator has moved its next try, as far as its note tells."""
    return is_never_tried(row) and (row.resolution_notes or "").startswith(RETRIED_BY_HAND)


def is_at_maximum(row: QueueRow) -> bool:
    """Return whether no try is left."""
    return row.retry_count >= row.max_retries


def name_of(row: QueueRow) -> str:
    """Return what is being retried: the game where the row is about one, else the processor."""
    return row.game_key or row.processor_name


def label_of(row: QueueRow) -> str:
    """Return the name with its game date: `LAL@DAL 2026-01-24`."""
    return f"{name_of(row)} {row.game_date.isoformat()}"


def subject_of(row: QueueRow) -> Subject:
    """Return what findings and actions about a row are about."""
    return Subject(SubjectKind.QUEUE, name_of(row), row.game_date)
