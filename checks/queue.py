"""The retry queue: rows that nobody works on, rows that nobody may try again, and whether the retrier lives at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from checks.facts.fact import Facts
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check
from checks.times import eastern_date, format_eastern, format_minutes, format_utc, minutes_between

_RETRIER = Subject(SubjectKind.QUEUE, "retrier")
_LIST_QUEUE = Suggestion("courtside queue list", "see why each row is where it is")
_GAME_KEY = re.compile(r"[A-Z]{3}@[A-Z]{3}")
_LONGEST_MESSAGE = 120


@check(
    "queue.overdue",
    "retries past due, retries that never came back, and rows that have been in the queue for hours",
    may_be_empty=(RETRY_QUEUE,),
)
def overdue(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge each active row: over 4 h in the queue is critical, a whole step past due or a stale try a warning."""
    for row in _oldest_first(row for row in facts[RETRY_QUEUE] if row.is_active):
        age = minutes_between(row.first_failure_at, as_of)
        late = _minutes_overdue(row, as_of)
        if age > policy.queue_age_critical_minutes:
            says = f"{_label(row)} has been in the retry queue for {format_minutes(age)}"
            yield _overdue(row, Severity.CRITICAL, says, row.first_failure_at, policy, as_of)
        elif late is not None and late >= policy.queue_overdue_warning_minutes:
            yield _overdue(row, Severity.WARNING, f"the retry of {_label(row)} is overdue", _due(row), policy, as_of)
        elif _is_stale(row, policy, as_of):
            says = f"the retry of {_label(row)} never came back"
            yield _overdue(row, Severity.WARNING, says, _taken_at(row), policy, as_of)


def _overdue(
    row: QueueRow, severity: Severity, says: str, since: datetime | None, policy: Policy, as_of: datetime
) -> Finding:
    return Finding(
        check=overdue.id,
        severity=severity,
        subject=_subject(row),
        sentence=f"{says}: {explain(row, policy, as_of)}",
        fault=Fault.PIPELINE,
        since=since,
        evidence=(
            Evidence("overdue", max(0, _minutes_overdue(row, as_of) or 0), "minutes", RETRY_QUEUE.name),
            Evidence("in the queue", minutes_between(row.first_failure_at, as_of), "minutes", RETRY_QUEUE.name),
            *_row_evidence(row),
        ),
        suggestions=_suggestions(row),
        key=row.id,
    )


