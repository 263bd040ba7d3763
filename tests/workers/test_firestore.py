"""The same heartbeats and batches in Firestore, through Google's own client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.model import Scope, Severity
from checks.workers import UnreadableRecord, WorkerBeat, WorkerState
from console.desk import open_desk
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse.clients import close_clients
from console.workers import Batch, BatchWorker, SupersededError, WorkerStoreError, open_store
from tests.builders import at

pytest.importorskip("google.cloud.firestore")

from google.cloud import firestore

from console.workers import FirestoreWorkerStore
from tests.workers.firestore_double import FirestoreDouble, client_of

NOW = at("2026-01-25T12:00")
DAY = date(2026, 1, 25)
NOBODY = "127.0.0.1:1"
"""An address at which nothing listens."""


@pytest.fixture
def double() -> FirestoreDouble:
    return FirestoreDouble()


@pytest.fixture
def client(double: FirestoreDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[firestore.Client]:
    with double.serving() as address:
        yield client_of(address, monkeypatch)


@pytest.fixture
def store(client: firestore.Client) -> FirestoreWorkerStore:
    return FirestoreWorkerStore(client)


@pytest.fixture
def settings(demo_file: Path, tmp_path: Path) -> Settings:
    content = {"workers": {"firestore": "courtside-test"}}
    return resolve(
        Flags(warehouse=str(demo_file)), {}, Homes(tmp_path, tmp_path, tmp_path), tmp_path / "c.toml", content
    )


def others_wrote(client: firestore.Client, worker_id: str, **fields: object) -> None:
    client.collection("prediction_workers").document(worker_id).set({"heartbeat_at": NOW, **fields})


def test_a_batch_is_found_again_after_a_restart(store: FirestoreWorkerStore) -> None:
    worker = BatchWorker(store, "w1", lambda: NOW)
    assert worker.recover() is None
    worker.begin("b1", DAY, ("ann", "bob"))
    worker.done("ann")
    later = NOW + timedelta(minutes=2)
    assert BatchWorker(store, "w1", lambda: later).recover() == Batch("b1", DAY, ("ann", "bob"), ("ann",))
    assert store.beats() == (WorkerBeat("w1", later, WorkerState.RECOVERED, "b1", DAY, 1, 2, progressed_at=later),)


def test_an_older_process_of_a_worker_can_no_longer_write_over_a_newer_one(store: FirestoreWorkerStore) -> None:
    older = BatchWorker(store, "w1", lambda: NOW)
    older.begin("b1", DAY, ("ann", "bob"))
    newer = BatchWorker(store, "w1", lambda: NOW)
    newer.recover()
    newer.done("ann")
    with pytest.raises(SupersededError, match="w1 goes on in another process"):
        older.beat()
    newer.done("bob")
    assert BatchWorker(store, "w1", lambda: NOW).recover() is None


def test_what_another_process_writes_between_reading_and_writing_is_not_written_over(
    store: FirestoreWorkerStore, double: FirestoreDouble
) -> None:
    older, newer = BatchWorker(store, "w1", lambda: NOW), BatchWorker(store, "w1", lambda: NOW)
    older.begin("b1", DAY, ("ann", "bob"))
    double.before_commit = newer.recover
    with pytest.raises(SupersededError):
        older.beat()
    assert [beat.state for beat in store.beats() if isinstance(beat, WorkerBeat)] == [WorkerState.RECOVERED]


def test_who_took_a_batch_over_and_finished_it_is_known_to_its_first_owner(store: FirestoreWorkerStore) -> None:
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, ("ann", "bob"))
    other = BatchWorker(store, "w2", lambda: NOW + timedelta(minutes=20))
    other.begin("b1", DAY, ("ann",))
    other.done("ann")
    other.begin("b2", DAY, ("cy",))
    assert BatchWorker(store, "w1", lambda: NOW + timedelta(minutes=30)).recover() is None


def test_a_document_has_the_fields_that_the_pipeline_knows(
    store: FirestoreWorkerStore, double: FirestoreDouble
) -> None:
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, ("ann",))
    ((name, document),) = double.documents.items()
    assert name.endswith("/documents/prediction_workers/w1")
    assert {"heartbeat_at", "batch_id", "game_date", "completed", "expected", "state"} <= set(document.fields)


def test_a_batch_whose_items_nobody_kept_stays_as_it_is(
    store: FirestoreWorkerStore, client: firestore.Client, double: FirestoreDouble
) -> None:
    others_wrote(client, "w1", batch_id="b1", game_date="2026-01-25", completed=10, expected=30, state="processing")
    before = dict(double.documents)
    worker = BatchWorker(store, "w1", lambda: NOW + timedelta(minutes=20))
    assert worker.recover() is None
    worker.beat()
    assert double.documents == before
    worker.begin("b1", DAY, ("ann",))
    (begun,) = store.beats()
    assert isinstance(begun, WorkerBeat)
    assert (begun.completed, begun.expected) == (0, 1)


def test_a_game_date_may_be_a_timestamp(store: FirestoreWorkerStore, client: firestore.Client) -> None:
    others_wrote(client, "w1", batch_id="b1", game_date=at("2026-01-25T00:00"), completed=1, expected=3, state="busy")
    assert store.beats() == (WorkerBeat("w1", NOW, WorkerState.WORKING, "b1", DAY, 1, 3),)


def test_a_document_that_is_no_heartbeat_hides_no_other_and_is_mended_by_its_worker(
    store: FirestoreWorkerStore, client: firestore.Client
) -> None:
    client.collection("prediction_workers").document("w1").set({"state": "busy"})
    BatchWorker(store, "w2", lambda: NOW).beat()
    bad, good = store.beats()
    assert isinstance(bad, UnreadableRecord)
    assert "prediction_workers/w1 is no heartbeat: a timestamp is missing" in bad.reason
    assert good.worker_id == "w2"
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, ("ann",))
    assert all(isinstance(record, WorkerBeat) for record in store.beats())


def test_when_something_was_last_done_is_not_believed_of_a_heartbeat_that_others_wrote_over(
    store: FirestoreWorkerStore, client: firestore.Client
) -> None:
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, ("ann", "bob"))
    fields = {"heartbeat_at": NOW + timedelta(hours=1), "completed": 1}
    client.collection("prediction_workers").document("w1").update(fields)
    assert [beat.progressed_at for beat in store.beats() if isinstance(beat, WorkerBeat)] == [None]


def test_a_worker_that_does_not_come_back_is_retired(store: FirestoreWorkerStore) -> None:
    BatchWorker(store, "w1", lambda: NOW).beat()
    assert store.retire("w1")
    assert not store.retire("w1")
    assert store.beats() == ()


def test_who_may_not_read_is_told_which_role_lacks(store: FirestoreWorkerStore, double: FirestoreDouble) -> None:
    double.is_denied = True
    with pytest.raises(WorkerStoreError, match=r"Firestore cannot be used \(PermissionDenied\)"):
        store.beats()


def test_where_nobody_answers_neither_courtside_nor_a_worker_waits_for_longer_than_one_request_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = FirestoreWorkerStore(client_of(NOBODY, monkeypatch), seconds=0.2)
    worker = BatchWorker(store, "w1", lambda: NOW)
    for asked in (store.beats, worker.recover, worker.beat, lambda: worker.begin("b1", DAY, ("ann",))):
        with pytest.raises(WorkerStoreError, match=r"Firestore cannot be used \(\w+\): check the network"):
            asked()


def test_a_stream_that_breaks_again_and_again_is_not_begun_again_for_ever(
    client: firestore.Client, double: FirestoreDouble
) -> None:
    others_wrote(client, "w1")
    double.breaks = True
    with pytest.raises(WorkerStoreError, match=r"Firestore cannot be used \(ServiceUnavailable\)"):
        FirestoreWorkerStore(client, seconds=0.2).beats()


def test_a_store_is_opened_by_the_name_of_its_project(
    double: FirestoreDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with double.serving() as address:
        client_of(address, monkeypatch)
        BatchWorker(open_store(tmp_path, firestore="courtside-test"), "w1", lambda: NOW).beat()
    close_clients()
    assert [name.rpartition("/")[2] for name in double.documents] == ["w1"]


def heartbeat_in_report(settings: Settings) -> list[tuple[Severity, str]]:
    with open_desk(settings) as desk:
        report = desk.report(Scope.at(NOW + timedelta(hours=3)))
    assert len({result.check for result in report.results if not result.reason}) > 20
    return [(result.severity, result.reason) for result in report.results if result.check == "workers.heartbeat"]


def test_a_report_reads_the_workers_of_the_project_that_the_settings_name(
    double: FirestoreDouble, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    with double.serving() as address:
        client = client_of(address, monkeypatch)
        ((severity, reason),) = heartbeat_in_report(settings)
        assert severity is Severity.UNKNOWN
        assert "no prediction worker has left a heartbeat in Firestore of courtside-test" in reason
        BatchWorker(FirestoreWorkerStore(client), "w1", lambda: NOW).begin("b1", DAY, ("ann",))
        assert heartbeat_in_report(settings) == [(Severity.ERROR, "")]
        double.is_denied = True
        ((severity, reason),) = heartbeat_in_report(settings)
        assert severity is Severity.UNKNOWN
        assert "PermissionDenied" in reason
    close_clients()
