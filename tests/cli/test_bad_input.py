"""One sentence that says what and where, exit 3, no traceback, nothing changed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Courtside, Result


def refused(result: Result) -> str:
    """Return the one sentence of a refusal."""
    assert result.status == 3
    assert result.out == ""
    assert "Traceback" not in result.err
    (sentence,) = result.err.splitlines()
    assert sentence.startswith("courtside: ")
    return sentence


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("check", "--date", "2026-02-30"), "2026-02-30 does not exist"),
        (("check", "--date", "yesterday"), "'yesterday' is not a date"),
        (("check", "--date", "20260124"), "'20260124' is not a date"),
        (("check", "--date", "0001-01-01"), "the year must be 1946 to 2099"),
        (("check", "--at", "2026-01-23T06:20"), "has no time zone"),
        (("check", "--at", "2026-01-23"), "has no time zone"),
        (("check", "--at", "noon"), "'noon' is not a time"),
        (("check", "--at", "0001-01-01T00:00+14:00"), "the year must be 1946 to 2099"),
        (("check", "--days", "0"), "--days"),
        (("check", "--days", "many"), "--days"),
        (("check", "--only", "terrible"), "--only"),
        (("check", "orchestration.gp"), "did you mean orchestration.gap"),
        (("check", "x"), "there is no check 'x'"),
        (("chekc",), "Did you mean 'check'?"),
        (("check", "--wharehouse", "x"), "--wharehouse"),
        (("gaps", "--hours", "-1"), "--hours"),
        (("gaps", "--threshold-minutes", "0"), "--threshold-minutes"),
        (("gate", "phase1_to_phase2"), "phase1_to_phase2"),
        (("gate",), "Missing argument"),
        (("queue",), "Missing command"),
        (("diagnose", "--issue", "gremlins"), "'gremlins' is no kind of issue"),
        (("trace", "LAL-DAL"), "names no game"),
        (("trace", "\x1b]0;owned\x07"), "names no game"),
        (("trace", "20260230_LAL_DAL"), "2026-02-30 does not exist"),
        (("trace", "20260124_LAL_DAL", "--date", "2026-01-23"), "is a game of 2026-01-24"),
        (("trace", "0022599999"), "no game 0022599999 from 2026-01-10 to 2026-01-31"),
        (("trace", "LAL@BOS", "--date", "2026-01-24"), "scheduled that day: BOS@CHI"),
        (("demo", "--at", "2026-02-01T00:00Z"), "outside the demo's week"),
        (("schema", "show", "nba_raw.nbac_schedul"), "did you mean nba_raw.nbac_schedule"),
        (("schema", "apply"), "name a file with --warehouse"),
        (("schema", "apply", "--warehouse", "bigquery://p"), "names no BigQuery project"),
        (("reconcile", "--export", "x.xlsx"), "must end in .csv, .parquet or .json"),
        (("reconcile", "--export", "/nowhere/x.csv"), "there is no folder /nowhere"),
        (("--at", "2026-01-23T06:20Z", "check"), "--at belongs behind the command"),
        (("check", "--config", "/nowhere.toml"), "/nowhere.toml cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(courtside: Courtside, arguments: tuple[str, ...], says: str) -> None:
    sentence = refused(courtside(*arguments))
    assert says in sentence
    assert "\x1b" not in sentence
    assert "\x07" not in sentence


def test_with_json_a_refusal_is_a_document_too(courtside: Courtside) -> None:
    result = courtside("check", "--json", "x")
    assert result.status == 3
    assert result.document["schema"] == "courtside/1"
    assert result.document["error"]["kind"] == "unknown_check"
    assert "there is no check 'x'" in result.document["error"]["message"]
    assert len(result.err.splitlines()) == 1


def test_a_broken_settings_file_is_refused_with_file_and_line(courtside: Courtside) -> None:
    (courtside.home / "courtside.toml").write_text("warehouse = \n", encoding="utf-8")
    sentence = refused(courtside("check"))
    assert "courtside.toml is not valid TOML" in sentence
    assert "line 1" in sentence


WAREHOUSE_COMMANDS = (
    ("check",),
    ("gaps",),
    ("transitions",),
    ("reconcile",),
    ("diagnose",),
    ("queue", "list"),
    ("gate", "phase2_to_phase3"),
    ("trace", "LAL@DAL"),
)


@pytest.mark.parametrize("arguments", WAREHOUSE_COMMANDS, ids=" ".join)
def test_a_warehouse_that_is_not_there_is_refused_and_not_made(
    courtside: Courtside, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "none.duckdb"
    assert f"no warehouse at {path}" in refused(courtside(*arguments, "--warehouse", str(path)))
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"just a text\n" * 500], ids=["empty", "foreign"])
@pytest.mark.parametrize("arguments", WAREHOUSE_COMMANDS, ids=" ".join)
def test_a_foreign_file_is_refused_and_left_alone(
    courtside: Courtside, tmp_path: Path, arguments: tuple[str, ...], content: bytes
) -> None:
    path = tmp_path / "foreign.duckdb"
    path.write_bytes(content)
    assert "foreign.duckdb" in refused(courtside(*arguments, "--warehouse", str(path)))
    assert path.read_bytes() == content


def test_a_truncated_warehouse_is_refused_and_left_alone(courtside: Courtside, tmp_path: Path, demo_file: Path) -> None:
    path = tmp_path / "cut.duckdb"
    path.write_bytes(demo_file.read_bytes()[:60_000])
    before = path.read_bytes()
    assert "cut.duckdb" in refused(courtside("check", "--warehouse", str(path), "--at", "2026-01-24T12:00Z"))
    assert path.read_bytes() == before


def broken_demo(tmp_path: Path, demo_file: Path, statement: str) -> Path:
    path = tmp_path / "broken.duckdb"
    path.write_bytes(demo_file.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)
    return path


def test_a_table_without_a_column_is_named_and_blinds_only_its_checks(
    courtside: Courtside, tmp_path: Path, demo_file: Path
) -> None:
    path = broken_demo(
        tmp_path, demo_file, "ALTER TABLE nba_orchestration.workflow_decisions DROP COLUMN workflow_name"
    )
    result = courtside("gaps", "--warehouse", str(path), "--at", "2026-01-24T12:00Z")
    assert result.status == 3
    assert "decisions" in result.out
    assert "workflow_name" in result.out
    doctor = courtside("doctor", "--warehouse", str(path))
    assert doctor.status == 1
    assert "lacks workflow_name" in doctor.out


def test_a_null_where_none_may_be_is_named(courtside: Courtside, tmp_path: Path, demo_file: Path) -> None:
    path = broken_demo(
        tmp_path,
        demo_file,
        "INSERT INTO nba_orchestration.failed_processor_queue (id, game_date, phase, processor_name, retry_count,"
        " max_retries, first_failure_at, status, created_at) VALUES ('x', DATE '2026-01-24', NULL, 'p', 0, 3,"
        " TIMESTAMPTZ '2026-01-24 12:00Z', 'pending', TIMESTAMPTZ '2026-01-24 12:00Z')",
    )
    sentence = refused(courtside("queue", "list", "--warehouse", str(path), "--at", "2026-01-24T12:30Z"))
    assert "retry_queue.phase is NULL" in sentence


def test_escape_sequences_from_the_warehouse_never_reach_the_terminal(
    courtside: Courtside, tmp_path: Path, demo_file: Path
) -> None:
    path = broken_demo(
        tmp_path,
        demo_file,
        "UPDATE nba_orchestration.failed_processor_queue SET error_message = chr(27) || ']0;owned' || chr(7) || 'real'"
        " || chr(8238) || repeat('x', 1000000)",
    )
    arguments = ("queue", "list", "--warehouse", str(path), "--at", "2026-01-25T13:22Z")
    result = courtside(*arguments)
    assert result.status == 1
    assert "real" in result.out
    assert not {"\x1b", "\x07", "\u202e"} & set(result.out)
    assert len(result.out) < 5_000
    document = courtside(*arguments, "--json").out
    assert document.isascii()
    assert "\x1b" not in document
    assert json.loads(document)["queue"]
