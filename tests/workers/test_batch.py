"""A worker that is ended anywhere goes on where it was, and its heartbeats say what the operators must know."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.model import Severity
from checks.policy import Policy
from checks.workers import WorkerBeat, WorkerState, worker_findings
from console.workers import Batch, BatchWorker, SqliteWorkerStore, WorkerStoreError
from console.workers.store import Kept
from tests.builders import at
from tests.cli.conftest import Courtside, courtside, data
from tests.fuse import CrashError, Fuse

__all__ = ["courtside", "data"]  # fixtures

NOW = at("2026-01-25T12:00")
DAY = date(2026, 1, 25)
PLAYERS = ("ann", "bob", "cy")


@dataclass
class BreakableStore:
    """A store on the way to which the process may end: before it has kept something, and after."""

    store: SqliteWorkerStore
    fuse: Fuse

    def save(self, kept: Kept) -> None:
        self.fuse.step()
        self.store.save(kept)
        self.fuse.step()

    def load(self, worker_id: str) -> Kept | None:
        return self.store.load(worker_id)

    def beats(self) -> tuple[WorkerBeat, ...]:
        return self.store.beats()


@dataclass
class Predicting:
    """A process of a worker that predicts all players, or what an earlier one has left."""

    path: Path
    predicted: list[str] = field(default_factory=list)

    def run(self, fuse: Fuse) -> None:
        store = BreakableStore(SqliteWorkerStore(self.path), fuse)
        worker = BatchWorker(store, "w1", lambda: NOW)
        kept = store.load("w1")
        batch = worker.recover()
        if batch is None and (kept is None or kept.beat.completed < 3):
            batch = worker.begin("b1", DAY, PLAYERS)
        for player in batch.left if batch else ():
            fuse.step()
            self.predicted.append(player)
            fuse.step()
            worker.done(player)


def test_a_worker_that_ends_at_any_step_predicts_each_player_and_repeats_at_most_the_one_under_way(
    tmp_path: Path,
) -> None:
    for step in range(1, 100):
        life = Predicting(tmp_path / f"{step}.sqlite3")
        fuse, crashed = Fuse(step), False
        try:
            life.run(fuse)
        except CrashError:
            crashed = True
        life.run(Fuse())
        assert tuple(dict.fromkeys(life.predicted)) == PLAYERS
        assert len(life.predicted) <= 4
        if not crashed:
            break
    assert step > 10


def test_what_is_left_is_found_again_and_said(tmp_path: Path) -> None:
    store = SqliteWorkerStore(tmp_path / "workers.sqlite3")
    worker = BatchWorker(store, "w1", lambda: NOW)
    assert worker.recover() is None
    worker.begin("b1", DAY, PLAYERS)
    worker.done("bob")
    again = BatchWorker(store, "w1", lambda: NOW + timedelta(minutes=2))
    assert again.recover() == Batch("b1", DAY, PLAYERS, ("bob",))
    assert store.beats() == (WorkerBeat("w1", NOW + timedelta(minutes=2), WorkerState.RECOVERED, "b1", DAY, 1, 3),)
    with pytest.raises(ValueError, match="dan is not in the batch of w1"):
        again.done("dan")


def test_a_worker_that_beats_before_it_recovers_wipes_nothing(tmp_path: Path) -> None:
    store = SqliteWorkerStore(tmp_path / "workers.sqlite3")
    BatchWorker(store, "w1", lambda: NOW).begin("b1", DAY, PLAYERS)
    again = BatchWorker(store, "w1", lambda: NOW + timedelta(minutes=2))
    again.beat()
    again.beat()
    assert store.beats() == (WorkerBeat("w1", NOW + timedelta(minutes=2), WorkerState.WORKING, "b1", DAY, 0, 3),)
    assert again.recover() == Batch("b1", DAY, PLAYERS)


def test_a_worker_that_recovered_nothing_beats_without_work(tmp_path: Path) -> None:
    store = SqliteWorkerStore(tmp_path / "workers.sqlite3")
    worker = BatchWorker(store, "w1", lambda: NOW, every=timedelta(seconds=30))
    assert worker.recover() is None
    worker.beat()
    assert store.beats() == (WorkerBeat("w1", NOW, WorkerState.IDLE, every_seconds=30),)
    worker.stop()
    assert store.beats() == (WorkerBeat("w1", NOW, WorkerState.IDLE),)


def test_a_store_of_an_earlier_version_is_read_and_written_by_both(tmp_path: Path) -> None:
    store = SqliteWorkerStore(tmp_path / "workers.sqlite3")
    BatchWorker(store, "w1", lambda: NOW, every=timedelta(minutes=1)).begin("b1", DAY, PLAYERS)
    row = ("w2", "2026-01-25T12:00:00.000000Z", "idle", "", None, 0, 0, "[]", "[]")
    with closing(sqlite3.connect(tmp_path / "workers.sqlite3")) as file, file:
        file.execute("INSERT OR REPLACE INTO worker VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert [beat.every_seconds for beat in store.beats()] == [60, 0]


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "workers.sqlite3"
    path.write_text("this is no database, whatever its name says")
    with pytest.raises(WorkerStoreError, match=r"workers\.sqlite3 cannot be used"):
        SqliteWorkerStore(path).beats()


def findings(*beats: WorkerBeat, minutes: int = 0) -> list[tuple[str, Severity]]:
    found = worker_findings(beats, Policy(), NOW + timedelta(minutes=minutes))
    return [(finding.subject.name, finding.severity) for finding in found]


def at_work(
    id: str = "w1", *, after: int = 0, state: WorkerState = WorkerState.WORKING, completed: int = 1
) -> WorkerBeat:
    return WorkerBeat(id, NOW + timedelta(minutes=after), state, "b1", DAY, completed, 3)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(4, []), (5, [("w1", Severity.WARNING)]), (14, [("w1", Severity.WARNING)]), (15, [("w1", Severity.ERROR)])],
)
def test_a_silent_worker_is_stale_and_then_its_batch_is_lost(
    minutes: int, expected: list[tuple[str, Severity]]
) -> None:
    assert findings(at_work(), minutes=minutes) == expected


@pytest.mark.parametrize(
    ("every", "minutes", "expected"),
    [(60, 4, []), (60, 5, [("w2", Severity.WARNING)]), (600, 19, []), (600, 20, [("w2", Severity.WARNING)])],
)
def test_a_worker_without_work_that_has_said_how_often_it_beats_is_missed(
    every: int, minutes: int, expected: list[tuple[str, Severity]]
) -> None:
    assert findings(WorkerBeat("w2", NOW, WorkerState.IDLE, every_seconds=every), minutes=minutes) == expected
    assert findings(WorkerBeat("w2", NOW, WorkerState.IDLE, every_seconds=60), minutes=600) == [
        ("w2", Severity.WARNING)
    ]


def test_a_worker_without_work_that_has_not_said_how_often_it_beats_may_be_silent_for_ever() -> None:
    assert findings(at_work(completed=3), WorkerBeat("w2", NOW, WorkerState.IDLE), minutes=600) == []


def test_a_restarted_worker_is_worth_saying_and_no_alarm() -> None:
    assert findings(at_work(state=WorkerState.RECOVERED)) == [("w1", Severity.OK)]


def test_a_batch_that_another_worker_has_taken_over_is_not_lost() -> None:
    assert findings(at_work(), at_work("w2", after=10), minutes=12) == []


def test_a_heartbeat_of_a_later_moment_is_not_known_yet() -> None:
    assert findings(at_work(after=60)) == []


def test_the_report_of_a_host_with_workers_says_how_they_are(courtside: Courtside, demo_file: Path) -> None:
    def said() -> list[str]:
        document = courtside("check", "--json", "--warehouse", str(demo_file), now=NOW).document
        return [item["severity"] for item in document["checks"] if item["check"] == "workers.heartbeat"]

    assert said() == []
    store = SqliteWorkerStore(courtside.home / "workers.sqlite3")
    BatchWorker(store, "w1", lambda: NOW - timedelta(minutes=20)).begin("b1", DAY, PLAYERS)
    assert said() == ["error"]
    assert "the batch b1 is lost" in courtside("check", "workers.heartbeat", "--warehouse", str(demo_file), now=NOW).out


def test_a_store_that_cannot_be_read_is_unknown_and_takes_no_other_check_down(
    courtside: Courtside, demo_file: Path
) -> None:
    (courtside.home / "workers.sqlite3").write_text("this is no database, whatever its name says")
    document = courtside("check", "--json", "--warehouse", str(demo_file), now=NOW).document
    (found,) = [item for item in document["checks"] if item["check"] == "workers.heartbeat"]
    assert found["severity"] == "unknown"
    assert "workers.sqlite3 cannot be used" in found["reason"]
    assert len(document["checks"]) > 20
