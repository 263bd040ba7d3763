"""What is in the chain goes to colleagues: each entry once, with the entry or not at all."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from console.actions.entry import EntryKind
from console.actions.mirror import TABLE, MirroredLedger, mirror_row
from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE
from console.warehouse.embedded import EmbeddedWarehouse
from tests.actions.entries import NOW, chain, entry
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.fuse import BreakableJournal, CrashError, Fuse
from tests.outbox.conftest import double

__all__ = ["double", "opened"]  # the fixtures

PLACE = "prod"


def mirrored(journal: Journal) -> MirroredLedger:
    return MirroredLedger(journal, Outbox(journal), PLACE)


def journal_in(folder: Path) -> Journal:
    return Journal(folder / FILE_NAME, now=lambda: NOW)


def test_a_row_says_who_did_what_when_and_why_and_where_it_stands_in_the_chain() -> None:
    (link,) = chain(1)
    row = mirror_row(link)
    assert row.key == f"1 {link.hash}"
    assert row.values == {
        "action_id": "e1",
        "action": "requeue",
        "event": "attempt",
        "target_table": QUEUE,
        "target_key": "game 1",
        "game_date": None,
        "reason": "box score arrived late",
        "plan": {"id": "p1", "before": "status=failed", "after": "status=pending"},
        "outcome": "done",
        "performed_by": "ann@example.com",
        "performed_at": entry().at,
        "entry_number": 1,
        "entry_hash": link.hash,
        "host": "ops-1",
    }


def test_the_game_date_is_that_of_the_subject(tmp_path: Path) -> None:
    ledger = mirrored(journal_in(tmp_path))
    days = [
        mirror_row(ledger.append(entry(number, subject=subject))).values["game_date"]
        for number, subject in enumerate(("LAL@DAL 2026-01-24", "retrier", "LAL@DAL 2026-13-45"), start=1)
    ]
    assert days == [date(2026, 1, 24), None, None]


def test_every_column_of_a_row_is_one_of_the_table(tmp_path: Path) -> None:
    journal, warehouse = journal_in(tmp_path), EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()
    ledger = mirrored(journal)
    links = [ledger.append(entry(number, kind=kind)) for number, kind in enumerate(EntryKind, start=1)]
    done = Outbox(journal).deliver(PLACE, warehouse.writes, NOW)
    assert (done.delivered, [table.refused for table in done.tables]) == (4, [0])
    with warehouse.write() as connection:
        rows = connection.execute(f"SELECT entry_number, entry_hash, event, plan FROM {TABLE} ORDER BY 1").fetchall()
    assert [row[:3] for row in rows] == [
        (link.number, link.hash, kind.value) for link, kind in zip(links, EntryKind, strict=True)
    ]
    assert json.loads(rows[0][3])["id"] == "p1"


def test_bigquery_takes_the_rows_as_they_are(tmp_path: Path, double: BigQueryDouble, opened: Opener) -> None:
    journal = journal_in(tmp_path)
    links = [mirrored(journal).append(entry(number)) for number in (1, 2)]
    writes = opened(double, QUICK).writes
    assert Outbox(journal).deliver(PLACE, writes, NOW).delivered == 2
    sql = f"SELECT entry_number, entry_hash, plan ->> '$.before' FROM {TABLE} ORDER BY entry_number"
    assert double.run(sql) == [(link.number, link.hash, "status=failed") for link in links]


def test_an_entry_that_is_kept_again_is_mirrored_once(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    for _ in range(3):
        mirrored(journal).append(entry())
    with journal.reading() as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_a_crash_at_any_step_leaves_an_entry_with_its_row_or_neither(tmp_path: Path) -> None:
    for at in range(1, 20):
        folder = tmp_path / str(at)
        folder.mkdir()
        fuse = Fuse(at)
        with suppress(CrashError):
            mirrored(BreakableJournal(folder / FILE_NAME, fuse, lambda: NOW)).append(entry())
        ledger = mirrored(journal_in(folder))
        with journal_in(folder).reading() as connection:
            (rows,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert rows == ledger.verify().entries
        ledger.append(entry())
        with journal_in(folder).reading() as connection:
            assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
        if fuse.steps < at:
            break
    assert at == 4


def test_no_secret_and_nothing_that_a_terminal_obeys_reaches_colleagues(tmp_path: Path) -> None:
    link = mirrored(journal_in(tmp_path)).append(entry(reason="\x1b[2J red", before="Bearer abcdefghijklmnop123456"))
    values = mirror_row(link).values
    assert "\x1b" not in str(values)
    assert "abcdefghijklmnop123456" not in str(values)


def test_an_entry_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="journal verify"):
        mirror_row(replace(chain(1)[0], text="{}"))