@check(
    "queue.exhausted",
    "rows at their maximum of tries, and rows that were given up on",
    may_be_empty=(RETRY_QUEUE,),
)
def exhausted(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Name each row that will not be tried again: given up on within the scope's lookback, or about to be."""
    for row in _oldest_first(facts[RETRY_QUEUE]):
        if row.is_active and _is_at_maximum(row):
            severity, since = Severity.WARNING, row.last_retry_at or row.first_failure_at
        elif row.status == "failed_permanent" and as_of - _ended_at(row) < facts.scope.lookback:
            severity, since = Severity.ERROR, _ended_at(row)
        else:
            continue
        yield Finding(
            check=exhausted.id,
            severity=severity,
            subject=_subject(row),
            sentence=f"{_label(row)} will not be retried by itself: {explain(row, policy, as_of)}",
            fault=Fault.PIPELINE,
            since=since,
            evidence=_row_evidence(row),
            suggestions=_suggestions(row),
            key=row.id,
        )


@check(
    "queue.retrier_dead",
    "rows are due and nobody works the queue",
    may_be_empty=(RETRY_QUEUE,),
)
def retrier_dead(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Say that the retrier is not running when a row has been due for two polls and nothing was tried since it fell due."""
    rows = facts[RETRY_QUEUE]
    last_try = max((tried for row in rows if (tried := _tried_at(row)) is not None and tried <= as_of), default=None)
    waiting = _untouched(rows, last_try, as_of)
    if not waiting:
        return
    due, oldest = waiting[0]
    late = minutes_between(due, as_of)
    if late < policy.retrier_dead_minutes:
        return
    age = minutes_between(oldest.first_failure_at, as_of)
    count = "1 row is" if len(waiting) == 1 else f"{len(waiting)} rows are"
    yield Finding(
        check=retrier_dead.id,
        severity=Severity.CRITICAL if age > policy.queue_age_critical_minutes else Severity.ERROR,
        subject=_RETRIER,
        sentence=f"the retrier is not running: {count} due and nothing has been tried for {format_minutes(late)}; "
        f"{_label(oldest)} was due at {format_utc(due)} ({format_eastern(due)})",
        fault=Fault.PIPELINE,
        since=due,
        evidence=(
            Evidence("rows due and untouched", len(waiting), "rows", RETRY_QUEUE.name),
            Evidence("oldest overdue", late, "minutes", RETRY_QUEUE.name),
            Evidence("oldest in the queue", age, "minutes", RETRY_QUEUE.name),
            Evidence("last sign of the retrier", format_utc(last_try) if last_try else "none", "UTC", RETRY_QUEUE.name),
        ),
        names=tuple(sorted({_label(row) for _, row in waiting})),
        suggestions=(
            _LIST_QUEUE,
            Suggestion(
                f"courtside diagnose --date {eastern_date(as_of).isoformat()} --issue retrier",
                "see what waits for the retrier and what to do about it",
            ),
        ),
    )


def explain(row: QueueRow, policy: Policy, as_of: datetime) -> str:
    """Return why a row is where it is, as a clause; times are UTC, durations whole minutes up to `as_of`.

    No text of the row's error is in it, only its tries and times.
    """
    if row.status == "retrying":
        return _explain_retrying(row, policy, as_of)
    if row.status == "pending":
        return _explain_pending(row, as_of)
    if row.status == "succeeded":
        return f"succeeded at {format_utc(_ended_at(row))}"
    if row.status == "failed_permanent":
        return f"given up on at {format_utc(_ended_at(row))} after {row.retry_count} of {row.max_retries} tries"
    return "its status is none that the queue has"


def _explain_pending(row: QueueRow, as_of: datetime) -> str:
    if _is_at_maximum(row):
        return f"at its maximum of {row.max_retries} tries: nobody will try it again"
    due = row.next_retry_at or row.first_failure_at
    late = minutes_between(due, as_of)
    if late < 0:
        return f"waits until {format_utc(due)}, in {-late} min"
    tries = f"tried {row.retry_count} of {row.max_retries} times" if row.retry_count else "nobody has tried"
    unset = "" if row.next_retry_at else " (no next try was ever set)"
    return f"due since {format_utc(due)}{unset}, {late} min overdue: {tries}"


def _explain_retrying(row: QueueRow, policy: Policy, as_of: datetime) -> str:
    taken = _taken_at(row)
    says = f"being retried since {format_utc(taken)}, {minutes_between(taken, as_of)} min ago"
    if _is_stale(row, policy, as_of):
        return f"{says}, stale: after {policy.retrying_stale_minutes} min it should have gone back to pending"
    if _is_at_maximum(row):
        return f"{says}, at its maximum of {row.max_retries} tries"
    late = _minutes_overdue(row, as_of)
    if late is not None and late > 0:
        return f"{says}; its next try was due {late} min ago"
    return says


def _due(row: QueueRow) -> datetime | None:
    """Return when somebody should take the row: a pending row without a next time should have been taken at once."""
    if row.next_retry_at is None and row.status == "pending":
        return row.first_failure_at
    return row.next_retry_at


def _minutes_overdue(row: QueueRow, as_of: datetime) -> int | None:
    """Return the whole minutes since the row was due, negative before; None when it has no due time."""
    due = _due(row)
    return None if due is None else minutes_between(due, as_of)


def _taken_at(row: QueueRow) -> datetime:
    """Return when the worker took a `retrying` row, as far as the row tells."""
    return row.last_retry_at or row.updated_at or row.first_failure_at


def _ended_at(row: QueueRow) -> datetime:
    """Return when a row reached its final status, as far as the row tells."""
    return row.updated_at or row.last_retry_at or row.first_failure_at


def _is_stale(row: QueueRow, policy: Policy, as_of: datetime) -> bool:
    return row.status == "retrying" and minutes_between(_taken_at(row), as_of) > policy.retrying_stale_minutes


def _is_at_maximum(row: QueueRow) -> bool:
    return row.retry_count >= row.max_retries


def _tried_at(row: QueueRow) -> datetime | None:
    """Return the last sign that a worker touched the row; None when there is none.

    A row that was never tried was written when it was queued, and that is no work on the queue: only a write after its due
    time is.
    """
    updated = row.updated_at
    if row.status != "retrying" and row.retry_count == 0 and row.last_retry_at is None:
        return updated if updated and row.next_retry_at and updated > row.next_retry_at else None
    return max((moment for moment in (row.last_retry_at, updated) if moment), default=None)


def _untouched(
    rows: Iterable[QueueRow], last_try: datetime | None, as_of: datetime
) -> tuple[tuple[datetime, QueueRow], ...]:
    """Return the pending rows that fell due after the last try of any row, with their due times, oldest first.

    A row that was due before the last try is no proof: the retrier was alive after that, and may be passing this row over.
    """
    due_rows = [
        (due, row) for row in rows if row.status == "pending" and (due := _due(row)) is not None and due <= as_of
    ]
    waiting = [(due, row) for due, row in due_rows if last_try is None or last_try <= due]
    return tuple(sorted(waiting, key=lambda item: (item[0], item[1].first_failure_at, item[1].id)))


def _oldest_first(rows: Iterable[QueueRow]) -> Sequence[QueueRow]:
    """Return rows in the worker's own order."""
    return sorted(rows, key=lambda row: (row.first_failure_at, row.id))


def _name(row: QueueRow) -> str:
    return row.game_key or row.processor_name


def _label(row: QueueRow) -> str:
    return f"{_name(row)} {row.game_date.isoformat()}"


def _subject(row: QueueRow) -> Subject:
    return Subject(SubjectKind.QUEUE, _name(row), row.game_date)


def _row_evidence(row: QueueRow) -> tuple[Evidence, ...]:
    """Return the row's tries and what it failed of: the first line of the message, cut, for the edge to clean."""
    lines = (row.error_message or "").strip().splitlines()
    found = [
        Evidence("tries", row.retry_count, f"of {row.max_retries}", RETRY_QUEUE.name),
        Evidence("error type", row.error_type or "unknown", "", RETRY_QUEUE.name),
    ]
    if lines:
        found.append(Evidence("error", lines[0][:_LONGEST_MESSAGE], "", RETRY_QUEUE.name))
    return tuple(found)


def _suggestions(row: QueueRow) -> tuple[Suggestion, ...]:
    """Return what to type; a game key that is not two tricodes is never put into a command to be pasted."""
    if row.game_key is None or not _GAME_KEY.fullmatch(row.game_key):
        return (_LIST_QUEUE,)
    command = f"courtside trace {row.game_key} --date {row.game_date.isoformat()}"
    return (_LIST_QUEUE, Suggestion(command, "see what each stage holds of the game"))
