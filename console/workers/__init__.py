"""For prediction workers: to beat, and to keep how far a batch is, so that a restart loses nothing and repeats nothing."""

from typing import TYPE_CHECKING

from console.workers.batch import Batch, BatchWorker
from console.workers.opening import open_store
from console.workers.store import SqliteWorkerStore, SupersededError, WorkerStore, WorkerStoreError

if TYPE_CHECKING:
    from console.workers.firestore import FirestoreWorkerStore

__all__ = [
    "Batch",
    "BatchWorker",
    "FirestoreWorkerStore",
    "SqliteWorkerStore",
    "SupersededError",
    "WorkerStore",
    "WorkerStoreError",
    "open_store",
]


def __getattr__(name: str) -> object:
    """Return the store that hardly any host needs, when somebody asks for it. Raises AttributeError for other names."""
    if name == "FirestoreWorkerStore":
        from console.workers.firestore import FirestoreWorkerStore  # noqa: PLC0415  # see above

        return FirestoreWorkerStore
    raise AttributeError(f"console.workers has no {name}")
