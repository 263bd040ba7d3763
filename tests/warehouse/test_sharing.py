"""One file and several processes: readers never lock each other out, and who waits in vain learns for whom."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from checks.facts.rows import RowError
from console.warehouse.duckdb_file import Patience, jitter
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError
from tests.warehouse.samples import AS_OF, ENDLESS_SQL, LINES, WINDOW, filled, warehouse

ROOT = Path(__file__).parents[2]
HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only={ro}); print('held', flush=True); sys.stdin.readline()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return filled(tmp_path / "w.duckdb")


@contextmanager
def held(path: Path, *, read_only: bool) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the file; writing a line to it, or leaving, makes it let go."""
    command = [sys.executable, "-c", HOLD.format(ro=read_only), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "held\n"
        yield process
        if not process.stdin.closed:
            process.stdin.close()
        process.wait(10)


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait(10)


class Waiting:
    """A clock that only sleeping moves, and what happens at the third sleep."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.slept: list[float] = []
        self.then = then

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == 3:
            self.then()

    def patience(self, seconds: float = 5.0) -> Patience:
        return Patience(seconds, pause=lambda: 0.5, sleep=self.sleep, clock=lambda: sum(self.slept))


def test_two_processes_read_at_once(path: Path) -> None:
    with held(path, read_only=True):
        reader = warehouse(path, patience=Patience(0))
        assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
        other = warehouse(path, patience=Patience(0))
        assert len(other.load(LINES, WINDOW, AS_OF)) == 1
        reader.close()
        other.close()


def test_a_reader_waits_until_the_writer_is_done(path: Path) -> None:
    with held(path, read_only=False) as process:
        waiting = Waiting(then=lambda: let_go(process))
        reader = warehouse(path, patience=waiting.patience())
        assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
        reader.close()
    assert waiting.slept == [0.5, 0.5, 0.5]


def test_a_reader_that_waited_in_vain_says_who_writes(path: Path) -> None:
    with held(path, read_only=False) as process:
        waiting = Waiting()
        with pytest.raises(WarehouseError) as caught:
            warehouse(path, patience=waiting.patience()).load(LINES, WINDOW, AS_OF)
        assert str(caught.value) == (
            f"{path} is being written by {Path(sys.executable).name} (process {process.pid}): waited 5 s;"
            " try again when it is done"
        )
    assert sum(waiting.slept) == 5.0


def test_a_writer_that_waited_in_vain_says_who_reads(path: Path) -> None:
    with held(path, read_only=True) as process:
        writer = warehouse(path, patience=Waiting().patience(1.0))
        with (
            pytest.raises(WarehouseError, match=rf"is being read by .* \(process {process.pid}\): waited 1 s"),
            writer.write(),
        ):
            pytest.fail("the file is held")


def test_a_writer_waits_until_the_reader_is_done(path: Path) -> None:
    with held(path, read_only=True) as process:
        waiting = Waiting(then=lambda: let_go(process))
        with warehouse(path, patience=waiting.patience()).write() as connection:
            connection.execute("DELETE FROM nba_raw.odds_api_player_points_props")
    assert len(waiting.slept) == 3


def test_a_writer_meets_a_reader_of_its_own_process(path: Path) -> None:
    reader = warehouse(path)
    reader.load(LINES, WINDOW, AS_OF)
    waiting = Waiting(then=reader.close)
    with warehouse(path, patience=waiting.patience()).write():
        pass
    assert len(waiting.slept) == 3


def test_a_writer_that_its_own_process_keeps_out_says_so(path: Path) -> None:
    reader = warehouse(path)
    reader.load(LINES, WINDOW, AS_OF)
    writer = warehouse(path, patience=Waiting().patience())
    with pytest.raises(WarehouseError, match="in use by another part of this process"), writer.write():
        pytest.fail("the file is held")
    reader.close()


def test_writing_lets_go_of_what_the_same_warehouse_reads(path: Path) -> None:
    both = warehouse(path, patience=Patience(0))
    both.load(LINES, WINDOW, AS_OF)
    with both.write() as connection:
        connection.execute("DELETE FROM nba_raw.odds_api_player_points_props")
    assert both.load(LINES, WINDOW, AS_OF) == ()
    both.close()


def test_threads_of_one_refresh_wait_once_for_a_lock(path: Path) -> None:
    with held(path, read_only=False):
        waiting = Waiting()
        reader = warehouse(path, patience=waiting.patience())

        def refused(_: int) -> str:
            with pytest.raises(WarehouseError) as caught:
                reader.load(LINES, WINDOW, AS_OF)
            return str(caught.value)

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(refused, range(12)))) == 1
        assert sum(waiting.slept) == 5.0
    reader.close()
    assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
    reader.close()


def test_retries_are_5_to_20_ms_apart_and_not_in_step() -> None:
    pauses = [jitter() for _ in range(200)]
    assert 0.005 <= min(pauses) < max(pauses) <= 0.020
    assert len(set(pauses)) > 100


def test_two_processes_that_write_at_once_both_succeed(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from console.warehouse.embedded import EmbeddedWarehouse\n"
        "for n in range(5):\n"
        "    with EmbeddedWarehouse(Path(sys.argv[1])).write() as c:\n"
        "        c.execute(\"INSERT INTO nba_orchestration.failed_processor_queue (id, game_date) VALUES ('x', '2026-01-24')\")"
    )
    command = [sys.executable, "-c", script, str(path)]
    writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]  # noqa: S603 - our own interpreter and script
    assert [writer.wait(60) for writer in writers] == [0, 0]
    reader = EmbeddedWarehouse(path)
    assert reader.inspect(("nba_orchestration.failed_processor_queue",))[0].rows == 10
    reader.close()


def running(reader: EmbeddedWarehouse) -> tuple[threading.Thread, list[WarehouseError]]:
    """Start an endless load in another thread and wait until its query runs."""
    raised: list[WarehouseError] = []

    def run() -> None:
        try:
            reader.load(LINES, WINDOW, AS_OF)
        except WarehouseError as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    give_up = time.monotonic() + 10
    while not reader._session._running and time.monotonic() < give_up:
        thread.join(0.01)
    return thread, raised


@pytest.mark.parametrize("stop", [EmbeddedWarehouse.cancel, EmbeddedWarehouse.close])
def test_a_long_query_is_stopped_from_another_thread(path: Path, stop: Callable[[EmbeddedWarehouse], None]) -> None:
    reader = warehouse(path, ENDLESS_SQL)
    thread, raised = running(reader)
    stop(reader)
    thread.join(10)
    assert not thread.is_alive()
    assert "lines was stopped" in str(raised[0])
    reader.close()


def test_after_a_cancel_the_next_load_runs(path: Path) -> None:
    queries = [ENDLESS_SQL, "SELECT 'x', 0, 1.5"]
    reader = EmbeddedWarehouse(path, sql=lambda _: queries.pop(0))
    thread, _ = running(reader)
    reader.cancel()
    thread.join(5)
    assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
    reader.close()


def test_after_a_close_during_a_query_the_file_is_free_for_a_writer(path: Path) -> None:
    reader = warehouse(path, ENDLESS_SQL)
    thread, _ = running(reader)
    reader.close()
    with warehouse(path, patience=Patience(0)).write() as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    thread.join(5)


def test_cancel_ends_the_wait_for_a_lock(path: Path) -> None:
    with held(path, read_only=False):
        waiting = Waiting()
        reader = warehouse(path, patience=waiting.patience())
        waiting.then = reader.cancel
        with pytest.raises(WarehouseError, match="reading was stopped"):
            reader.load(LINES, WINDOW, AS_OF)
        assert len(waiting.slept) == 3
    assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
    reader.close()


def test_nothing_to_cancel_or_close_is_no_error(tmp_path: Path) -> None:
    idle = warehouse(tmp_path / "no.duckdb")
    idle.cancel()
    idle.close()
    idle.close()
    assert not (tmp_path / "no.duckdb").exists()


def test_a_reader_keeps_its_snapshot_while_the_file_is_replaced(path: Path, tmp_path: Path) -> None:
    reader = warehouse(path)
    reader.load(LINES, WINDOW, AS_OF)
    new = filled(tmp_path / "new.duckdb")
    with EmbeddedWarehouse(new).write() as connection:
        connection.execute("DELETE FROM nba_raw.odds_api_player_points_props")
    new.replace(path)
    assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
    reader.close()
    assert reader.load(LINES, WINDOW, AS_OF) == ()
    reader.close()


def test_a_row_error_lets_the_file_go(path: Path) -> None:
    reader = warehouse(path, "SELECT NULL, 0, 1.5")
    with pytest.raises(RowError):
        reader.load(LINES, WINDOW, AS_OF)
    reader.close()
    with warehouse(path, patience=Patience(0)).write():
        pass
