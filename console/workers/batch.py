"""A worker with its batch: it beats with each item that is done, and finds the rest again after a restart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from checks.workers import WorkerBeat, WorkerState
from console.workers.store import Kept, WorkerStore


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
    """One worker, whose id stays the same when it is restarted. `now` returns aware UTC.

    `every` is how often it beats, also without work; a worker that has said so is missed when it dies without any.
    `done` is called when an item's prediction has been written: a crash between the two repeats that one item, so writing it has
    to be safe to repeat. Every method raises WorkerStoreError.
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

    def recover(self) -> Batch | None:
        """Return the batch that an earlier process of this worker has left undone, None where there is none; go on with it."""
        kept = self._store.load(self._id)
        self._may_have_left_some = False
        if kept is None or not kept.beat.is_at_work or kept.beat.game_date is None:
            return None
        self._batch = Batch(kept.beat.batch_id, kept.beat.game_date, kept.items, kept.done)
        self._state = WorkerState.RECOVERED
        self.beat()
        return self._batch

    def begin(self, batch_id: str, game_date: date, items: Sequence[str]) -> Batch:
        """Begin a batch, in place of whatever there was."""
        self._batch = Batch(batch_id, game_date, tuple(dict.fromkeys(items)))
        self._state = WorkerState.WORKING
        self.beat()
        return self._batch

    def done(self, item: str) -> Batch:
        """Keep that an item of the batch is done, which is a heartbeat too. Raises ValueError for what is not in the batch."""
        if self._batch is None or item not in self._batch.items:
            raise ValueError(f"{item} is not in the batch of {self._id}")
        if item not in self._batch.done:
            self._batch = replace(self._batch, done=(*self._batch.done, item))
        self.beat()
        return self._batch

    def beat(self) -> None:
        """Give a sign of life; at least once a minute while something takes longer.

        What an earlier process has left undone stays as it is until somebody recovers it or begins something else.
        """
        at, every = self._now(), self._every_seconds
        batch = self._batch
        if batch is None:
            kept = self._store.load(self._id) if self._may_have_left_some else None
            if kept is None or not kept.beat.is_at_work:
                kept = Kept(WorkerBeat(self._id, at, WorkerState.IDLE))
            self._store.save(replace(kept, beat=replace(kept.beat, heartbeat_at=at, every_seconds=every)))
            return
        state = self._state if batch.left else WorkerState.IDLE
        done, expected = len(batch.done), len(batch.items)
        beat = WorkerBeat(self._id, at, state, batch.id, batch.game_date, done, expected, every)
        self._store.save(Kept(beat, batch.items, batch.done))

    def stop(self) -> None:
        """Say that the worker ends because somebody wants it to: without work it is not missed any more."""
        self._every_seconds = 0
        self.beat()
