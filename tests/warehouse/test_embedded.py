"""Reading facts from a DuckDB file, and what is said of a file that cannot be read."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from checks.facts.rows import RowError
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse, WarehouseError
from tests.warehouse.samples import AS_OF, LINES, WINDOW, Line, filled, warehouse

EXPECTED = (Line("lukadoncic", datetime(2026, 1, 24, 11, tzinfo=UTC), 31.5),)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return filled(tmp_path / "w.duckdb")


def refusal(path: Path, sql: str | None = None) -> str:
    """Return the sentence with which a load is refused."""
    reader = warehouse(path, sql) if sql else warehouse(path)
    with pytest.raises(WarehouseError) as caught:
        reader.load(LINES, WINDOW, AS_OF)
    reader.close()
    return str(caught.value)


def test_a_fact_is_read_inside_its_window_and_as_of_the_given_instant(path: Path) -> None:
    reader: Warehouse = warehouse(path)
    assert reader.load(LINES, WINDOW, AS_OF) == EXPECTED
    reader.close()


def test_a_query_need_not_use_every_parameter(path: Path) -> None:
    reader = warehouse(path, "SELECT 'x', 0, 1.5 WHERE $first = DATE '2026-01-23'")
    assert len(reader.load(LINES, WINDOW, AS_OF)) == 1
    reader.close()


def test_an_as_of_without_a_zone_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        warehouse(path).load(LINES, WINDOW, AS_OF.replace(tzinfo=None))


def test_local_time_of_the_machine_does_not_matter(path: Path) -> None:
    script = (
        "from pathlib import Path; from tests.warehouse.samples import *\n"
        f"w = warehouse(Path({str(path)!r}), \"SELECT current_setting('TimeZone'), 0, 0.5\")\n"
        "print(w.load(LINES, WINDOW, AS_OF)[0].player); w.close()"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script],
        env=os.environ | {"TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "UTC"


def test_many_threads_read_at_once(path: Path) -> None:
    reader = warehouse(path)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: reader.load(LINES, WINDOW, AS_OF), range(40)))
    reader.close()
    assert answers == [EXPECTED] * 40


def test_after_close_it_reads_again_and_sees_what_was_written_in_between(path: Path) -> None:
    reader = warehouse(path)
    reader.load(LINES, WINDOW, AS_OF)
    reader.close()
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute("UPDATE nba_raw.odds_api_player_points_props SET points_line = 30.5")
    assert reader.load(LINES, WINDOW, AS_OF)[0].points == 30.5
    reader.close()
    reader.close()


def test_a_value_that_a_row_cannot_hold_is_a_row_error(path: Path) -> None:
    with pytest.raises(RowError, match=r"lines\.player is NULL in row 1"):
        warehouse(path, "SELECT NULL, 0, 0.5").load(LINES, WINDOW, AS_OF)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.duckdb").startswith(f"there is no warehouse at {tmp_path}/no.duckdb: check the path")


def test_a_missing_file_is_not_made_by_reading_or_writing(tmp_path: Path) -> None:
    refusal(tmp_path / "no.duckdb")
    with (
        pytest.raises(WarehouseError, match="there is no warehouse at"),
        warehouse(tmp_path / "no.duckdb").write(),
    ):
        pytest.fail("there is nothing to write to")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_not_a_warehouse(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").touch()
    assert "is not a courtside warehouse: the file is empty" in refusal(tmp_path / "w.duckdb")


def test_a_text_file_is_not_a_warehouse(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("hello " * 1000)
    assert "is not a courtside warehouse: it is no DuckDB file" in refusal(tmp_path / "w.duckdb")


def test_an_sqlite_file_is_not_a_warehouse(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "w.duckdb")
    other.execute("CREATE TABLE t (a)")
    other.close()
    assert "is not a courtside warehouse" in refusal(tmp_path / "w.duckdb")


def test_a_directory_is_not_a_warehouse(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in refusal(tmp_path)


@pytest.mark.parametrize("kept", [50, 5_000, 13_000, 0.5, 0.9])
def test_a_truncated_file_is_damaged(path: Path, kept: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept > 1 else len(whole) * kept)])
    assert "is not a courtside warehouse: the file is damaged or cut short" in refusal(path)


def test_a_file_with_overwritten_bytes_is_damaged(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[13_000:200_000] = bytes(187_000)
    path.write_bytes(whole)
    assert "is damaged or cut short" in refusal(path)


def test_another_duckdb_file_is_not_a_warehouse(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as other:
        other.execute("CREATE TABLE t (a INT)")
    assert refusal(tmp_path / "w.duckdb").endswith("is not a courtside warehouse: it has none of the pipeline's tables")


def test_a_missing_table_is_named_with_the_command_that_creates_it(path: Path) -> None:
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute("DROP TABLE nba_raw.odds_api_player_points_props")
    assert refusal(path) == (
        f"{path} has no table nba_raw.odds_api_player_points_props, which lines reads: `courtside schema apply` creates it"
    )


@pytest.mark.parametrize("written", ["snapshot_timestamp", "p.snapshot_timestamp"])
def test_a_missing_column_is_named_with_its_table(path: Path, written: str) -> None:
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute("ALTER TABLE nba_raw.odds_api_player_points_props DROP COLUMN snapshot_timestamp")
    sql = f"SELECT player_lookup, epoch_us({written}), points_line FROM nba_raw.odds_api_player_points_props AS p"
    assert refusal(path, sql) == (
        f"{path} has no column nba_raw.odds_api_player_points_props.snapshot_timestamp, which lines reads:"
        " see `courtside doctor`"
    )


def test_a_column_of_another_type_is_told_in_one_line(path: Path) -> None:
    said = refusal(path, "SELECT CAST(player_lookup AS INT), 0, 1.5 FROM nba_raw.odds_api_player_points_props")
    assert re.fullmatch(r".*w\.duckdb cannot answer lines: Conversion Error: .*lukadoncic.*", said)


def test_an_error_keeps_its_cause(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").touch()
    with pytest.raises(WarehouseError) as caught:
        warehouse(tmp_path / "w.duckdb").load(LINES, WINDOW, AS_OF)
    assert isinstance(caught.value.__cause__, duckdb.Error)


def test_a_view_in_the_file_cannot_read_other_files(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    said = refusal(path, f"SELECT a, 0, 1.5 FROM read_csv('{tmp_path}/secret.csv')")
    assert "cannot answer lines: Permission Error" in said


def test_a_fact_without_a_query_is_told(path: Path) -> None:
    with pytest.raises(WarehouseError, match="query of the fact lines cannot be read, reinstall courtside"):
        EmbeddedWarehouse(path).load(LINES, WINDOW, AS_OF)


def test_it_is_called_by_its_path_unless_it_has_a_name(path: Path) -> None:
    assert EmbeddedWarehouse(path).name == str(path)
    assert EmbeddedWarehouse(path, name="demo").name == "demo"


def test_inspecting_tells_columns_types_and_rows(path: Path) -> None:
    reader = warehouse(path)
    (table,) = reader.inspect(LINES.tables)
    reader.close()
    assert table.rows == 3
    assert [(c.name, c.type) for c in table.columns][-2:] == [
        ("points_line", "FLOAT64"),
        ("snapshot_timestamp", "TIMESTAMP"),
    ]


def test_inspecting_keeps_the_order_asked_for_and_tells_what_does_not_exist(path: Path) -> None:
    reader = warehouse(path)
    found = reader.inspect(("nba_raw.v_game_id_mappings", "nba_raw.no_such", "nba_raw.nbac_schedule"))
    reader.close()
    assert [(table.exists, table.rows) for table in found] == [(True, None), (False, None), (True, 0)]


def test_older_and_newer_shapes_of_a_table_are_inspected_as_they_are(path: Path) -> None:
    queue = "nba_orchestration.failed_processor_queue"
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute(f"ALTER TABLE {queue} DROP COLUMN metadata")
        connection.execute(f"ALTER TABLE {queue} ADD COLUMN tags VARCHAR[]")
        connection.execute(f"ALTER TABLE {queue} ALTER retry_count TYPE INTEGER")
        connection.execute(f"ALTER TABLE {queue} ALTER updated_at TYPE TIMESTAMP")
    reader = warehouse(path)
    (table,) = reader.inspect((queue,))
    reader.close()
    types = {column.name: column.type for column in table.columns}
    assert "metadata" not in types
    assert (types["tags"], types["retry_count"], types["updated_at"]) == ("ARRAY<STRING>", "INT64", "DATETIME")


def test_inspecting_a_foreign_file_finds_none_of_the_tables(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as other:
        other.execute('CREATE TABLE "odd "" name" (a INT)')
    reader = warehouse(tmp_path / "w.duckdb")
    assert [table.rows for table in reader.inspect(("nba_raw.nbac_schedule", 'main.odd " name'))] == [None, 0]
    reader.close()


def change(path: Path, *steps: str, then: Exception | None = None) -> None:
    with EmbeddedWarehouse(path).write() as connection:
        for step in steps:
            connection.execute(step)
        if then:
            raise then


def rows(path: Path, table: str) -> int | None:
    reader = EmbeddedWarehouse(path)
    (found,) = reader.inspect((table,))
    reader.close()
    return found.rows


def test_a_failed_change_leaves_nothing_behind(path: Path) -> None:
    queue = "nba_orchestration.failed_processor_queue"
    insert = f"INSERT INTO {queue} (id, game_date) VALUES "
    with pytest.raises(WarehouseError, match="cannot answer the change: Constraint Error"):
        change(path, insert + "('1', '2026-01-24')", insert + "(NULL, '2026-01-24')")
    assert rows(path, queue) == 0


def test_an_exception_of_the_writer_rolls_back_and_lets_go(path: Path) -> None:
    with pytest.raises(KeyError):
        change(path, "DELETE FROM nba_raw.odds_api_player_points_props", then=KeyError())
    assert rows(path, "nba_raw.odds_api_player_points_props") == 3


def test_importing_the_module_does_not_import_duckdb() -> None:
    script = "import sys, console.warehouse.embedded; print(sorted({'duckdb', 'sqlglot', 'pandas'} & set(sys.modules)))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and script
    assert done.stdout.strip() == "[]"
