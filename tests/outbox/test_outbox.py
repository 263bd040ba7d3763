"""The outbox against BigQuery's double and a DuckDB file: what it sends, when, and what it refuses to keep."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from console.journal import FILE_NAME, RETENTION, Journal
from console.outbox.batches import BATCH_ROWS
from console.outbox.outbox import Outbox
from console.outbox.rows import OutboxRow, UnfitRowError, job_id, row_line
from console.warehouse.bigquery.writes import LIMITS, BigQueryWrites
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Loaded
from tests.bigquery_double import BigQueryDouble, Fails
from tests.outbox.outboxes import NOW, PLACE, TABLE, arrived, deliver_all, row, rows

UPLOAD = "^/upload"
SECOND = timedelta(seconds=1)


def test_rows_that_were_put_are_delivered_together(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    assert [box.put(PLACE, TABLE, rows(*keys), NOW) for keys in ("ab", "c")] == [2, 1]
    done = box.deliver(PLACE, writes, NOW)
    assert (done.delivered, done.next_at, arrived(double), len(double.loads)) == (3, None, ["a", "b", "c"], 1)


def test_a_row_that_is_put_again_is_delivered_once(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put(PLACE, TABLE, rows("a"), NOW)
    assert box.put(PLACE, TABLE, rows("a", "b"), NOW) == 1
    deliver_all(box, writes)
    assert box.put(PLACE, TABLE, rows("a"), NOW) == 0
    assert arrived(double) == ["a", "b"]


def test_a_row_can_be_kept_together_with_something_else_or_not_at_all(box: Outbox, tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)

    def put_and_fail() -> None:
        with journal.writing() as connection:
            assert box.put_with(connection, PLACE, TABLE, rows("a"), NOW) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    assert box.standings(PLACE, LIMITS, NOW) == ()


def test_with_nothing_to_do_nobody_is_asked(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    assert box.deliver(PLACE, writes, NOW).tables == ()
    assert double.requests == ()


def test_places_are_apart(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put("staging", TABLE, rows("a"), NOW)
    assert box.deliver(PLACE, writes, NOW).delivered == 0
    assert arrived(double) == []


def test_load_jobs_of_a_table_are_a_minute_apart(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put(PLACE, TABLE, rows("a"), NOW)
    box.deliver(PLACE, writes, NOW)
    box.put(PLACE, TABLE, rows("b"), NOW)
    for later in (0 * SECOND, 59 * SECOND):
        done = box.deliver(PLACE, writes, NOW + later)
        assert (done.delivered, done.next_at, len(double.loads)) == (0, NOW + 60 * SECOND, 1)
    assert box.deliver(PLACE, writes, NOW + 60 * SECOND).delivered == 1


def test_tables_do_not_wait_for_each_other(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put(PLACE, TABLE, rows("a"), NOW)
    box.put(PLACE, "nba_orchestration.absent", rows("a"), NOW)
    done = box.deliver(PLACE, writes, NOW)
    assert {standing.table: standing.waiting for standing in done.tables} == {TABLE: 0, "nba_orchestration.absent": 1}
    assert "not found" in done.tables[0].trouble.lower()


def test_a_batch_is_bounded(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put(PLACE, TABLE, rows(*(f"{number:04}" for number in range(BATCH_ROWS + 1))), NOW)
    assert box.deliver(PLACE, writes, NOW).delivered == BATCH_ROWS
    assert box.deliver(PLACE, writes, NOW + 60 * SECOND).delivered == 1
    large = [row(f"large-{number}", details={"text": "x" * 1_000_000}) for number in range(5)]
    box.put(PLACE, TABLE, large, NOW)
    assert box.deliver(PLACE, writes, NOW + 120 * SECOND).delivered == 4
    assert [request.method for request in double.requests if request.path.startswith("/upload")] == ["POST"] * 3


def test_new_rows_overtake_those_that_failed(double: BigQueryDouble, writes: BigQueryWrites, box: Outbox) -> None:
    box.put(PLACE, TABLE, [row("a"), row("b", timestamp="soon")], NOW)
    box.deliver(PLACE, writes, NOW)
    box.put(PLACE, TABLE, rows("c"), NOW)
    box.deliver(PLACE, writes, NOW + 60 * SECOND)
    assert arrived(double) == ["c"]


def test_refused_rows_are_delivered_once_the_table_was_mended(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    box.put(PLACE, TABLE, [row("a", colour="red")], NOW)
    assert deliver_all(box, writes).tables[0].refused == 1
    double.run(f"ALTER TABLE {TABLE} ADD COLUMN colour VARCHAR")
    assert box.retry_refused(PLACE, TABLE) == 1
    done = deliver_all(box, writes, NOW + 120 * SECOND)
    assert (done.delivered, done.tables[0].refused, done.tables[0].trouble) == (1, 0, "")


def test_a_clock_that_was_put_back_an_hour_stops_nothing(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    ahead = NOW + timedelta(hours=1)
    double.inject(Fails("backendError"), path=UPLOAD)
    box.put(PLACE, TABLE, rows("a"), ahead)
    box.deliver(PLACE, writes, ahead)
    done = box.deliver(PLACE, writes, NOW)
    assert done.next_at == NOW + 60 * SECOND
    assert box.deliver(PLACE, writes, NOW + 60 * SECOND).delivered == 1


def test_a_file_has_no_quota_and_needs_no_pauses(tmp_path: Path, box: Outbox) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    details = {"games": ["LAL@DAL", None], "n": 1}
    for key in "ab":
        box.put(PLACE, TABLE, [row(key, game_date=date(2026, 1, 24), resolved=False, details=details)], NOW)
        done = box.deliver(PLACE, warehouse.writes, NOW)
        assert (done.delivered, done.next_at, done.tables[0].quota if done.tables else None) == (1, None, None)
    with warehouse.write() as connection:
        found = connection.execute(
            f"SELECT conflict_id, epoch(timestamp), CAST(game_date AS VARCHAR), resolved,"
            f" details ->> '$.games[0]', game_id FROM {TABLE}"
        ).fetchall()
    assert found == [(key, NOW.timestamp(), "2026-01-24", False, "LAL@DAL", None) for key in "ab"]


@pytest.mark.parametrize("bad", [{"timestamp": "soon"}, {"timestamp": None}, {"colour": "red"}, {"retry_count": "x"}])
def test_a_file_refuses_what_its_table_cannot_hold(tmp_path: Path, box: Outbox, bad: dict[str, object]) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    box.put(PLACE, TABLE, [row("a"), row("b", **bad)], NOW)
    done = deliver_all(box, warehouse.writes)
    assert (done.delivered, done.tables[0].refused) == (1, 1)
    assert done.tables[0].trouble


def test_a_file_without_the_table_says_what_creates_it(tmp_path: Path, box: Outbox) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    with warehouse.write(create=True) as connection:
        connection.execute("CREATE SCHEMA nba_orchestration")
    box.put(PLACE, TABLE, rows("a"), NOW)
    done = box.deliver(PLACE, warehouse.writes, NOW)
    assert (done.delivered, done.tables[0].waiting) == (0, 1)
    assert "`courtside schema apply` creates what is missing" in done.tables[0].trouble


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (NOW.replace(tzinfo=None), "has no time zone"),
        (float("nan"), "not JSON"),
        ({1}, "no value of a column"),
        ("x" * (1 << 21), "the most is"),
    ],
)
def test_a_row_that_no_table_could_take_is_not_kept(box: Outbox, value: object, says: str) -> None:
    with pytest.raises(UnfitRowError, match=says):
        box.put(PLACE, TABLE, [row("a"), row("b", details=value)], NOW)
    assert box.standings(PLACE, LIMITS, NOW) == ()


def test_a_row_is_one_line_without_what_is_none() -> None:
    values = {"at": NOW, "day": date(2026, 1, 24), "text": "a\nb\u2028", "nothing": None, "json": {"kept": None}}
    assert row_line(OutboxRow("k", values)) == (
        '{"at":"2026-01-25T12:00:00.000000Z","day":"2026-01-24","text":"a\\nb\\u2028","json":{"kept":null}}'
    )


def test_a_jobs_id_is_always_the_same_and_nobody_elses() -> None:
    ids = [
        job_id(PLACE, TABLE, ["a", "b"], 1),
        job_id(PLACE, TABLE, ["a", "b"], 2),
        job_id(PLACE, TABLE, ["ab"], 1),
        job_id(PLACE, "other", ["a", "b"], 1),
        job_id("other", TABLE, ["a", "b"], 1),
    ]
    assert ids[0] == job_id(PLACE, TABLE, ["a", "b"], 1) == "courtside_b2e22ac42795bd4c96e272943c107e38841e9c15643a1844"
    assert len(set(ids)) == len(ids)


def test_what_was_delivered_long_ago_is_forgotten_and_what_waits_is_not(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox, tmp_path: Path
) -> None:
    box.put(PLACE, TABLE, rows("a"), NOW)
    deliver_all(box, writes)
    box.put(PLACE, TABLE, rows("b"), NOW)
    much_later = NOW + RETENTION + timedelta(days=1)
    later = Outbox(Journal(tmp_path / FILE_NAME, now=lambda: much_later))
    later.put("elsewhere", TABLE, [], much_later)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("SELECT key FROM outbox").fetchall() == [("b",)]
    connection.close()
    assert deliver_all(later, writes, much_later).delivered == 1
    assert arrived(double) == ["a", "b"]


def test_a_file_believes_a_job_that_it_ran_before(tmp_path: Path) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    lines = row_line(row("a")).encode()
    assert warehouse.writes.outcome("job") is None
    assert [warehouse.writes.append("job", TABLE, lines) for _ in range(2)] == [Loaded(1)] * 2
    assert warehouse.writes.outcome("job") == Loaded(1)
    with warehouse.write() as connection:
        assert connection.execute(f"SELECT COUNT(*) FROM {TABLE}").fetchall() == [(1,)]
