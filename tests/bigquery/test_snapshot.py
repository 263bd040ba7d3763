"""Taking a snapshot of BigQuery: bounded, agreed to, and gone on with whatever came between."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.warehouse import clients
from console.warehouse.bigquery.cost import estimated_bill
from console.warehouse.snapshot.plan import table_reads
from tests.bigquery.asking import eventually
from tests.bigquery.snapshots import DAYS, END, TABLES, Console, copies
from tests.bigquery_double import BigQueryDouble, Silence, Status
from tests.builders import at

LATE_TABLE = "nba_orchestration.pipeline_event_log"
BEFORE_IT = [read.name for read in table_reads()].index(LATE_TABLE)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def console(double: BigQueryDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    monkeypatch.setenv(clients.EMULATOR, double.url)
    yield Console(tmp_path, double.project)
    clients.close_clients()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "incident.duckdb"


def test_every_query_is_bounded_in_days_and_money_and_says_who_asks(
    console: Console, double: BigQueryDouble, file: Path
) -> None:
    assert console.snapshot(file).status == 0
    priced = [query for query in double.queries if query.is_dry_run]
    asked = [query for query in double.queries if not query.is_dry_run]
    assert (len(priced), len(asked)) == (TABLES, TABLES)
    assert all(query.labels["app"] == "courtside" and query.labels["check"] == "snapshot" for query in asked)
    assert [query.maximum_bytes_billed for query in asked] == [
        int(1.25 * estimated_bill(query.bytes_processed, 1)) for query in priced
    ]
    whole = [query.tables[0] for query in asked if not query.parameters]
    assert whole == ["nba_orchestration.circuit_breaker_state"]


def test_large_tables_come_page_by_page(
    demo_file: Path, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BigQueryDouble(demo_file, largest_page_rows=500) as double:
        monkeypatch.setenv(clients.EMULATOR, double.url)
        console = Console(tmp_path, double.project)
        assert console.snapshot(file).status == 0
        pages = [request for request in double.requests if "pageToken" in request.arguments]
        clients.close_clients()
    assert len(pages) > 10
    assert console("snapshot", "--verify", str(file)).status == 0


def test_an_interrupted_copy_reads_no_complete_table_again(
    console: Console, double: BigQueryDouble, file: Path
) -> None:
    double.inject(Status(403, "accessDenied"), path="/queries$", sql=LATE_TABLE, times=None)
    failed = console.snapshot(file)
    assert failed.status == 3
    assert f"{BEFORE_IT} of {TABLES} tables are complete in {file}.partial" in failed.err
    assert not file.exists()
    first = copies(double)
    double.heal()
    double.forget()
    done = console.snapshot(file)
    assert done.status == 0, done.err
    assert f"goes on with {file}.partial, where {BEFORE_IT} of {TABLES} tables are complete" in done.err
    assert first + copies(double) == [read.name for read in table_reads()]
    assert len([query for query in double.queries if query.is_dry_run]) == TABLES - BEFORE_IT
    assert not Path(f"{file}.partial").exists()
    assert console("snapshot", "--verify", str(file)).status == 0


def test_ctrl_c_leaves_a_copy_that_is_gone_on_with(double: BigQueryDouble, console: Console, file: Path) -> None:
    double.inject(Silence(), path="/queries$", sql=LATE_TABLE, times=None)
    arguments = ["--warehouse", f"bigquery://{double.project}", "-o", str(file), *DAYS, "--yes"]
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "console", "snapshot", *arguments],
        env={**os.environ, "HOME": str(console.home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert eventually(lambda: len(copies(double)) == BEFORE_IT and LATE_TABLE in double.requests[-1].sql, 60)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert " ".join(said.split()).startswith(f"stopped: {BEFORE_IT} of {TABLES} tables are complete in ")
    double.heal()
    double.forget()
    assert console.snapshot(file).status == 0
    assert len(copies(double)) == TABLES - BEFORE_IT


def test_a_changed_request_starts_anew_and_says_so(console: Console, double: BigQueryDouble, file: Path) -> None:
    double.inject(Status(403, "accessDenied"), path="/queries$", sql=LATE_TABLE, times=None)
    console.snapshot(file)
    double.heal()
    double.forget()
    done = console.snapshot(file, "--days", "6", "--at", END, "--yes")
    assert done.status == 0, done.err
    assert f"starts anew: {file}.partial was begun for 8 days up to {END} of {double.project}" in done.err
    assert len(copies(double)) == TABLES


def test_a_copy_up_to_now_is_gone_on_with_a_little_later_and_not_the_next_day(
    console: Console, double: BigQueryDouble, file: Path
) -> None:
    double.inject(Status(403, "accessDenied"), path="/queries$", sql=LATE_TABLE, times=None)
    for moment, said in (
        ("2026-01-26T07:00", "copies 18 tables"),
        ("2026-01-26T07:30", "goes on with"),
        ("2026-01-26T20:00", "starts anew"),
    ):
        console.now = at(moment)
        assert said in console.snapshot(file, "--days", "7", "--yes").err


def test_a_file_that_is_there_is_replaced_only_by_force(console: Console, file: Path) -> None:
    file.write_text("mine")
    refused = console.snapshot(file)
    assert (refused.status, file.read_text()) == (3, "mine")
    assert "is there already" in refused.err
    assert console.snapshot(file, *DAYS, "--yes", "--force").status == 0
    assert console("snapshot", "--verify", str(file)).status == 0


def test_where_nobody_can_be_asked_the_cost_has_to_be_agreed_to(
    console: Console, double: BigQueryDouble, file: Path
) -> None:
    refused = console.snapshot(file, *DAYS)
    assert (refused.status, double.requests) == (3, ())
    assert "give --yes" in refused.err


@pytest.mark.parametrize(("typed", "status", "is_there"), [("y\n", 0, True), ("\n", 3, False), ("", 3, False)])
def test_the_cost_is_shown_and_asked_for(
    console: Console, double: BigQueryDouble, file: Path, monkeypatch: pytest.MonkeyPatch, typed: str, status: int,
    is_there: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    done = console.snapshot(file, *DAYS, has_keyboard=True)
    assert f"copies {TABLES} tables, 8 days up to {END} of {double.project}: BigQuery bills about 0.18 GB" in done.err
    assert (done.status, file.exists()) == (status, is_there)
    assert bool(copies(double)) == is_there
    assert not Path(f"{file}.partial").exists()


def test_the_bar_is_drawn_on_a_terminal_and_nowhere_else(console: Console, file: Path) -> None:
    drawn = console.snapshot(file, err=Terminal())
    assert f"\r[####################] {TABLES}/{TABLES} " in drawn.err
    assert "\r" not in console.snapshot(file, *DAYS, "--yes", "--force").err
