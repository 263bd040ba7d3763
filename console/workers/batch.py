"""A worker with its batch: it beats with each item that is done, and finds the rest again after a restart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import RLock

from checks.workers import FinishedBatch, WorkerBeat, WorkerState
from console.workers.store import Kept, UnreadableWorkerError, WorkerStore

REMEMBERED, MOST_REMEMBERED = timedelta(days=7), 200
"""Finished batches: for longer than anybody looks at the dates of one, and few enough for a document; own choice."""
SOON_AGAIN = timedelta(minutes=15)
"""Between the last heartbeat and one more restart: after that its batch is lost anyway, as of `worker_lost_minutes`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker has to predict for one Eastern game date, and which of it is done."""

    id: str
    game_date: date
    items: tuple[str, ...]
    done: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """What is still to be done, in order."""
        known = set(self.done)
        return tuple(item for item in self.items if item not in known)


class BatchWorker:
    """One worker, whose id stays the same when it is restarted. `now` returns aware UTC. Safe from several threads.

    `every` is how often it beats, also without work; a worker that has said so is missed when it dies without any.
    `done` is called when an item's prediction has been written: a crash between the two repeats that one item, so writing it has
    to be safe to repeat. A batch belongs to one worker at a time: whoever begins one of the same id has taken it over.
    Every method raises WorkerStoreError; it is a SupersededError where another process of the same id has begun or recovered a
    batch since.
    """

    def __init__(
        self, store: WorkerStore, worker_id: str, now: Callable[[], datetime], every: timedelta = timedelta(0)
    ) -> None:
        self._store = store
        self._every_seconds = math.ceil(every.total_seconds())
        self._may_have_left_some = True
        self._id = worker_id
        self._now = now
        self._batch: Batch | None = None
        self._state = WorkerState.IDLE
        self._progressed_at: datetime | None = None
        self._finished: tuple[FinishedBatch, ...] = ()
        self._generation: int | None = None  # that this process has met or made
        self._owns_batch = False
        self._lock = RLock()

    def recover(self) -> Batch | None:
        """Return the batch that an earlier process of this worker has left undone, None where there is none; go on with it.

        It is None too where another worker has taken the batch over since, and where it was kept by somebody who only counted
        its items: that one stays as it is, and lost, until somebody begins it again. While it was down it did not stand still.
        """
        with self._lock:
            kept = self._meet()
            if kept is None or not kept.beat.is_at_work or self._is_taken_over(kept.beat):
                self._may_have_left_some = False
                return None
            if not kept.is_whole or kept.beat.game_date is None:
                return None
            self._batch = Batch(kept.beat.batch_id, kept.beat.game_date, kept.items, kept.done)
            self._state, self._progressed_at = WorkerState.RECOVERED, self._taken_up_at(kept.beat)
            self._may_have_left_some = self._owns_batch = False
            self._keep_batch(self._batch)
            return self._batch

    def begin(self, batch_id: str, game_date: date, items: Sequence[str]) -> Batch:
        """Begin a batch, in place of whatever there was."""
        with self._lock:
            if self._generation is None:
                self._meet_readable()
            self._batch = Batch(batch_id, game_date, tuple(dict.fromkeys(items)))
            self._state, self._progressed_at = WorkerState.WORKING, self._now()
            self._keep_batch(self._batch)
            return self._batch

    def done(self, item: str) -> Batch:
        """Keep that an item of the batch is done, which is a heartbeat too. Raises ValueError for what is not in the batch."""
        with self._lock:
            if self._batch is None or item not in self._batch.items:
                raise ValueError(f"{item} is not in the batch of {self._id}")
            if item not in self._batch.done:
                self._batch = replace(self._batch, done=(*self._batch.done, item))
                self._progressed_at = self._now()
                if not self._batch.left:
                    self._remember(FinishedBatch(self._batch.id, self._progressed_at))
            self._keep_batch(self._batch)
            return self._batch

    def beat(self) -> None:
        """Give a sign of life; at least once a minute while something takes longer.

        What an earlier process has left undone stays as it is until somebody recovers it or begins something else: nothing is
        kept until then, for this is no sign of life of that batch.
        """
        with self._lock:
            if self._batch is not None:
                self._keep_batch(self._batch)
            elif not (self._may_have_left_some and self._has_left_some()):
                beat = WorkerBeat(
                    self._id, self._now(), WorkerState.IDLE, every_seconds=self._every_seconds, finished=self._finished
                )
                self._store.save(Kept(beat, generation=self._generation or 0))

    def stop(self) -> None:
        """Say that the worker ends because somebody wants it to: without work it is not missed any more."""
        with self._lock:
            self._every_seconds = 0
            self.beat()

    def _meet(self) -> Kept | None:
        """Return what is kept of this worker; what it is when it is first met is what this process goes on from."""
        kept = self._store.load(self._id)
        if self._generation is None:
            self._generation = 0 if kept is None else kept.generation
            self._finished = () if kept is None else kept.beat.finished
        return kept

    def _meet_readable(self) -> None:
        """Do as `_meet`, as if nothing were kept where that is no heartbeat: what is begun takes its place."""
        try:
            self._meet()
        # courtside: ignore[silent_exceptions] the check says that it is unreadable, and this worker mends it
        except UnreadableWorkerError:
            self._finished = ()

    def _taken_up_at(self, left: WorkerBeat) -> datetime:
        """Return when a batch that is recovered last went on: now, as standing still is counted anew after a restart.

        A worker that is restarted over and over and does nothing of its batch stands still all the same.
        """
        now = self._now()
        is_repeated = left.state is WorkerState.RECOVERED and now - left.heartbeat_at < SOON_AGAIN
        return left.progressed_at if is_repeated and left.progressed_at else now

    def _has_left_some(self) -> bool:
        kept = self._meet()
        return kept is not None and kept.beat.is_at_work

    def _is_taken_over(self, beat: WorkerBeat) -> bool:
        others = (record for record in self._store.beats() if isinstance(record, WorkerBeat))
        return any(other.has_taken_over(beat) for other in others)

    def _remember(self, batch: FinishedBatch) -> None:
        recent = (
            earlier for earlier in self._finished if batch.at - earlier.at < REMEMBERED and earlier.id != batch.id
        )
        self._finished = (*recent, batch)[-MOST_REMEMBERED:]

    def _keep_batch(self, batch: Batch) -> None:
        """Keep the batch as it is now; the first time this takes the worker over from whichever process had it."""
        beat = WorkerBeat(
            self._id,
            self._now(),
            self._state if batch.left else WorkerState.IDLE,
            batch.id,
            batch.game_date,
            len(batch.done),
            len(batch.items),
            self._every_seconds,
            self._progressed_at,
            self._finished,
        )
        kept = Kept(beat, batch.items, batch.done, self._generation or 0)
        if self._owns_batch:
            self._store.save(kept)
        else:
            self._generation = self._store.take(kept, self._generation)
            self._owns_batch = True
