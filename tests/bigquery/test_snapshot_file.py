"""A snapshot of BigQuery shows what BigQuery would have shown, holds nothing else, and tells when it was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from console.warehouse import clients
from console.warehouse.snapshot.plan import Request, plan, table_reads
from tests.bigquery.snapshots import BEGIN, DAYS, END, Console, rows_of
from tests.bigquery_double import BigQueryDouble
from tests.builders import at
from tests.cli.conftest import Result

MOMENTS = (
    (BEGIN, "2"),
    ("2026-01-23T06:20Z", "1"),
    ("2026-01-23T06:20Z", "5"),
    ("2026-01-24T17:00Z", "2"),
    ("2026-01-25T01:30Z", "6"),
    (END, "8"),
)
"""From the first to the last that the snapshot shows, with as many game dates as it holds up to there at most."""


@dataclass(frozen=True)
class Taken:
    """A snapshot that tests only look at, and how taking it ended."""

    file: Path
    done: Result


@pytest.fixture(scope="module")
def taken(january: BigQueryDouble, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    january.heal()
    file = tmp_path_factory.mktemp("taken") / "taken.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clients.EMULATOR, january.url)
        done = Console(file.parent, january.project).snapshot(file)
    clients.close_clients()
    assert done.status == 0, done.err
    return Taken(file, done)


@pytest.fixture
def console(double: BigQueryDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    monkeypatch.setenv(clients.EMULATOR, double.url)
    yield Console(tmp_path, double.project)
    clients.close_clients()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "incident.duckdb"


def comparable(report: str, place: Path) -> Any:
    """Return a report without what must differ: the warehouse's name, also in offered commands, and how long it took."""
    document = json.loads(report.replace(f"--warehouse {place}", "--warehouse …"))
    document["scope"]["warehouse"] = ""
    for fact in document["facts"]:
        fact["seconds"] = 0
    return document


@pytest.mark.parametrize(("moment", "days"), MOMENTS)
def test_the_report_of_the_snapshot_is_that_of_the_warehouse(
    console: Console, taken: Taken, demo_file: Path, moment: str, days: str
) -> None:
    ask = ("check", "--json", "--at", moment, "--days", days)
    copy, original = (console(*ask, "--warehouse", str(path)) for path in (taken.file, demo_file))
    assert comparable(copy.out, taken.file) == comparable(original.out, demo_file)
    assert copy.status == original.status


def test_it_says_how_to_open_it(taken: Taken) -> None:
    assert taken.done.out.splitlines()[-1] == f"  courtside --warehouse {taken.file} --at {END}"
    assert f"it shows every moment from {BEGIN} to {END}" in taken.done.out


def test_nothing_is_copied_that_no_fact_reads(taken: Taken) -> None:
    reads = {read.name: read for read in table_reads()}
    with duckdb.connect(str(taken.file), read_only=True) as connection:
        stored = connection.execute(
            "SELECT schema_name || '.' || table_name, list(column_name) FROM duckdb_columns()"
            " WHERE schema_name LIKE 'nba_%' AND table_name NOT LIKE 'v_%' GROUP BY ALL"
        ).fetchall()
        for table, columns in stored:
            for column in columns:
                found = connection.execute(f'SELECT COUNT("{column}") FROM {table}').fetchone()
                assert found is not None
                assert found[0] == 0 or column in reads[table].stored_columns(), (table, column)
    assert rows_of(
        taken.file, "SELECT COUNT(player_full_name), COUNT(data_hash) FROM nba_raw.bdl_player_boxscores"
    ) == [(0, 0)]


def test_of_json_only_the_values_that_are_read_are_copied(
    demo_file: Path, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BigQueryDouble(demo_file) as double:
        double.run(
            "UPDATE nba_orchestration.failed_processor_queue SET metadata = "
            """'{"game_key": "LAL@DAL", "token": "hunter2"}', resolution_notes = 'by hand'"""
        )
        monkeypatch.setenv(clients.EMULATOR, double.url)
        assert Console(tmp_path, double.project).snapshot(file).status == 0
    (found,) = set(rows_of(file, "SELECT metadata, resolution_notes FROM nba_orchestration.failed_processor_queue"))
    assert (json.loads(found[0]), found[1]) == ({"game_key": "LAL@DAL"}, "by hand")
    assert b"hunter2" not in file.read_bytes()


def test_older_deployments_whose_queue_lacks_columns_are_copied(
    demo_file: Path, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BigQueryDouble(demo_file) as double:
        for column in ("metadata", "resolution_notes"):
            double.run(f"ALTER TABLE nba_orchestration.failed_processor_queue DROP COLUMN {column}")
        monkeypatch.setenv(clients.EMULATOR, double.url)
        done = Console(tmp_path, double.project).snapshot(file)
    assert done.status == 0, done.err
    assert rows_of(file, "SELECT COUNT(*) > 0, COUNT(metadata) FROM nba_orchestration.failed_processor_queue") == [
        (True, 0)
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM nba_raw.nbac_schedule WHERE game_id = (SELECT MIN(game_id) FROM nba_raw.nbac_schedule)", "rows"),
        ("UPDATE nba_raw.nbac_schedule SET home_team_score = home_team_score + 1", "has other values"),
        ("DROP TABLE nba_raw.nbac_schedule", "is not there"),
    ],
)
def test_verifying_names_the_table_that_differs(
    console: Console, taken: Taken, file: Path, sql: str, said: str
) -> None:
    shutil.copy(taken.file, file)
    assert console("snapshot", "--verify", str(file)).status == 0
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)
    found = console("snapshot", "--verify", str(file))
    assert found.status == 1
    (named,) = [line for line in found.out.splitlines() if line.startswith("nba_")]
    assert named.startswith("nba_raw.nbac_schedule ")
    assert said in found.out


def test_what_is_no_snapshot_is_not_verified(console: Console, demo_file: Path) -> None:
    found = console("snapshot", "--verify", str(demo_file))
    assert (found.status, "is not a snapshot" in found.err) == (3, True)


def test_an_embedded_file_is_copied_without_asking_and_to_the_same_rows(
    console: Console, taken: Taken, demo_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.duckdb"
    done = console("snapshot", "--warehouse", str(demo_file), "-o", str(other), *DAYS)
    assert done.status == 0, done.err
    hashes = "SELECT table_name, row_count, row_hash FROM courtside_snapshot.tables ORDER BY table_name"
    assert rows_of(taken.file, hashes) == rows_of(other, hashes)


def test_the_manifest_says_what_was_copied_and_tells_nothing_of_this_machine(
    double: BigQueryDouble, taken: Taken
) -> None:
    (row,) = rows_of(taken.file, "SELECT source, days, first_moment, as_of FROM courtside_snapshot.request")
    assert row == (double.project, 8, BEGIN, END)
    copied = rows_of(
        taken.file, "SELECT table_name, CAST(since AS VARCHAR), CAST(until AS VARCHAR) FROM courtside_snapshot.tables"
    )
    wanted = plan(Request(double.project, 8, at("2026-01-26T06:00")))
    assert sorted(copied) == sorted((copy.name, _text(copy.since), _text(copy.until)) for copy in wanted)
    assert str(taken.file.parent).encode() not in taken.file.read_bytes()


def _text(day: object) -> str | None:
    return None if day is None else str(day)
