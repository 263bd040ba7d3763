"""Workers' heartbeats and batches in Firestore, for workers of many machines: `pip install courtside[gcp]`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from checks.times import require_aware
from checks.workers import SOURCE, FinishedBatch, UnreadableRecord, WorkerBeat, WorkerRecord, WorkerState
from console.warehouse.clients import get_firestore_client
from console.workers.store import Kept, SupersededError, UnreadableWorkerError, WorkerStoreError

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference, DocumentSnapshot

Answer = TypeVar("Answer")
SECONDS = 10.0
"""For one request, with all its tries."""
MOST_RACES = 5
"""How often a document is read again because somebody wrote it in between; one worker's is hardly ever written by two."""


class FirestoreWorkerStore:
    """The documents `prediction_workers/{worker_id}` of PIPELINE.md, with fields of our own beside those.

    They are `items`, `done`, `every_seconds`, `progressed_at`, `kept_at`, `finished` and `generation`. A document that somebody
    else wrote has none of them: it is a heartbeat, and nothing can be recovered from it. `seconds` is for each request;
    `monotonic` counts them.
    """

    def __init__(
        self, client: Client, *, seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._monotonic = monotonic

    def save(self, kept: Kept) -> None:
        """Keep a worker as it is now, in one write. Raises SupersededError where a later generation is kept."""

        def generation_after(found: int) -> int:
            if found > kept.generation:
                raise SupersededError(kept.beat.worker_id)
            return kept.generation

        self._write(kept, generation_after)

    def take(self, kept: Kept, seen: int | None) -> int:
        """Keep a worker as it is now under a new generation, and return that. Raises SupersededError."""

        def generation_after(found: int) -> int:
            if seen is not None and found > seen:
                raise SupersededError(kept.beat.worker_id)
            return found + 1

        return self._write(kept, generation_after)

    def load(self, worker_id: str) -> Kept | None:
        """Return a worker as it was kept last, None for one that is not known."""
        found = self._found(worker_id)
        return _kept(worker_id, found.to_dict() or {}) if found.exists else None

    def beats(self) -> tuple[WorkerRecord, ...]:
        """Return the newest heartbeat of each worker, by its id; what is no heartbeat as an UnreadableRecord."""
        found = _asked(lambda: list(self._client.collection(SOURCE).stream(**self._patience())))
        records = (_record(document.id, document.to_dict() or {}) for document in found)
        return tuple(sorted(records, key=lambda record: record.worker_id))

    def retire(self, worker_id: str) -> bool:
        """Forget a worker, and return whether it was known."""
        is_known: bool = self._found(worker_id).exists
        if is_known:
            _asked(lambda: self._document(worker_id).delete(**self._patience()))
        return is_known

    def _document(self, worker_id: str) -> DocumentReference:
        return self._client.collection(SOURCE).document(worker_id)

    def _found(self, worker_id: str) -> DocumentSnapshot[Any]:
        return _asked(lambda: self._document(worker_id).get(**self._patience()))

    def _write(self, kept: Kept, generation_after: Callable[[int], int]) -> int:
        """Write a worker over exactly the document whose generation was judged, and return the generation that it has now."""
        from google.api_core.exceptions import Conflict, FailedPrecondition, NotFound  # noqa: PLC0415  # only with Firestore

        for _ in range(MOST_RACES):
            found = self._found(kept.beat.worker_id)
            generation = generation_after(_generation(found))
            try:
                self._replace(found, _fields(kept, generation))
            # Somebody wrote it in between: what that was is judged next.
            except (Conflict, FailedPrecondition, NotFound):
                continue
            return generation
        raise WorkerStoreError(
            f"the document {SOURCE}/{kept.beat.worker_id} is written by others all the time: give each worker an id of its own"
        )

    def _replace(self, found: DocumentSnapshot[Any], fields: Mapping[str, object]) -> None:
        """Write fields over a document as it was found. Raises google's errors of a document that has changed since."""
        document, patience = self._document(found.id), self._patience()
        if found.exists:
            option = self._client.write_option(last_update_time=found.update_time)
            _asked(lambda: document.update(dict(fields), option=option, **patience), passes_races=True)
        else:
            _asked(lambda: document.create(dict(fields), **patience), passes_races=True)

    def _patience(self) -> dict[str, Any]:
        """Return how long one request may take with all its tries, also one whose stream breaks again and again."""
        from google.api_core import exceptions, retry  # noqa: PLC0415  # only with Firestore

        may_pass = retry.if_exception_type(
            exceptions.DeadlineExceeded,
            exceptions.InternalServerError,
            exceptions.ResourceExhausted,
            exceptions.ServiceUnavailable,
        )
        end = self._monotonic() + self._seconds
        return {
            "retry": retry.Retry(
                predicate=lambda error: self._monotonic() < end and may_pass(error), timeout=self._seconds
            ),
            "timeout": self._seconds,
        }


def _asked(question: Callable[[], Answer], *, passes_races: bool = False) -> Answer:
    """Return the answer. Raises WorkerStoreError, and google's errors of a document that changed where `passes_races`."""
    from google.api_core import exceptions  # noqa: PLC0415  # only with Firestore
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # as above

    races = (exceptions.Conflict, exceptions.FailedPrecondition, exceptions.NotFound) if passes_races else ()
    try:
        return question()
    except races:
        raise
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        cause = error.cause if isinstance(error, exceptions.RetryError) else error
        raise WorkerStoreError(
            f"the workers' heartbeats in Firestore cannot be used ({type(cause).__name__}): check the network, the login "
            f"and its role on the collection {SOURCE}"
        ) from error


def open_firestore(project: str) -> FirestoreWorkerStore:
    """Return the store of a project. Raises WorkerStoreError, and WarehouseError where the library lacks."""
    return FirestoreWorkerStore(_asked(lambda: get_firestore_client(project)))


def _fields(kept: Kept, generation: int) -> Mapping[str, object]:
    beat = kept.beat
    return {
        "heartbeat_at": beat.heartbeat_at,
        "state": beat.state.value,
        "batch_id": beat.batch_id,
        "game_date": beat.game_date.isoformat() if beat.game_date else None,
        "completed": beat.completed,
        "expected": beat.expected,
        "every_seconds": beat.every_seconds,
        "items": list(kept.items),
        "done": list(kept.done),
        "progressed_at": beat.progressed_at,
        "kept_at": beat.heartbeat_at,
        "finished": [{"id": batch.id, "at": batch.at} for batch in beat.finished],
        "generation": generation,
    }


def _record(worker_id: str, fields: Mapping[str, Any]) -> WorkerRecord:
    try:
        return _kept(worker_id, fields).beat
    except UnreadableWorkerError as error:
        return UnreadableRecord(worker_id, str(error))


def _kept(worker_id: str, fields: Mapping[str, Any]) -> Kept:
    """Return a document as a worker. Raises UnreadableWorkerError for one that is none."""
    try:
        at = _instant(fields.get("heartbeat_at"))
        is_ours = (
            fields.get("kept_at") == at
        )  # others may write the pipeline's own fields over, and leave ours as they were
        beat = WorkerBeat(
            worker_id,
            at,
            _state(fields.get("state")),
            str(fields.get("batch_id") or ""),
            _day(fields.get("game_date")),
            int(fields.get("completed") or 0),
            int(fields.get("expected") or 0),
            int(fields.get("every_seconds") or 0),
            _instant(fields["progressed_at"]) if is_ours and fields.get("progressed_at") else None,
            tuple(FinishedBatch(str(item["id"]), _instant(item["at"])) for item in fields.get("finished") or ()),
        )
        items, done = tuple(fields.get("items") or ()), tuple(fields.get("done") or ())
        return Kept(beat, items, done, int(fields.get("generation") or 0))
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableWorkerError(f"the document {SOURCE}/{worker_id} is no heartbeat: {error}") from error


def _instant(value: object) -> datetime:
    """Return a timestamp in UTC. Raises ValueError for anything else."""
    if not isinstance(value, datetime):
        raise ValueError(f"a timestamp is {'missing' if value is None else f'{value!r}'}")  # noqa: TRY004  # it is a value
    return require_aware(value)


def _day(value: object) -> date | None:
    """Return a game date, which others write as text or as a timestamp at midnight UTC. Raises ValueError for anything else."""
    if not value:
        return None
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))


def _state(word: object) -> WorkerState:
    """Return a state; a word that others use for being at work means that."""
    known = {state.value: state for state in WorkerState}
    return known.get(str(word), WorkerState.WORKING)


def _generation(found: DocumentSnapshot[Any]) -> int:
    """Return a document's generation, 0 where it has none, or none that we wrote."""
    generation = (found.to_dict() or {}).get("generation") if found.exists else None
    return generation if isinstance(generation, int) else 0
