"""For prediction workers: to beat, and to keep how far a batch is, so that a restart loses nothing and repeats nothing."""

from console.workers.batch import Batch, BatchWorker
from console.workers.store import SqliteWorkerStore, WorkerStore, WorkerStoreError

__all__ = ["Batch", "BatchWorker", "SqliteWorkerStore", "WorkerStore", "WorkerStoreError"]
