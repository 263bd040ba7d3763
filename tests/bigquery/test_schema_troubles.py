"""Where `courtside schema apply` creates datasets on BigQuery, and what it says when something cannot be created."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.warehouse import clients
from console.warehouse.schema_creating import State
from console.warehouse.schema_plan import Creation, Kind
from tests.bigquery.asking import eventually
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery.deploying import CONFLICTS, DATASETS, MAPPINGS, NEW, TABLES, Command, command_on, created, is_there
from tests.bigquery_double import BigQueryDouble, Fails, ResetAfter, Status, StillRunning
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


def test_datasets_are_created_where_the_target_says(double: BigQueryDouble, run: Command) -> None:
    run("apply", "--yes", options="dataset_prefix=new_&location=EU")
    assert double.client().get_dataset("new_nba_raw").location == "EU"
    assert is_there(double, f"new_{MAPPINGS}")


def test_without_a_location_a_new_dataset_joins_the_others(double: BigQueryDouble, run: Command) -> None:
    double.client(location="EU").create_dataset("new_nba_raw")
    result = run("apply", "--yes", options="dataset_prefix=new_")
    assert result.status == 0
    assert double.client().get_dataset("new_nba_reference").location == "EU"


def test_without_a_location_and_without_others_it_is_said_what_to_do(double: BigQueryDouble, run: Command) -> None:
    result = run("apply", "--yes", options="dataset_prefix=new_")
    assert result.status == 1
    assert "nba_orchestration: not there, and nothing says where to create it: give ?location=, such as US" in " ".join(
        result.out.split()
    )
    assert created(double) == []


def test_a_dataset_elsewhere_is_named_with_what_to_write_instead(double: BigQueryDouble, run: Command) -> None:
    result = run("plan", "--json", options="location=EU")
    assert result.status == 1
    assert {item["dataset"]: item["sentence"] for item in result.document["obstacles"]}["nba_raw"] == (
        "in US, but statements run in EU: set ?location=US"
    )


def test_a_missing_table_in_a_dataset_elsewhere_is_named_and_not_tried(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    result = run("apply", "--yes", "--json", options="location=EU")
    assert (result.status, result.document["hindered"], created(double)) == (1, [CONFLICTS], [])


def test_a_location_that_cannot_be_is_never_sent(double: BigQueryDouble, run: Command) -> None:
    result = run("plan", options="dataset_prefix=new_&location=US'%20OPTIONS")
    assert result.status == 3
    assert "is no location of BigQuery's" in result.err
    assert created(double) == []


def test_a_failed_statement_is_told_from_those_that_worked_and_what_needs_it_is_not_tried(
    double: BigQueryDouble, run: Command
) -> None:
    refusal = "Access Denied: Dataset p:new_nba_raw: Permission bigquery.tables.create denied on dataset p:new_nba_raw"
    double.inject(Fails("accessDenied", refusal), path="queries$", sql="new_nba_raw.nbac_schedule (")
    result = run("apply", "--yes", "--json", options=NEW)
    assert (result.status, result.document["severity"]) == (1, "error")
    states = {item["name"]: (item["state"], item["reason"]) for item in result.document["outcomes"]}
    assert states["nba_raw.nbac_schedule"] == (
        "failed",
        (
            "your Google account lacks the permission bigquery.tables.create on the dataset new_nba_raw, which the creation"
            " of nba_raw.nbac_schedule needs: ask for the role BigQuery Data Editor (roles/bigquery.dataEditor)"
        ),
    )
    assert states["nba_raw.v_nbac_schedule_latest"] == (
        "not_tried",
        "it needs nba_raw.nbac_schedule, which could not be created",
    )
    assert states[MAPPINGS] == ("not_tried", "it needs nba_raw.v_nbac_schedule_latest, which could not be created")
    assert {state for state, _ in states.values()} == {"created", "failed", "not_tried"}
    assert [state for state, _ in states.values()].count("created") == TABLES + DATASETS - 3


def test_who_may_not_create_datasets_is_told_the_role(double: BigQueryDouble, run: Command) -> None:
    double.deny("new_nba_raw", "bigquery.datasets.create")
    out = " ".join(run("apply", "--yes", options=NEW).out.split())
    assert "lacks the permission bigquery.datasets.create on the dataset new_nba_raw" in out
    assert "BigQuery User (roles/bigquery.user)" in out
    assert is_there(double, f"new_{CONFLICTS}")
    assert not is_there(double, "new_nba_raw.nbac_schedule")


def test_a_trouble_that_is_everybodys_ends_the_run_with_what_was_created_before(
    double: BigQueryDouble, run: Command
) -> None:
    double.inject(Status(504), method="POST", path="queries$", nth=3, times=None)
    result = run("apply", "--yes", "--json", options=NEW)
    states = [item["state"] for item in result.document["outcomes"]]
    assert states == ["created"] * 2 + ["failed"] + ["not_tried"] * (TABLES + DATASETS - 3)
    assert result.status == 1
    double.heal()
    assert run("apply", "--yes", options=NEW).status == 0


def test_what_cannot_be_looked_at_is_not_planned(double: BigQueryDouble, run: Command) -> None:
    double.deny("nba_raw", "bigquery.datasets.get")
    result = run("plan")
    assert result.status == 3
    assert "lacks the permission bigquery.datasets.get on the dataset nba_raw" in result.err


def test_a_creation_that_does_not_end_fails_within_its_deadline_and_is_cancelled(
    double: BigQueryDouble, opened: Opener
) -> None:
    double.inject(StillRunning(), path="queries$", times=None)
    creations = [Creation(name, Kind.TABLE, f"CREATE TABLE IF NOT EXISTS {name} (x INT64)") for name in ("a.b", "a.c")]
    first, second = opened(double, QUICK).deployment().create(creations)
    assert (first.state, second.state) == (State.FAILED, State.NOT_TRIED)
    assert "gave no answer to the creation of a.b within 2.5 s; the query is being cancelled" in first.reason
    assert eventually(lambda: len(double.cancelled) == 1)


def test_an_answer_that_is_lost_is_asked_for_again(double: BigQueryDouble, run: Command) -> None:
    double.run(f"DROP TABLE {CONFLICTS}")
    double.inject(ResetAfter(), path="queries$")
    assert run("apply", "--yes").status == 0
    assert len(double.queries) == 1
    assert is_there(double, CONFLICTS)
