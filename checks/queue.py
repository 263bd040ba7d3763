"""The retry queue: rows that nobody works on, rows that nobody may try again, and whether the retrier lives at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Facts
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.queue_rows import (
    due_at,
    ended_at,
    explain,
    is_at_maximum,
    is_never_tried,
    is_only_moved,
    is_stale,
    label_of,
    minutes_overdue,
    subject_of,
    taken_at,
)
from checks.registry import check
from checks.times import eastern_date, format_minutes, format_utc, minutes_between, utc_and_eastern

_RETRIER = Subject(SubjectKind.QUEUE, "retrier")
_LIST_QUEUE = Suggestion("courtside queue list", "see why each row is where it is")
_GAME_KEY = re.compile(r"[A-Z]{3}@[A-Z]{3}")
_LONGEST_MESSAGE = 120

MOST_NAMED = 100
"""Rows that a check names one by one, oldest first; what is beyond is counted."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is wrong with one row, and since when (UTC)."""

    severity: Severity
    says: str
    since: datetime | None


@check(
    "queue.overdue",
    "retries past due, retries that never came back, and rows that have been in the queue for hours",
    may_be_empty=(RETRY_QUEUE,),
)
def overdue(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge each active row: over 4 h in the queue is critical, a whole step past due or a stale try a warning."""
    active = _oldest_first(row for row in facts[RETRY_QUEUE] if row.is_active)
    troubled = [(row, trouble) for row in active if (trouble := _lateness(row, policy, as_of)) is not None]
    for row, trouble in troubled[:MOST_NAMED]:
        yield _overdue(row, trouble, policy, as_of)
    yield from _further(
        overdue.id, [trouble for _, trouble in troubled[MOST_NAMED:]], "wait too long in the retry queue"
    )


def _lateness(row: QueueRow, policy: Policy, as_of: datetime) -> _Trouble | None:
    """Return what is wrong with an active row's waiting, or None."""
    age = minutes_between(row.first_failure_at, as_of)
    late = minutes_overdue(row, as_of)
    label = label_of(row)
    if age > policy.queue_age_critical_minutes:
        says = f"{label} has been in the retry queue for {format_minutes(age)}"
        return _Trouble(Severity.CRITICAL, says, row.first_failure_at)
    if late is not None and late >= policy.queue_overdue_warning_minutes:
        return _Trouble(Severity.WARNING, f"the retry of {label} is overdue", due_at(row))
    if is_stale(row, policy, as_of):
        return _Trouble(Severity.WARNING, f"the retry of {label} never came back", taken_at(row))
    return None


def _further(check_id: str, troubles: Sequence[_Trouble], says: str) -> Iterator[Finding]:
    """Yield one finding for all rows beyond those named one by one: nobody reads 100,000 findings."""
    if not troubles:
        return
    yield Finding(
        check=check_id,
        severity=max(trouble.severity for trouble in troubles),
        subject=Subject(SubjectKind.QUEUE, "further rows"),
        sentence=f"{len(troubles):,} further rows {says}",
        fault=Fault.PIPELINE,
        since=min((trouble.since for trouble in troubles if trouble.since is not None), default=None),
        evidence=(Evidence("further rows", len(troubles), "rows", RETRY_QUEUE.name),),
        suggestions=(_LIST_QUEUE,),
    )


def _overdue(row: QueueRow, trouble: _Trouble, policy: Policy, as_of: datetime) -> Finding:
    return Finding(
        check=overdue.id,
        severity=trouble.severity,
        subject=subject_of(row),
        sentence=f"{trouble.says}: {explain(row, policy, as_of)}",
        fault=Fault.PIPELINE,
        since=trouble.since,
        evidence=(
            Evidence("overdue", max(0, minutes_overdue(row, as_of) or 0), "minutes", RETRY_QUEUE.name),
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
    rows = _oldest_first(facts[RETRY_QUEUE])
    lost = [(row, trouble) for row in rows if (trouble := _exhaustion(row, as_of - facts.scope.lookback)) is not None]
    for row, trouble in lost[:MOST_NAMED]:
        yield Finding(
            check=exhausted.id,
            severity=trouble.severity,
            subject=subject_of(row),
            sentence=f"{trouble.says}: {explain(row, policy, as_of)}",
            fault=Fault.PIPELINE,
            since=trouble.since,
            evidence=_row_evidence(row),
            suggestions=_suggestions(row),
            key=row.id,
        )
    yield from _further(
        exhausted.id, [trouble for _, trouble in lost[MOST_NAMED:]], "will not be retried by themselves"
    )


def _exhaustion(row: QueueRow, since: datetime) -> _Trouble | None:
    """Return why nobody will try a row again, or None; rows that ended up to `since` are forgotten."""
    says = f"{label_of(row)} will not be retried by itself"
    if row.is_active and is_at_maximum(row):
        return _Trouble(Severity.WARNING, says, row.last_retry_at or row.first_failure_at)
    if row.status == "failed_permanent" and ended_at(row) > since:
        return _Trouble(Severity.ERROR, says, ended_at(row))
    return None


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
        f"{label_of(oldest)} was due at {utc_and_eastern(due)}",
        fault=Fault.PIPELINE,
        since=due,
        evidence=(
            Evidence("rows due and untouched", len(waiting), "rows", RETRY_QUEUE.name),
            Evidence("oldest overdue", late, "minutes", RETRY_QUEUE.name),
            Evidence("oldest in the queue", age, "minutes", RETRY_QUEUE.name),
            Evidence("last sign of the retrier", format_utc(last_try) if last_try else "none", "", RETRY_QUEUE.name),
        ),
        names=tuple(sorted({label_of(row) for _, row in waiting})),
        suggestions=(
            _LIST_QUEUE,
            Suggestion(
                f"courtside diagnose --date {eastern_date(as_of).isoformat()} --issue retrier",
                "see what waits for the retrier and what to do about it",
            ),
            Suggestion(
                "courtside queue drain", "see what a round of our own drainer would do; with --apply it does it"
            ),
        ),
    )


def _tried_at(row: QueueRow) -> datetime | None:
    """Return the last sign that a worker touched the row; None when there is none.

    A row that was never tried was written when it was queued, and that is no work on the queue: only a write after its due
    time is, unless it was an operator's, who moved its next try.
    """
    updated = row.updated_at
    if is_only_moved(row):
        return None
    if is_never_tried(row):
        return updated if updated and row.next_retry_at and updated > row.next_retry_at else None
    return max((moment for moment in (row.last_retry_at, updated) if moment), default=None)


def _untouched(
    rows: Iterable[QueueRow], last_try: datetime | None, as_of: datetime
) -> tuple[tuple[datetime, QueueRow], ...]:
    """Return the pending rows that fell due after the last try of any row, with their due times, oldest first.

    A row that was due before the last try is no proof: the retrier was alive after that, and may be passing this row over. One
    whose next try an operator has moved waits since its first failure: that nobody took it until then is no better for it.
    """
    due_rows = [
        (due, row) for row in rows if row.status == "pending" and (due := _due_since(row)) is not None and due <= as_of
    ]
    waiting = [(due, row) for due, row in due_rows if last_try is None or last_try <= due]
    return tuple(sorted(waiting, key=lambda item: (item[0], item[1].first_failure_at, item[1].id)))


def _due_since(row: QueueRow) -> datetime | None:
    return row.first_failure_at if is_only_moved(row) else due_at(row)


def _oldest_first(rows: Iterable[QueueRow]) -> Sequence[QueueRow]:
    """Return rows in the worker's own order."""
    return sorted(rows, key=lambda row: (row.first_failure_at, row.id))


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
