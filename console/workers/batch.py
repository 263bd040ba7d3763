"""A worker with its batch: it beats with each item that is done, and finds the rest again after a restart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

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

    `done` is called when an item's prediction has been written: a crash between the two repeats that one item, so writing it has
    to be safe to repeat. Every method raises WorkerStoreError.
    """

    def __init__(self, store: WorkerStore, worker_id: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._id = worker_id
        self._now = now
        self._batch: Batch | None = None
        self._state = WorkerState.IDLE

    def recover(self) -> Batch | None:
        """Return the batch that an earlier process of this worker has left undone, None where there is none; go on with it."""
        kept = self._store.load(self._id)
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
        """Give a sign of life; at least once a minute while something takes longer."""
        batch = self._batch
        if batch is None:
            self._store.save(Kept(WorkerBeat(self._id, self._now(), WorkerState.IDLE)))
            return
        state = self._state if batch.left else WorkerState.IDLE
        beat = WorkerBeat(self._id, self._now(), state, batch.id, batch.game_date, len(batch.done), len(batch.items))
        self._store.save(Kept(beat, batch.items, batch.done))
