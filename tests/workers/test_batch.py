"""A worker that is ended anywhere goes on where it was; what it leaves is lost neither to it nor to the operators."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from checks.workers import FinishedBatch, UnreadableRecord, WorkerBeat, WorkerRecord, WorkerState
from console.workers import Batch, BatchWorker, SqliteWorkerStore, SupersededError, WorkerStoreError, open_store
from console.workers.store import Kept
from tests.builders import at
from tests.fuse import CrashError, Fuse

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

    def take(self, kept: Kept, seen: int | None) -> int:
        self.fuse.step()
        generation = self.store.take(kept, seen)
        self.fuse.step()
        return generation

    def load(self, worker_id: str) -> Kept | None:
        return self.store.load(worker_id)

    def beats(self) -> tuple[WorkerRecord, ...]:
        return self.store.beats()

    def retire(self, worker_id: str) -> bool:
        return self.store.retire(worker_id)


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


@pytest.fixture
def store(tmp_path: Path) -> SqliteWorkerStore:
    return SqliteWorkerStore(tmp_path / "workers.sqlite3")


def process(store: SqliteWorkerStore, id: str = "w1", *, after: int = 0) -> BatchWorker:
    """Return a new process of a worker, whose clock stands so many minutes after the beginning."""
    return BatchWorker(store, id, lambda: NOW + timedelta(minutes=after))


def beat_of(store: SqliteWorkerStore, id: str = "w1") -> WorkerBeat:
    kept = store.load(id)
    assert kept is not None
    return kept.beat


def test_what_is_left_is_found_again_and_said(store: SqliteWorkerStore) -> None:
    worker = process(store)
    assert worker.recover() is None
    worker.begin("b1", DAY, PLAYERS)
    worker.done("bob")
    again = process(store, after=2)
    assert again.recover() == Batch("b1", DAY, PLAYERS, ("bob",))
    later = NOW + timedelta(minutes=2)
    assert store.beats() == (WorkerBeat("w1", later, WorkerState.RECOVERED, "b1", DAY, 1, 3, progressed_at=later),)
    with pytest.raises(ValueError, match="dan is not in the batch of w1"):
        again.done("dan")


def test_a_process_that_only_beats_keeps_the_batch_of_an_earlier_one_and_gives_no_sign_of_its_life(
    store: SqliteWorkerStore,
) -> None:
    process(store).begin("b1", DAY, PLAYERS)
    left = store.load("w1")
    again = process(store, after=2)
    again.beat()
    again.stop()
    assert store.load("w1") == left
    assert again.recover() == Batch("b1", DAY, PLAYERS)


def test_a_batch_progresses_when_it_is_begun_and_when_something_is_done_and_not_by_heartbeats(
    store: SqliteWorkerStore,
) -> None:
    clock = [NOW]
    worker = BatchWorker(store, "w1", lambda: clock[0])
    worker.begin("b1", DAY, PLAYERS)
    clock[0] += timedelta(minutes=1)
    worker.done("ann")
    clock[0] += timedelta(minutes=1)
    worker.beat()
    worker.done("ann")  # once more
    beat = beat_of(store)
    assert (beat.heartbeat_at, beat.progressed_at) == (clock[0], NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("items", "done", "day"),
    [
        ((), (), DAY),
        (PLAYERS[:2], ("ann",), DAY),
        (PLAYERS, (), DAY),
        (PLAYERS, ("zoe",), DAY),
        (PLAYERS, ("ann",), None),
    ],
)
def test_a_batch_of_which_not_all_is_known_is_not_recovered_and_stays_lost(
    store: SqliteWorkerStore, items: tuple[str, ...], done: tuple[str, ...], day: date | None
) -> None:
    counted = Kept(WorkerBeat("w1", NOW, WorkerState.WORKING, "b1", day, 1, 3), items, done)
    store.save(counted)
    worker = process(store, after=20)
    assert worker.recover() is None
    worker.beat()
    assert store.load("w1") == counted
    worker.begin("b1", DAY, PLAYERS)
    assert beat_of(store).heartbeat_at == NOW + timedelta(minutes=20)


def test_a_batch_that_another_worker_has_taken_over_is_not_begun_a_third_time_by_its_first_owner(
    store: SqliteWorkerStore,
) -> None:
    process(store).begin("b1", DAY, PLAYERS)
    other = process(store, "w2", after=20)
    other.begin("b1", DAY, PLAYERS)
    assert process(store, after=30).recover() is None
    for player in PLAYERS:
        other.done(player)
    other.begin("b2", DAY, ("dan",))
    assert beat_of(store, "w2").finished == (FinishedBatch("b1", NOW + timedelta(minutes=20)),)
    again = process(store, after=30)
    assert again.recover() is None
    again.beat()
    assert beat_of(store).state is WorkerState.IDLE


def test_a_batch_that_comes_again_under_its_id_is_not_taken_for_the_one_that_was_finished(
    store: SqliteWorkerStore,
) -> None:
    other = process(store, "w2")
    other.begin("b1", DAY, ("ann",))
    other.done("ann")
    process(store, after=60).begin("b1", DAY, PLAYERS)
    assert process(store, after=90).recover() == Batch("b1", DAY, PLAYERS)


def test_finished_batches_are_remembered_for_a_week_and_by_later_processes(store: SqliteWorkerStore) -> None:
    for days in (0, 3, 8):
        worker = process(store, after=days * 24 * 60)
        worker.begin(f"b{days}", DAY, ("ann",))
        worker.done("ann")
    assert [batch.id for batch in beat_of(store).finished] == ["b3", "b8"]
    process(store, after=9 * 24 * 60).beat()
    assert [batch.id for batch in beat_of(store).finished] == ["b3", "b8"]


def test_an_older_process_of_a_worker_can_no_longer_write_over_a_newer_one(store: SqliteWorkerStore) -> None:
    older = process(store)
    older.begin("b1", DAY, PLAYERS)
    newer = process(store, after=1)
    newer.recover()
    for player in PLAYERS:
        newer.done(player)
    finished = store.load("w1")
    for late in (older.beat, older.stop, lambda: older.done("ann"), lambda: older.begin("b2", DAY, PLAYERS)):
        with pytest.raises(SupersededError, match="w1 goes on in another process"):
            late()
    assert store.load("w1") == finished
    assert process(store, after=2).recover() is None


def test_an_older_process_without_work_does_not_wipe_the_batch_that_a_newer_one_has_begun(
    store: SqliteWorkerStore,
) -> None:
    older = process(store)
    older.recover()
    older.beat()
    process(store).begin("b1", DAY, PLAYERS)
    with pytest.raises(SupersededError):
        older.beat()
    with pytest.raises(SupersededError):
        older.begin("b2", DAY, PLAYERS)
    assert beat_of(store).batch_id == "b1"


@dataclass
class SlowStore(SqliteWorkerStore):
    """A store whose first save waits until somebody else has saved, or is kept from it."""

    path: Path
    first: Event = field(default_factory=Event)
    second: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        super().__init__(self.path)

    def save(self, kept: Kept) -> None:
        if self.first.is_set():
            super().save(kept)
            self.second.set()
        else:
            self.first.set()
            self.second.wait(0.2)
            super().save(kept)


def test_a_thread_that_beats_never_keeps_an_older_state_than_the_one_that_predicts(tmp_path: Path) -> None:
    store = SlowStore(tmp_path / "workers.sqlite3")
    worker = process(store)
    worker.begin("b1", DAY, PLAYERS)
    beating = Thread(target=worker.beat)
    beating.start()
    store.first.wait()
    worker.done("ann")
    beating.join()
    assert beat_of(store).completed == 1


def test_a_worker_that_recovered_nothing_beats_without_work(tmp_path: Path) -> None:
    store = SqliteWorkerStore(tmp_path / "workers.sqlite3")
    worker = BatchWorker(store, "w1", lambda: NOW, every=timedelta(seconds=30))
    assert worker.recover() is None
    worker.beat()
    assert store.beats() == (WorkerBeat("w1", NOW, WorkerState.IDLE, every_seconds=30),)
    worker.stop()
    assert store.beats() == (WorkerBeat("w1", NOW, WorkerState.IDLE),)


def write_row(path: Path, *values: object) -> None:
    """Write a whole row as workers of the first version do."""
    with closing(sqlite3.connect(path / "workers.sqlite3")) as file, file:
        file.execute("INSERT OR REPLACE INTO worker VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def test_a_store_of_an_earlier_version_is_read_and_written_by_both(tmp_path: Path, store: SqliteWorkerStore) -> None:
    BatchWorker(store, "w1", lambda: NOW, every=timedelta(minutes=1)).begin("b1", DAY, PLAYERS)
    write_row(tmp_path, "w2", "2026-01-25T12:00:00.000000Z", "idle", "", None, 0, 0, "[]", "[]")
    assert (beat_of(store, "w1").every_seconds, beat_of(store, "w2").every_seconds) == (60, 0)
    write_row(tmp_path, "w1", "2026-01-25T13:00:00.000000Z", "working", "b1", "2026-01-25", 1, 3, "[]", "[]")
    assert beat_of(store).progressed_at is None  # what was known of an earlier heartbeat says nothing of this one


def test_a_row_that_is_no_heartbeat_hides_no_other_and_is_mended_by_its_worker(
    tmp_path: Path, store: SqliteWorkerStore
) -> None:
    process(store, "w2").beat()
    write_row(tmp_path, "w1", "yesterday", "idle", "", None, 0, 0, "[]", "[]")
    bad, good = store.beats()
    assert isinstance(bad, UnreadableRecord)
    assert "the row of w1 in the workers' store is no heartbeat" in bad.reason
    assert good == WorkerBeat("w2", NOW, WorkerState.IDLE)
    process(store).begin("b1", DAY, PLAYERS)
    assert beat_of(store).batch_id == "b1"


def test_a_worker_that_does_not_come_back_is_retired(store: SqliteWorkerStore) -> None:
    process(store).begin("b1", DAY, PLAYERS)
    assert store.retire("w1")
    assert not store.retire("w1")
    assert store.beats() == ()


def test_a_store_is_opened_where_courtside_reads_it_and_its_folder_is_made(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new" / "state")
    BatchWorker(store, "w1", lambda: NOW).beat()
    assert (tmp_path / "new" / "state" / "workers.sqlite3").is_file()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkerStoreError, match=r"file/state of the workers' store cannot be made"):
        open_store(tmp_path / "file" / "state")


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "workers.sqlite3"
    path.write_text("this is no database, whatever its name says")
    with pytest.raises(WorkerStoreError, match=r"workers\.sqlite3 cannot be used"):
        SqliteWorkerStore(path).beats()
