"""`courtside schema` on an embedded file: the plan, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from console.warehouse.schema import definitions
from tests.cli.conftest import Courtside

CONFLICTS = "nba_orchestration.streaming_conflict_log"
QUEUE = "nba_orchestration.failed_processor_queue"
TABLES = len(definitions())


@pytest.fixture
def file(courtside: Courtside, tmp_path: Path) -> str:
    """Give a file that has every table."""
    path = str(tmp_path / "whole.duckdb")
    assert courtside("schema", "apply", "--warehouse", path).status == 0
    return path


def alter(path: str, sql: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(sql)


def test_a_plan_makes_no_file(courtside: Courtside, tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    document = courtside("schema", "plan", "--json", "--warehouse", str(path)).document
    assert [item["kind"] for item in document["statements"]].count("table") > 0
    assert (document["defined"], document["present"], document["exit_status"]) == (TABLES, [], 0)
    assert not path.exists()


def test_the_demo_lacks_nothing(courtside: Courtside) -> None:
    result = courtside("schema", "plan")
    assert result.status == 0
    assert f"{TABLES} of {TABLES} tables and views are in demo: nothing is to be created" in " ".join(
        result.out.split()
    )


def test_the_statement_of_a_missing_table_is_shown_run_and_reported_without_asking(
    courtside: Courtside, file: str
) -> None:
    alter(file, f"DROP TABLE {CONFLICTS}")
    plan = courtside("schema", "plan", "--json", "--warehouse", file).document
    (statement,) = plan["statements"]
    assert (statement["name"], statement["kind"]) == (CONFLICTS, "table")
    assert len(plan["present"]) == TABLES - 1
    result = courtside("schema", "apply", "--warehouse", file)
    assert result.status == 0
    assert statement["statement"] in result.out
    assert f"created    {CONFLICTS}" in result.lines


def test_a_document_says_what_was_created(courtside: Courtside, file: str) -> None:
    alter(file, f"DROP TABLE {CONFLICTS}")
    document = courtside("schema", "apply", "--json", "--warehouse", file).document
    assert document["created"] == [CONFLICTS]
    assert [item["state"] for item in document["outcomes"]] == ["created"]


def test_a_table_with_other_columns_is_named_not_touched_and_wrong(courtside: Courtside, file: str) -> None:
    alter(file, f"ALTER TABLE {QUEUE} DROP COLUMN status")
    alter(file, f"DROP TABLE {CONFLICTS}")
    for command in ("plan", "apply", "apply"):
        result = courtside("schema", command, "--warehouse", file)
        assert result.status == 1
        assert f"ERROR {QUEUE} lacks status; it is left as it is" in " ".join(result.out.split())
    with duckdb.connect(file, read_only=True) as connection:
        columns = connection.execute(f"DESCRIBE {QUEUE}").fetchall()
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert "status" not in [column[0] for column in columns]
    assert (CONFLICTS.partition(".")[2],) in tables


def test_a_file_that_is_no_warehouse_is_neither_planned_nor_changed(courtside: Courtside, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a warehouse", encoding="utf-8")
    for command in ("plan", "apply"):
        result = courtside("schema", command, "--warehouse", str(path))
        assert result.status == 3
        assert "is not a courtside warehouse" in result.err
    assert path.read_text(encoding="utf-8") == "not a warehouse"
