"""Opens the store where courtside looks for prediction workers: for the workers themselves, and for whoever judges them."""

from __future__ import annotations

from pathlib import Path

from checks.workers import WorkerRecord
from console.workers.store import SqliteWorkerStore, WorkerStore, WorkerStoreError

FILE_NAME = "workers.sqlite3"
"""Of the store of one machine, in courtside's state directory."""


def open_store(state_dir: Path, *, firestore: str = "") -> WorkerStore:
    """Return the store that courtside reads under the same settings: `state_dir`, and `firestore` of `[workers]`.

    That is Firestore in the project `firestore`, or where that is "" a file in `state_dir`, which is made. Raises
    WorkerStoreError, and WarehouseError where Google's library is not installed.
    """
    if firestore:
        from console.workers.firestore import open_firestore  # noqa: PLC0415  # an optional extra

        return open_firestore(firestore)
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WorkerStoreError(
            f"the folder {state_dir} of the workers' store cannot be made ({error.strerror or error}): name another, or have "
            "somebody make it"
        ) from error
    return SqliteWorkerStore(state_dir / FILE_NAME)


def known_workers(state_dir: Path, *, firestore: str = "") -> tuple[WorkerRecord, ...]:
    """Return what that store has of each worker; who only looks makes none, and without one nobody has a worker.

    Raises WorkerStoreError for a store that cannot be read, and for a project that is named and where nobody has ever beaten:
    then it is another, or the workers are dead since before their first heartbeat.
    """
    if not firestore and not (state_dir / FILE_NAME).is_file():
        return ()
    found = open_store(state_dir, firestore=firestore).beats()
    if firestore and not found:
        raise WorkerStoreError(
            f"no prediction worker has left a heartbeat in Firestore of {firestore}: see whether they run and beat there, or "
            "take `firestore` out of [workers] in the settings"
        )
    return found
