"""Prediction workers by their heartbeats: stale, with a batch that is lost, or restarted. Pure; not every pipeline has them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from checks.facts.fact import Fact, Facts, Partition
from checks.model import Evidence, Fault, Finding, Scope, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check
from checks.times import both_zones, eastern_date, format_minutes, minutes_between

SOURCE = "prediction_workers"
"""Where heartbeats stand; PIPELINE.md, "Firestore documents"."""
MISSED_BEATS = 2
"""Of a worker without work, after which it is missed; own choice, as of the watcher's intervals."""

_MINUTE = timedelta(minutes=1)


class WorkerState(Enum):
    """What a worker says of itself."""

    IDLE = "idle"
    WORKING = "working"
    RECOVERED = "recovered"
    """It was restarted and goes on with the batch that it had."""


@dataclass(frozen=True, slots=True)
class FinishedBatch:
    """A batch that a worker has done to its end, and when (aware UTC)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """What is kept of one worker."""

    worker_id: str


@dataclass(frozen=True, slots=True)
class UnreadableRecord(WorkerRecord):
    """What is kept of a worker and is no heartbeat; `reason` says what is wrong with it."""

    reason: str


@dataclass(frozen=True, slots=True)
class WorkerBeat(WorkerRecord):
    """A worker's newest heartbeat (aware UTC), with the batch that it has: its id, its game date, and how far it is.

    `every_seconds` is how often it says that it beats, also without work; 0 where it says nothing. `progressed_at` (aware UTC) is
    when it last began its batch, took it up again after a restart or did something of it, None where nobody says; `finished` are
    the batches that it has done lately.
    """

    heartbeat_at: datetime
    state: WorkerState
    batch_id: str = ""
    game_date: date | None = None
    completed: int = 0
    expected: int = 0
    every_seconds: int = 0
    progressed_at: datetime | None = None
    finished: tuple[FinishedBatch, ...] = ()

    @property
    def is_at_work(self) -> bool:
        """True while it has a batch that is not done."""
        return self.state is not WorkerState.IDLE and self.completed < self.expected

    @property
    def worked_at(self) -> datetime:
        """When something of its batch was last done, as far as that is known."""
        return self.progressed_at or self.heartbeat_at

    @property
    def left_on(self) -> date | None:
        """The Eastern date of its last heartbeat, None where its batch is of no known date, and is looked at always."""
        return eastern_date(self.heartbeat_at) if self.game_date else None

    def has_taken_over(self, other: WorkerBeat) -> bool:
        """Return whether the batch that another worker has is this one's by now, or was done to its end by it.

        Ids of batches come again when a date is predicted once more: only what happened since the other last worked counts.
        """
        if not other.batch_id or other.worker_id == self.worker_id:
            return False
        if any(batch.id == other.batch_id and batch.at >= other.worked_at for batch in self.finished):
            return True
        has_it = self.batch_id == other.batch_id and (self.is_at_work or 0 < self.expected <= self.completed)
        return has_it and self.worked_at > other.worked_at


WORKER_BEATS = Fact(name=SOURCE, row=WorkerRecord, tables=(), partition=Partition.EVENT_TIME)
"""Not asked of the warehouse: heartbeats stand in a store of their own, and whoever has one adds them to the facts."""


@check(
    "workers.heartbeat", "prediction workers that are silent, batches that are lost, and workers that were restarted"
)
def heartbeat(facts: Facts, policy: Policy, as_of: datetime) -> tuple[Finding, ...]:
    """Judge the heartbeats that are known. It declares no need of them: who has no workers is told nothing."""
    return worker_findings(facts.known(WORKER_BEATS), policy, facts.scope)


def worker_findings(records: Iterable[WorkerRecord], policy: Policy, scope: Scope) -> tuple[Finding, ...]:
    """Return what heartbeats up to the scope's moment say, worker by worker.

    A batch that another worker has taken over since is neither lost nor the first one's business any more. A batch is looked at
    as long as its game date or its last heartbeat lies in the scope's dates: after that it is not known to be mended, and no
    alarm. A worker without work is only missed where it has said how often it beats.

    The subject's date never moves while the trouble lasts, and says which reports can tell that it is over: of a silent worker's
    batch it is the Eastern date of the last heartbeat and not the game date, which may be long ago or yet to come. What is said
    of a worker without work, or of one that beats, has none: that is looked at always, whichever day its batch is of.
    """
    ordered = sorted(of_the_moment(records, scope), key=lambda record: record.worker_id)
    beats = (record for record in ordered if isinstance(record, WorkerBeat))
    clocks_differ = timedelta(
        minutes=policy.worker_stale_minutes
    )  # so much later the silence of one that is ahead is noticed
    known = {beat.worker_id: beat for beat in beats if beat.heartbeat_at < scope.as_of + clocks_differ}
    return tuple(finding for record in ordered for finding in _judged(record, known, policy, scope))


def of_the_moment(records: Iterable[WorkerRecord], scope: Scope) -> tuple[WorkerRecord, ...]:
    """Return the records without heartbeats that are merely later than a moment of the past: how it was before is not kept.

    Of now all count, for they are read after the report's moment, and clocks differ.
    """
    if not scope.is_chosen:
        return tuple(records)
    end = scope.as_of + _MINUTE
    return tuple(record for record in records if not isinstance(record, WorkerBeat) or record.heartbeat_at < end)


def _judged(record: WorkerRecord, known: Mapping[str, WorkerBeat], policy: Policy, scope: Scope) -> Iterator[Finding]:
    if isinstance(record, UnreadableRecord):
        yield _unseen(record.worker_id, f"it is not known how {record.worker_id} is: {record.reason}")
    elif beat := known.get(record.worker_id):
        yield from _of_known(beat, known.values(), policy, scope)
    elif isinstance(record, WorkerBeat):
        yield _of_the_future(record)


def _of_known(beat: WorkerBeat, known: Iterable[WorkerBeat], policy: Policy, scope: Scope) -> Iterator[Finding]:
    if not beat.is_at_work:
        yield from _of_idle(beat, policy, scope.as_of)
    elif _is_looked_at(beat, scope) and not any(other.has_taken_over(beat) for other in known):
        yield from _of_batch(beat, policy, scope.as_of)


def _is_looked_at(beat: WorkerBeat, scope: Scope) -> bool:
    return beat.game_date is None or max(beat.game_date, eastern_date(beat.heartbeat_at)) >= scope.first


def _of_the_future(beat: WorkerBeat) -> Finding:
    said = (
        f"it is not known how {beat.worker_id} is: its last heartbeat says {both_zones(beat.heartbeat_at)}, which has yet to "
        "come; set the clock of its machine"
    )
    return _unseen(beat.worker_id, said)


def _of_idle(beat: WorkerBeat, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    silent = minutes_between(beat.heartbeat_at, as_of)
    every = beat.every_seconds / 60
    if not every or silent < max(policy.worker_stale_minutes, MISSED_BEATS * every):
        return
    said = (
        f"{beat.worker_id} has been silent for {format_minutes(silent)}, since {both_zones(beat.heartbeat_at)}; "
        f"it had no work and is to beat every {format_minutes(every)}"
    )
    yield _finding(beat, Severity.WARNING, said, beat.heartbeat_at, as_of)


def _of_batch(beat: WorkerBeat, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    silent = minutes_between(beat.heartbeat_at, as_of)
    still = minutes_between(beat.worked_at, as_of)
    done = f"{beat.completed} of {beat.expected} predictions of batch {beat.batch_id} are done"
    if silent >= policy.worker_lost_minutes:
        said = (
            f"the batch {beat.batch_id} is lost: {beat.worker_id} has been silent for {format_minutes(silent)}, {done}"
        )
        yield _finding(beat, Severity.ERROR, said, beat.heartbeat_at, as_of, beat.left_on)
    elif beat.progressed_at is not None and still >= policy.worker_stuck_minutes:
        said = (
            f"the batch {beat.batch_id} stands still: {beat.worker_id} beats, and has done nothing of it for "
            f"{format_minutes(still)}, {done}"
        )
        yield _finding(beat, Severity.ERROR, said, beat.progressed_at, as_of)
    elif silent >= policy.worker_stale_minutes:
        said = f"{beat.worker_id} has been silent for {format_minutes(silent)}, since {both_zones(beat.heartbeat_at)}; {done}"
        yield _finding(beat, Severity.WARNING, said, beat.heartbeat_at, as_of, beat.left_on)
    elif beat.state is WorkerState.RECOVERED:
        said = f"{beat.worker_id} was restarted and goes on: {done}"
        yield _finding(beat, Severity.OK, said, beat.heartbeat_at, as_of)


def _finding(
    beat: WorkerBeat, severity: Severity, sentence: str, since: datetime, as_of: datetime, day: date | None = None
) -> Finding:
    def minutes_since(label: str, moment: datetime) -> Evidence:
        return Evidence(label, max(0, minutes_between(moment, as_of)), "minutes", SOURCE)

    left = beat.expected - beat.completed if beat.is_at_work else 0
    return Finding(
        check=heartbeat.id,
        severity=severity,
        subject=Subject(SubjectKind.PROCESSOR, beat.worker_id, day),
        sentence=sentence,
        fault=Fault.PIPELINE,
        since=since,
        suggestions=_suggestions(beat.worker_id) if severity is not Severity.OK else (),
        evidence=(
            minutes_since("since the last heartbeat", beat.heartbeat_at),
            *(
                [minutes_since("since its batch was taken up or went on", beat.progressed_at)]
                if beat.progressed_at
                else []
            ),
            Evidence("not predicted", left, "predictions", SOURCE),
        ),
        key=beat.batch_id,
    )


def _suggestions(worker_id: str) -> tuple[Suggestion, ...]:
    return (
        Suggestion("courtside workers list", "see all workers and how far their batches are"),
        Suggestion(
            f"courtside workers retire {shlex.quote(worker_id)}", "where it does not come back: miss it no longer"
        ),
    )


def _unseen(worker_id: str, sentence: str) -> Finding:
    return Finding(
        check=heartbeat.id,
        severity=Severity.UNKNOWN,
        subject=Subject(SubjectKind.PROCESSOR, worker_id),
        sentence=sentence,
        fault=Fault.CHECK,
        suggestions=_suggestions(worker_id),
    )
