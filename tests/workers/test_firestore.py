"""The same heartbeats and batches in Firestore, through Google's own client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.model import Scope, Severity
from checks.workers import WorkerBeat, WorkerState
from console.desk import open_desk
from console.settings import Flags, Homes, resolve
from console.warehouse.clients import close_clients
from console.workers.batch import Batch, BatchWorker
from console.workers.firestore import FirestoreWorkerStore
from console.workers.store import WorkerStoreError
from tests.builders import at

pytest.importorskip("google.cloud.firestore")

from tests.workers.firestore_double import FirestoreDouble, client_of

NOW = at("2026-01-25T12:00")
DAY = date(2026, 1, 25)


@pytest.fixture
def double() -> FirestoreDouble:
    return FirestoreDouble()


@pytest.fixture
def store(double: FirestoreDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[FirestoreWorkerStore]:
    with double.serving() as address:
        yield FirestoreWorkerStore(client_of(address, monkeypatch))


def test_a_batch_is_found_again_after_a_restart(store: FirestoreWorkerStore) -> None:
    worker = BatchWorker(store, "w1", lambda: NOW)
    assert worker.recover() is None
    worker.begin("b1", DAY, ("ann", "bob"))
    worker.done("ann")
    later = NOW + timedelta(minutes=2)
    assert BatchWorker(store, "w1", lambda: later).recover() == Batch("b1", DAY, ("ann", "bob"), ("ann",))
    assert store.beats() == (WorkerBeat("w1", later, WorkerState.RECOVERED, "b1", DAY, 1, 2),)


def test_a_document_has_the_fields_that_the_pipeline_knows(
    store: FirestoreWorkerStore, double: FirestoreDouble
) -> None:
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, ("ann",))
    ((name, document),) = double.documents.items()
    assert name.endswith("/documents/prediction_workers/w1")
    assert {"heartbeat_at", "batch_id", "game_date", "completed", "expected", "state"} <= set(document.fields)


def test_who_may_not_read_is_told_which_role_lacks(store: FirestoreWorkerStore, double: FirestoreDouble) -> None:
    double.is_denied = True
    with pytest.raises(WorkerStoreError, match=r"Firestore cannot be used \(PermissionDenied\)"):
        store.beats()


def test_a_report_reads_the_workers_of_the_project_that_the_settings_name(
    double: FirestoreDouble, monkeypatch: pytest.MonkeyPatch, demo_file: Path, tmp_path: Path
) -> None:
    content = {"workers": {"firestore": "courtside-test"}}
    homes = Homes(tmp_path, tmp_path, tmp_path)
    settings = resolve(Flags(warehouse=str(demo_file)), {}, homes, tmp_path / "c.toml", content)
    with double.serving() as address:
        BatchWorker(FirestoreWorkerStore(client_of(address, monkeypatch)), "w1", lambda: NOW).begin("b1", DAY, ("ann",))
        with open_desk(settings) as desk:
            report = desk.report(Scope.at(NOW + timedelta(hours=3)))
        double.is_denied = True
        with open_desk(settings) as desk:
            unread = desk.report(Scope.at(NOW + timedelta(hours=3)))
    close_clients()
    assert [finding.subject.name for finding in report.findings if finding.check == "workers.heartbeat"] == ["w1"]
    assert [result.severity for result in unread.results if result.check == "workers.heartbeat"] == [Severity.UNKNOWN]
