"""`courtside schema plan` and `apply` on BigQuery: what is missing is created as it is defined, and nothing else is touched."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from google.cloud import bigquery

from console.warehouse import clients
from console.warehouse.bigquery.examine_tables import defined_partitioning
from console.warehouse.schema import definitions
from tests.bigquery.deploying import (
    CONFLICTS,
    DATASETS,
    MAPPINGS,
    NEW,
    QUEUE,
    TABLES,
    Command,
    command_on,
    created,
    is_there,
)
from tests.bigquery_double import BigQueryDouble
from tests.cli.conftest import CLOCK


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[BigQueryDouble]:
    """Give a double with every table, and with nothing in datasets that have a prefix."""
    with BigQueryDouble(clock=lambda: CLOCK) as opened:
        monkeypatch.setenv(clients.EMULATOR, opened.url)
        yield opened
        clients.close_clients()


@pytest.fixture
def run(double: BigQueryDouble, tmp_path: Path) -> Command:
    return command_on(double, tmp_path)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that types a line beforehand."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line))


def test_where_all_is_there_nothing_is_to_be_created_and_nobody_is_asked(double: BigQueryDouble, run: Command) -> None:
    result = run("apply")
    assert result.status == 0
    assert f"{TABLES} of {TABLES} tables and views" in result.out
    assert "nothing was changed" in result.out
    assert double.queries == ()


def test_a_plan_has_the_statements_as_they_would_be_run_and_runs_none(double: BigQueryDouble, run: Command) -> None:
    plan = run("plan", "--json", options=NEW)
    assert (plan.status, created(double)) == (0, [])
    statements = [item["statement"] for item in plan.document["statements"]]
    assert len(statements) == TABLES + DATASETS
    run("apply", "--yes", options=NEW)
    assert created(double) == statements


def test_a_plan_in_text_shows_each_statement_and_counts_what_is_there(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    out = run("plan").out
    definition = next(item for item in definitions() if item.name == CONFLICTS)
    assert definition.statement in out
    assert out.count("CREATE ") == 1
    assert f"{TABLES - 1} of {TABLES} tables and views" in " ".join(out.split())


def test_what_is_created_has_the_columns_types_and_partitions_of_its_definition(
    double: BigQueryDouble, run: Command
) -> None:
    assert run("apply", "--yes", options=NEW).status == 0
    client = double.client()
    for item in definitions():
        found = client.get_table(f"new_{item.name}")
        assert [field.name for field in found.schema] == [name for name, _ in item.columns]
        assert found.table_type == ("VIEW" if item.is_view else "TABLE")
        wanted = defined_partitioning(item)
        by = found.time_partitioning
        assert (by.field if by else None) == (wanted.column if wanted else None)
        assert bool(found.require_partition_filter) == (wanted is not None and wanted.requires_filter)
    plan = run("plan", options=NEW)
    assert (plan.status, "nothing is to be created" in " ".join(plan.out.split())) == (0, True)


def test_the_id_mapping_and_the_conflict_log_are_deployed_and_answer(double: BigQueryDouble, run: Command) -> None:
    run("apply", "--yes", options=NEW)
    teams = {"away_team_tricode": "LAL", "home_team_tricode": "DAL"}
    game = {"game_id": "0022500648", "game_date": date(2026, 1, 24), "season_year": 2025, "game_status": 3}
    double.add_rows("new_nba_raw.nbac_schedule", [{**game, **teams}])
    (mapping,) = double.client().query_and_wait(f"SELECT * FROM new_{MAPPINGS}")
    assert (mapping.nba_game_id, mapping.bdl_game_id) == ("0022500648", "20260124_LAL_DAL")
    config = bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=False)
    row = {"conflict_id": "c", "timestamp": "2026-01-24T12:00:00Z", "game_id": "0022500648"}
    double.client().load_table_from_json([row], f"new_{CONFLICTS}", job_config=config).result()
    assert double.run(f"SELECT conflict_id FROM new_{CONFLICTS}") == [("c",)]


def test_a_view_reads_the_datasets_with_the_prefix(double: BigQueryDouble, run: Command) -> None:
    run("apply", "--yes", options=NEW)
    query = double.client().get_table(f"new_{MAPPINGS}").view_query
    assert re.findall(r"\w+\.v_nbac_schedule_latest", query.replace("`", "")) == ["new_nba_raw.v_nbac_schedule_latest"]


def test_a_table_of_another_shape_is_named_left_alone_and_is_an_error(double: BigQueryDouble, run: Command) -> None:
    double.run(f"ALTER TABLE {QUEUE} DROP COLUMN status")
    double.run(f"ALTER TABLE {QUEUE} ALTER retry_count TYPE VARCHAR")
    double.run(f"DROP TABLE {CONFLICTS}")
    before = double.client().get_table(QUEUE).schema
    result = run("apply", "--yes")
    assert result.status == 1
    said = " ".join(result.out.split())
    assert f"{QUEUE} lacks status; retry_count is STRING, not INT64; it is left as it is" in said
    assert double.client().get_table(QUEUE).schema == before
    assert is_there(double, CONFLICTS)
    assert run("plan").status == 1


def test_nobody_to_ask_and_no_yes_is_wrong_usage_and_creates_nothing(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    result = run("apply")
    assert result.status == 3
    assert "give --yes" in result.err
    assert "CREATE TABLE IF NOT EXISTS" in result.out
    assert created(double) == []


def test_with_json_the_refusal_is_the_whole_document(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    result = run("apply", "--json")
    assert (result.status, result.document["error"]["kind"]) == (3, "usage")


@pytest.mark.parametrize(
    ("answer", "is_created"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_at_a_terminal_only_a_yes_creates(
    double: BigQueryDouble, run: Command, types: Callable[[str], None], answer: str, *, is_created: bool
) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    types(answer)
    result = run("apply", has_keyboard=True)
    assert "Run this statement? [y/N] " in result.err
    assert (result.status, bool(created(double)), is_there(double, CONFLICTS)) == (0, is_created, is_created)
    assert ("nothing was changed" in result.out) is not is_created


def test_with_json_the_statements_to_agree_to_stand_beside_the_document(
    double: BigQueryDouble, run: Command, types: Callable[[str], None]
) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    types("y\n")
    result = run("apply", "--json", has_keyboard=True)
    assert f"CREATE TABLE IF NOT EXISTS {CONFLICTS}" in result.err
    assert result.document["created"] == [CONFLICTS]
    assert result.document["outcomes"] == [{"name": CONFLICTS, "kind": "table", "state": "created", "reason": None}]


def test_statements_carry_labels_a_limit_and_are_explained_and_free(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    explained = run("apply", "--yes", "--json", "--explain").document["explain"]
    (query,) = double.queries
    assert query.labels["app"] == "courtside"
    assert query.labels["check"] == "create-nba_orchestration-streaming_conflict_log"
    assert query.maximum_bytes_billed is not None
    assert [item["sql"] for item in explained["queries"]] == [query.sql]
    assert explained["total"]["bytes_billed"] == 0
