"""Workers' heartbeats and batches in Firestore, for workers of many machines: `pip install courtside[gcp]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from checks.times import require_aware
from checks.workers import SOURCE, WorkerBeat, WorkerState
from console.warehouse.clients import get_firestore_client
from console.workers.store import Kept, WorkerStoreError

if TYPE_CHECKING:
    from google.cloud.firestore import Client

Answer = TypeVar("Answer")
SECONDS = 10.0
"""For one request, with all its tries."""


class FirestoreWorkerStore:
    """The documents `prediction_workers/{worker_id}` of PIPELINE.md, with `items`, `done` and `every_seconds` beside its fields.

    A document that somebody else wrote has none of them: it is a heartbeat, and nothing can be recovered from it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now, in one write."""
        beat = kept.beat
        fields = {
            "heartbeat_at": beat.heartbeat_at,
            "state": beat.state.value,
            "batch_id": beat.batch_id,
            "game_date": beat.game_date.isoformat() if beat.game_date else None,
            "completed": beat.completed,
            "expected": beat.expected,
            "every_seconds": beat.every_seconds,
            "items": list(kept.items),
            "done": list(kept.done),
        }
        document = self._client.collection(SOURCE).document(beat.worker_id)
        _asked(lambda: document.set(fields, timeout=SECONDS))

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known."""
        found = _asked(lambda: self._client.collection(SOURCE).document(worker_id).get(timeout=SECONDS))
        fields = found.to_dict() if found.exists else None
        return None if fields is None else _kept(worker_id, fields)

    def beats(self) -> tuple[WorkerBeat, ...]:
        """Return the newest heartbeat of each worker, by its id."""
        found = _asked(lambda: list(self._client.collection(SOURCE).stream(timeout=SECONDS)))
        kept = (_kept(document.id, document.to_dict() or {}) for document in found)
        return tuple(sorted((item.beat for item in kept), key=lambda beat: beat.worker_id))


def beats_of(project: str) -> tuple[WorkerBeat, ...]:
    """Return the heartbeats in a project's Firestore. Raises WorkerStoreError, and WarehouseError where the library lacks."""
    return FirestoreWorkerStore(_asked(lambda: get_firestore_client(project))).beats()


def _asked(question: Callable[[], Answer]) -> Answer:
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415  # only where Firestore is used
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # as above

    try:
        return question()
    except (GoogleAPIError, GoogleAuthError) as error:
        raise WorkerStoreError(
            f"the workers' heartbeats in Firestore cannot be used ({type(error).__name__}): check the network, the login "
            f"and its role on the collection {SOURCE}"
        ) from error


def _kept(worker_id: str, fields: Mapping[str, Any]) -> Kept:
    """Return a document as a worker. Raises WorkerStoreError for one that is none."""
    try:
        day = fields.get("game_date")
        beat = WorkerBeat(
            worker_id,
            require_aware(fields["heartbeat_at"]),
            _state(fields.get("state")),
            str(fields.get("batch_id") or ""),
            date.fromisoformat(day) if day else None,
            int(fields.get("completed") or 0),
            int(fields.get("expected") or 0),
            int(fields.get("every_seconds") or 0),
        )
        return Kept(beat, tuple(fields.get("items") or ()), tuple(fields.get("done") or ()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WorkerStoreError(f"the document {SOURCE}/{worker_id} is no heartbeat: {error!r}") from error


def _state(word: object) -> WorkerState:
    """Return a state; a word that others use for being at work means that."""
    known = {state.value: state for state in WorkerState}
    return known.get(str(word), WorkerState.WORKING)
