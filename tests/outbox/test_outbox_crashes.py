"""Whatever ends the process, and whoever else delivers: each row arrives once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from console.journal import FILE_NAME
from console.outbox.outbox import Outbox
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Writes
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery_double import BigQueryDouble, ResetAfter, ResetBefore
from tests.fuse import BreakableJournal, BreakableWrites, CrashError, Fuse
from tests.outbox.outboxes import (
    NOW,
    PLACE,
    TABLE,
    deliver_all,
    outbox,
    row,
    rows,
)

Arrived = Callable[[], Sequence[str]]


@pytest.fixture(params=["bigquery", "embedded"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, double: BigQueryDouble, opened: Opener
) -> tuple[Writes, Arrived]:
    """Give a warehouse, and what has arrived in its table."""
    sql = f"SELECT conflict_id FROM {TABLE} ORDER BY conflict_id"
    if request.param == "bigquery":
        return opened(double, QUICK).writes, lambda: [key for (key,) in double.run(sql)]
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()

    def arrived() -> Sequence[str]:
        with warehouse.write() as connection:
            return [key for (key,) in connection.execute(sql).fetchall()]

    return warehouse.writes, arrived


def put_and_deliver(folder: Path, writes: Writes, keys: Sequence[str], fuse: Fuse) -> None:
    box = Outbox(BreakableJournal(folder / FILE_NAME, fuse, lambda: NOW))
    box.put(PLACE, TABLE, rows(*keys), NOW)
    deliver_all(box, BreakableWrites(writes, fuse))


def breaks(folder: Path, writes: Writes, keys: Sequence[str], fuse: Fuse) -> bool:
    try:
        put_and_deliver(folder, writes, keys, fuse)
    except CrashError:
        return True
    return False


def test_a_crash_at_any_step_loses_nothing_and_repeats_nothing(place: tuple[Writes, Arrived], tmp_path: Path) -> None:
    writes, arrived = place
    expected: list[str] = []
    for at in range(1, 100):
        folder = tmp_path / f"crash-{at:02}"
        folder.mkdir()
        keys = [f"{at:02}-{name}" for name in "abc"]
        expected += keys
        crashed = breaks(folder, writes, keys, Fuse(at))
        put_and_deliver(folder, writes, keys, Fuse())
        assert arrived() == expected
        if not crashed:
            break
    assert at > 12  # each transaction has three steps and each request two


def test_a_crash_on_the_way_back_from_a_crash_neither(place: tuple[Writes, Arrived], tmp_path: Path) -> None:
    writes, arrived = place
    expected: list[str] = []
    for first in range(7, 16):  # from the transaction that fixes the batch to the one that settles it
        for second in range(4, 15, 2):
            folder = tmp_path / f"crash-{first:02}-{second:02}"
            folder.mkdir()
            keys = [f"{first:02}-{second:02}-{name}" for name in "ab"]
            expected += keys
            breaks(folder, writes, keys, Fuse(first))
            breaks(folder, writes, keys, Fuse(second))
            put_and_deliver(folder, writes, keys, Fuse())
    assert arrived() == expected


def test_a_crash_while_good_rows_are_saved_from_a_bad_one_neither(
    double: BigQueryDouble, opened: Opener, tmp_path: Path
) -> None:
    writes = opened(double, QUICK).writes
    expected: list[str] = []
    for at in range(1, 100):
        folder = tmp_path / f"crash-{at:02}"
        folder.mkdir()
        given = [row(f"{at:02}-a"), row(f"{at:02}-b", timestamp="soon"), row(f"{at:02}-c")]
        expected += [f"{at:02}-a", f"{at:02}-c"]
        fuse = Fuse(at)
        box = Outbox(BreakableJournal(folder / FILE_NAME, fuse, lambda: NOW))
        try:
            box.put(PLACE, TABLE, given, NOW)
            deliver_all(box, BreakableWrites(writes, fuse))
        except CrashError:
            box = outbox(folder)
            box.put(PLACE, TABLE, given, NOW)
            deliver_all(box, writes)
        [standing] = box.standings(PLACE, writes.limits, NOW)
        assert (standing.waiting, standing.refused) == (0, 1)
        assert [key for (key,) in double.run(f"SELECT conflict_id FROM {TABLE} ORDER BY 1")] == expected
        if fuse.steps < at:
            break


@pytest.mark.parametrize("action", [ResetAfter(), ResetBefore()])
def test_a_connection_that_breaks_costs_a_minute_and_no_row(
    double: BigQueryDouble, opened: Opener, tmp_path: Path, action: ResetAfter | ResetBefore
) -> None:
    writes, box = opened(double, QUICK).writes, outbox(tmp_path)
    box.put(PLACE, TABLE, rows("a", "b"), NOW)
    double.inject(action, path="^/upload")
    done = box.deliver(PLACE, writes, NOW)
    assert (done.delivered, done.next_at) == (0, NOW + timedelta(seconds=60))
    assert "cannot be reached" in done.tables[0].trouble
    again = box.deliver(PLACE, writes, NOW + timedelta(seconds=60))
    assert (again.delivered, again.next_at, again.tables[0].trouble) == (2, None, "")
    assert double.run(f"SELECT COUNT(*) FROM {TABLE}") == [(2,)]


def test_consoles_that_deliver_at_once_deliver_each_row_once(place: tuple[Writes, Arrived], tmp_path: Path) -> None:
    writes, arrived = place
    keys = [f"{number:03}" for number in range(40)]
    outbox(tmp_path).put(PLACE, TABLE, rows(*keys), NOW)

    def deliver(_: int) -> int:
        return deliver_all(outbox(tmp_path), writes).delivered

    with ThreadPoolExecutor(4) as threads:
        counted = list(threads.map(deliver, range(4)))
    assert arrived() == keys
    assert sum(counted) == len(keys)


def test_rows_of_another_machines_journal_are_other_rows(place: tuple[Writes, Arrived], tmp_path: Path) -> None:
    writes, arrived = place
    for machine in ("one", "two", "one again, after its journal was deleted"):
        (tmp_path / machine).mkdir()
        box = outbox(tmp_path / machine)
        box.put(PLACE, TABLE, rows("a"), NOW)
        assert deliver_all(box, writes).delivered == 1
    assert arrived() == ["a"] * 3
