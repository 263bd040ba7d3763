"""Building the demo file: deterministic, quick, complete or not there."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from console.warehouse.demo import DEMO_AS_OF, DEMO_FIRST, DEMO_LAST, PROVENANCE
from console.warehouse.demo.build import build_demo, content_version, ensure_demo
from console.warehouse.demo.fixture import load_fixture
from console.warehouse.demo.tables import TABLES
from console.warehouse.protocol import WarehouseError
from console.warehouse.schema import definitions
from tests.builders import at
from tests.demo.queries import opened

MOST_SECONDS = 10.0
PROGRAM = """
import pathlib, sys
from console.warehouse.demo.build import ensure_demo
ensure_demo(pathlib.Path(sys.argv[1]))
"""


def content(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return a hash of all rows of each table, in their own order."""
    hashes = {}
    for table in (item for item in definitions() if not item.is_view):
        rows = connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {table.name}").fetchall()
        hashes[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return hashes


def test_two_builds_hold_the_same_rows(demo: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    build_demo(tmp_path / "again.duckdb")
    with opened(tmp_path / "again.duckdb") as again:
        assert content(again) == content(demo)


def test_building_takes_a_few_seconds_at_most(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()
    build_demo(tmp_path / "timed.duckdb")
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\ndemo warehouse built in {seconds:.2f} s")  # noqa: T201  # the number is what the test is run for
    assert seconds < MOST_SECONDS


def test_no_row_is_dated_outside_the_two_weeks_of_the_demo(demo: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES.values():
        stamps = demo.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema || '.' || table_name = ? "
            "AND data_type LIKE 'TIMESTAMP%'",
            [table],
        ).fetchall()
        for (column,) in stamps:
            outside = demo.execute(
                f"SELECT count(*) FROM {table} WHERE {column} NOT BETWEEN '2026-01-16' AND '2026-01-27 13:00'"
            ).fetchone()
            assert outside == (0,), f"{table}.{column}"


def test_every_table_that_the_demo_fills_is_defined_and_filled(demo: duckdb.DuckDBPyConnection) -> None:
    assert set(TABLES.values()) <= {table.name for table in definitions()}
    for table in TABLES.values():
        assert demo.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,), table


def test_columns_that_are_read_by_every_check_are_never_null(demo: duckdb.DuckDBPyConnection) -> None:
    for kind, table in TABLES.items():
        filled = {column for column in kind._fields if "None" not in str(kind.__annotations__[column])}
        for column in sorted(filled):
            assert demo.execute(f"SELECT count(*) FROM {table} WHERE {column} IS NULL").fetchone() == (0,), column


def test_a_demo_that_is_there_is_reused_untouched(tmp_path: Path) -> None:
    path = tmp_path / f"january-2026-{content_version()}.duckdb"
    path.write_bytes(b"not even a database: nobody opens it")
    assert ensure_demo(tmp_path) == path
    assert path.read_bytes().startswith(b"not even")


def test_the_first_call_builds_the_demo_and_makes_the_folder(tmp_path: Path) -> None:
    path = ensure_demo(tmp_path / "data" / "courtside")
    with opened(path) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM nba_raw.nbac_schedule").fetchone() == (True,)
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_a_build_that_is_killed_leaves_no_file_under_the_final_name(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)]) as building:  # noqa: S603  # our own program
        while not any(tmp_path.rglob("*.duckdb")):
            assert building.poll() is None, "the build ended before it could be killed"
        building.kill()
    assert list(tmp_path.glob("*.duckdb")) == []
    assert ensure_demo(tmp_path).is_file()


def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command) as first, subprocess.Popen(command) as second:  # noqa: S603  # our own program
        assert (first.wait(), second.wait()) == (0, 0)
    assert [item.name for item in tmp_path.iterdir()] == [f"january-2026-{content_version()}.duckdb"]
    with opened(ensure_demo(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM nba_raw.nbac_schedule").fetchone() == (True,)


def test_a_reader_keeps_its_snapshot_while_the_demo_is_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "january.duckdb"
    build_demo(path)
    with opened(path) as reader:
        build_demo(path)
        assert reader.execute("SELECT count(*) > 0 FROM nba_raw.nbac_schedule").fetchone() == (True,)


def test_a_folder_that_cannot_be_made_is_named_in_the_operators_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WarehouseError, match=r"cannot be written to .*file/january.*free some space"):
        ensure_demo(tmp_path / "file")


def test_the_demo_opens_five_minutes_before_the_controller_came_back() -> None:
    fixture = load_fixture()
    assert at("2026-01-25T01:35") == fixture.controller.first_after_silence
    assert at("2026-01-25T01:30") == DEMO_AS_OF
    assert (min(fixture.dates), max(fixture.dates)) == (DEMO_FIRST, DEMO_LAST)


def test_the_provenance_says_what_is_recorded_and_what_is_not() -> None:
    for word in ("Recorded", "Reconstructed", "never exported", "placeholders"):
        assert word in PROVENANCE


def test_player_names_are_placeholders(demo: duckdb.DuckDBPyConnection) -> None:
    others = demo.execute(
        "SELECT player_lookup FROM nba_raw.bdl_player_boxscores "
        "WHERE NOT regexp_full_match(player_lookup, lower(team_abbr) || 'player[0-9]{2}')"
    ).fetchall()
    assert others == []


def test_finding_the_demo_built_needs_no_duckdb(tmp_path: Path) -> None:
    path = tmp_path / f"january-2026-{content_version()}.duckdb"
    path.touch()
    said = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", f"{PROGRAM}\nprint('duckdb' in sys.modules)", str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == "False"
