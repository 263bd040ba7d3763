"""Prediction workers by their heartbeats: stale, with a batch that is lost, or restarted. Pure; not every pipeline has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from checks.facts.fact import Fact, Facts, Partition
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind
from checks.policy import Policy
from checks.registry import check
from checks.times import both_zones, format_minutes, minutes_between

SOURCE = "prediction_workers"
"""Where heartbeats stand; PIPELINE.md, "Firestore documents"."""
MISSED_BEATS = 2
"""Of a worker without work, after which it is missed; own choice, as of the watcher's intervals."""


class WorkerState(Enum):
    """What a worker says of itself."""

    IDLE = "idle"
    WORKING = "working"
    RECOVERED = "recovered"
    """It was restarted and goes on with the batch that it had."""


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """A worker's newest heartbeat (aware UTC), with the batch that it has: its id, its game date, and how far it is.

    `every_seconds` is how often it says that it beats, also without work; 0 where it says nothing.
    """

    worker_id: str
    heartbeat_at: datetime
    state: WorkerState
    batch_id: str = ""
    game_date: date | None = None
    completed: int = 0
    expected: int = 0
    every_seconds: int = 0

    @property
    def is_at_work(self) -> bool:
        """True while it has a batch that is not done."""
        return self.state is not WorkerState.IDLE and self.completed < self.expected


WORKER_BEATS = Fact(name=SOURCE, row=WorkerBeat, tables=(), partition=Partition.EVENT_TIME)
"""Not asked of the warehouse: heartbeats stand in a store of their own, and whoever has one adds them to the facts."""


@check(
    "workers.heartbeat", "prediction workers that are silent, batches that are lost, and workers that were restarted"
)
def heartbeat(facts: Facts, policy: Policy, as_of: datetime) -> tuple[Finding, ...]:
    """Judge the heartbeats that are known. It declares no need of them: who has no workers is told nothing."""
    return worker_findings(facts.known(WORKER_BEATS), policy, as_of)


def worker_findings(beats: Iterable[WorkerBeat], policy: Policy, as_of: datetime) -> tuple[Finding, ...]:
    """Return what heartbeats up to a moment (aware UTC) say, worker by worker.

    A batch that another worker has taken over since is neither lost nor the first one's business any more. A worker without work
    is only missed where it has said how often it beats.
    """
    known = sorted((beat for beat in beats if beat.heartbeat_at <= as_of), key=lambda beat: beat.worker_id)
    newest = {beat.batch_id: beat for beat in sorted(known, key=lambda beat: beat.heartbeat_at)}
    mine = (beat for beat in known if not beat.is_at_work or newest[beat.batch_id] is beat)
    judges = ((_of_batch if beat.is_at_work else _of_idle, beat) for beat in mine)
    return tuple(finding for judge, beat in judges for finding in judge(beat, policy, as_of))


def _of_idle(beat: WorkerBeat, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    silent = minutes_between(beat.heartbeat_at, as_of)
    every = beat.every_seconds / 60
    if not every or silent < max(policy.worker_stale_minutes, MISSED_BEATS * every):
        return
    said = (
        f"{beat.worker_id} has been silent for {format_minutes(silent)}, since {both_zones(beat.heartbeat_at)}; "
        f"it had no work and is to beat every {format_minutes(every)}"
    )
    yield _finding(beat, Severity.WARNING, said, 0, silent)


def _of_batch(beat: WorkerBeat, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    silent = minutes_between(beat.heartbeat_at, as_of)
    left = beat.expected - beat.completed
    done = f"{beat.completed} of {beat.expected} predictions of batch {beat.batch_id} are done"
    if silent >= policy.worker_lost_minutes:
        said = (
            f"the batch {beat.batch_id} is lost: {beat.worker_id} has been silent for {format_minutes(silent)}, {done}"
        )
        yield _finding(beat, Severity.ERROR, said, left, silent)
    elif silent >= policy.worker_stale_minutes:
        said = f"{beat.worker_id} has been silent for {format_minutes(silent)}, since {both_zones(beat.heartbeat_at)}; {done}"
        yield _finding(beat, Severity.WARNING, said, left, silent)
    elif beat.state is WorkerState.RECOVERED:
        yield _finding(beat, Severity.OK, f"{beat.worker_id} was restarted and goes on: {done}", left, silent)


def _finding(beat: WorkerBeat, severity: Severity, sentence: str, left: int, silent: int) -> Finding:
    return Finding(
        check=heartbeat.id,
        severity=severity,
        subject=Subject(SubjectKind.PROCESSOR, beat.worker_id, beat.game_date),
        sentence=sentence,
        fault=Fault.PIPELINE,
        since=beat.heartbeat_at,
        evidence=(
            Evidence("since the last heartbeat", silent, "minutes", SOURCE),
            Evidence("not predicted", left, "predictions", SOURCE),
        ),
        key=beat.batch_id,
    )
