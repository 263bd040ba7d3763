"""`courtside doctor` on BigQuery, as text, as JSON and by its exit status; on an embedded warehouse nothing is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Outbox
from console.warehouse import clients
from tests.bigquery_double import BigQueryDouble
from tests.cli.conftest import CLOCK, Courtside
from tests.outbox.outboxes import TABLE as CONFLICTS
from tests.outbox.outboxes import rows

QUEUE = "nba_orchestration.failed_processor_queue"
WRITE = "bigquery.tables.updateData"


@pytest.fixture
def double(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(demo_file, clock=lambda: CLOCK) as opened:
        monkeypatch.setenv(clients.EMULATOR, opened.url)
        yield opened
        clients.close_clients()


def place(double: BigQueryDouble, options: str = "") -> str:
    return f"bigquery://{double.project}{options}"


def of_part(document: Any, part: str) -> list[Any]:
    return [item for item in document["observations"] if item["part"] == part]


def test_a_whole_project_is_ok_in_text_with_a_line_for_every_part(courtside: Courtside, double: BigQueryDouble) -> None:
    result = courtside("doctor", "--warehouse", place(double), width=120)
    assert (result.status, result.err) == (0, "")
    assert result.lines[0].startswith("OK       all 26 tables and views of bigquery://courtside-test are there")
    second = [line.split()[1] for line in result.lines if line.startswith("OK        ")]
    assert list(dict.fromkeys(second)) == [
        "credentials",
        "project",
        "location",
        "partitioning",
        "permissions",
        "freshness",
        "clock",
        "cost",
    ]
    [shown] = [line for line in result.lines if line.startswith("  nba_raw.nbac_schedule ")]
    assert shown.endswith(" rows, written 2026-01-25T12:00Z")


def test_the_document_has_severity_part_and_sentence_of_each(courtside: Courtside, double: BigQueryDouble) -> None:
    document = courtside("doctor", "--json", "--warehouse", place(double)).document
    assert (document["severity"], document["exit_status"]) == ("ok", 0)
    assert document["warehouse"] == {"name": place(double), "reachable": True, "reason": ""}
    assert all(set(item) == {"part", "severity", "sentence", "subject"} for item in document["observations"])
    assert {item["severity"] for item in document["observations"]} == {"ok"}
    queue = next(item for item in document["tables"] if item["name"] == QUEUE)
    assert (queue["exists"], queue["written_at"]) == (True, "2026-01-25T12:00:00Z")


def test_a_missing_permission_is_exit_status_1_and_says_who_lacks_what_on_what(
    courtside: Courtside, double: BigQueryDouble
) -> None:
    double.deny(QUEUE, WRITE)
    result = courtside("doctor", "--json", "--warehouse", place(double))
    assert result.status == 1
    [error] = [item for item in of_part(result.document, "permissions") if item["severity"] == "error"]
    assert error["subject"] == QUEUE
    assert f"your Google account lacks the permission {WRITE} on the table {QUEUE}" in error["sentence"]
    text = courtside("doctor", "--warehouse", place(double), width=120)
    assert "; see permissions" in " ".join(text.out.split())


def test_a_dataset_that_may_not_be_looked_at_is_null_in_the_document_and_exit_status_3(
    courtside: Courtside, double: BigQueryDouble
) -> None:
    double.deny("nba_reference", "bigquery.tables.get")
    result = courtside("doctor", "--json", "--warehouse", place(double))
    assert result.status == 3
    [table] = [item for item in result.document["tables"] if item["severity"] == "unknown"]
    assert (table["name"], table["exists"], table["written_at"]) == (
        "nba_reference.processor_run_history",
        None,
        None,
    )
    text = courtside("doctor", "--warehouse", place(double), width=120)
    assert text.lines[0].startswith("UNKNOWN  1 of 26 tables could not be asked for; see ")


def test_a_budget_in_the_settings_file_is_what_a_day_is_held_against(
    courtside: Courtside, double: BigQueryDouble
) -> None:
    (courtside.home / "courtside.toml").write_text("[cost]\ndaily_gb = 10\n", encoding="utf-8")
    result = courtside("doctor", "--json", "--warehouse", place(double))
    [cost] = of_part(result.document, "cost")
    assert (result.status, cost["severity"]) == (1, "warning")
    assert "of the budget of 10 GB is spent after" in cost["sentence"]


def test_a_service_that_is_not_there_is_exit_status_3_and_why_is_said(
    courtside: Courtside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clients.EMULATOR, "http://127.0.0.1:9")
    result = courtside(
        "doctor", "--warehouse", "bigquery://nba-prod", env={"COURTSIDE_DEADLINE_SECONDS": "2"}, width=120
    )
    clients.close_clients()
    assert result.status == 3
    assert result.lines[0].startswith("UNKNOWN  the warehouse bigquery://nba-prod cannot be read: ")
    assert "settings" in result.lines


def test_rows_that_wait_to_be_written_are_said(courtside: Courtside, double: BigQueryDouble) -> None:
    journal = Journal(courtside.home / FILE_NAME, now=lambda: CLOCK)
    Outbox(journal).put(place(double), CONFLICTS, rows("first", "second"), CLOCK)
    document = courtside("doctor", "--json", "--warehouse", place(double)).document
    assert [(item["severity"], item["sentence"]) for item in of_part(document, "outbox")] == [
        (
            "ok",
            f"{CONFLICTS}: 0 of today's 1,500 load jobs sent (0 %), the quota resets at Mon 26 Jan 03:00 EST (2026-01-26T08:00Z)",
        ),
        ("ok", f"2 rows wait for {CONFLICTS}"),
    ]


def test_an_embedded_warehouse_has_tables_and_no_observations(courtside: Courtside) -> None:
    document = courtside("doctor", "--json").document
    assert document["observations"] == []
    assert {table["written_at"] for table in document["tables"]} == {None}
