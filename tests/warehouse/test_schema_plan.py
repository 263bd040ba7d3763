"""What a plan creates, in which order, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checks.model import Severity
from console.warehouse.bigquery.deployment import dataset_statements, obstacles, statement
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import TableInfo, WarehouseError
from console.warehouse.schema import definitions, parse
from console.warehouse.schema_creating import Failure, State, carry_out
from console.warehouse.schema_plan import Creation, Kind, Obstacle, SchemaPlan, Situation, plan
from screens.text.doctor import TableState

DEFINED = parse(
    """
CREATE TABLE IF NOT EXISTS raw.games (
  id STRING
)
PARTITION BY day;
CREATE TABLE IF NOT EXISTS log.runs (
  id STRING
);
CREATE VIEW IF NOT EXISTS raw.v_latest (
  id -- STRING
)
AS
SELECT id
FROM raw.games;
CREATE VIEW IF NOT EXISTS log.v_both (
  id -- STRING
)
AS
SELECT l.id
FROM raw.v_latest AS l
JOIN log.runs AS r ON r.id = l.id;
"""
)
STATEMENTS = {item.name: item.statement for item in DEFINED} | {"raw": "CREATE SCHEMA raw", "log": "CREATE SCHEMA log"}
PROJECT = BigQueryTarget("nba-prod")


def planned(
    *present: str,
    differing: Mapping[str, TableState] | None = None,
    datasets: tuple[str, ...] = (),
    closed: tuple[str, ...] = (),
) -> SchemaPlan:
    """Return the plan where the tables `present` and the `datasets` are there, and the datasets `closed` take nothing."""
    other = differing or {}
    states = [other.get(item.name, TableState(item.name, exists=item.name in present, rows=None)) for item in DEFINED]
    there = {*datasets, *(name.partition(".")[0] for name in present)}
    return plan(
        DEFINED,
        states,
        Situation(
            tuple(TableInfo(item.name, (), None) for item in DEFINED),
            {name: sql for name, sql in STATEMENTS.items() if name not in there},
            tuple(Obstacle(name, f"{name} is closed") for name in closed),
        ),
    )


def names(found: SchemaPlan) -> list[str]:
    return [creation.name for creation in found.creations]


def test_datasets_come_first_and_views_after_what_they_read() -> None:
    assert names(planned()) == ["raw", "log", "raw.games", "log.runs", "raw.v_latest", "log.v_both"]


def test_only_what_is_missing_is_created_and_the_rest_is_counted() -> None:
    there = {"raw.games": TableState("raw.games", exists=True, rows=0)}
    found = planned("log.runs", "raw.v_latest", differing=there)
    assert [item.name for item in found.creations] == ["log.v_both"]
    assert (found.present, found.defined) == (("raw.games", "log.runs", "raw.v_latest"), 4)


def test_nothing_missing_is_nothing_to_do() -> None:
    found = planned(*(item.name for item in DEFINED))
    assert (found.creations, found.severity) == ((), Severity.OK)


def test_what_is_to_be_created_is_not_wrong() -> None:
    assert planned().severity is Severity.OK


def test_a_statement_needs_what_other_statements_create_and_nothing_that_is_there() -> None:
    needs = {item.name: item.needs for item in planned("log.runs").creations}
    assert needs["raw.games"] == ("raw",)
    assert needs["log.v_both"] == ("raw.v_latest",)


def test_a_table_that_differs_is_named_and_never_in_a_statement() -> None:
    games = TableState("raw.games", exists=True, rows=5, missing=("id",))
    found = planned(differing={"raw.games": games})
    assert found.differing == (games,)
    assert "raw.games" not in names(found)
    assert found.severity is Severity.ERROR


def test_a_column_that_older_deployments_lack_is_a_warning() -> None:
    games = TableState("raw.games", exists=True, rows=5, optional=("id",))
    assert planned(differing={"raw.games": games}).severity is Severity.WARNING


def test_a_closed_dataset_hinders_its_tables_and_the_views_of_others_that_read_them() -> None:
    found = planned(datasets=("raw",), closed=("raw",))
    assert found.hindered == ("raw.games", "raw.v_latest", "log.v_both")
    assert names(found) == ["log", "log.runs"]
    assert found.severity is Severity.ERROR


def creation(name: str, *needs: str) -> Creation:
    return Creation(name, Kind.TABLE, f"CREATE {name}", needs)


def test_what_needs_something_that_failed_is_not_tried_and_the_rest_is() -> None:
    tried: list[str] = []

    def create(item: Creation) -> Failure | None:
        tried.append(item.name)
        return Failure("refused", is_general=False) if item.name == "a" else None

    outcomes = carry_out([creation("a"), creation("b", "a"), creation("c", "b"), creation("d")], create)
    assert tried == ["a", "d"]
    assert [item.state for item in outcomes] == [State.FAILED, State.NOT_TRIED, State.NOT_TRIED, State.CREATED]
    assert outcomes[2].reason == "it needs b, which could not be created"


def test_after_a_general_failure_nothing_more_is_tried() -> None:
    outcomes = carry_out([creation("a"), creation("b")], lambda _: Failure("gone", is_general=True))
    assert [item.state for item in outcomes] == [State.FAILED, State.NOT_TRIED]
    assert "a failed for a reason" in outcomes[1].reason


def test_without_a_prefix_a_statement_is_sent_as_it_is_defined() -> None:
    assert [statement(item, definitions(), "") for item in definitions()] == [item.statement for item in definitions()]


def test_with_a_prefix_every_dataset_of_a_statement_has_it_once() -> None:
    for item in definitions():
        made = statement(item, definitions(), "dev_")
        assert made.replace("dev_nba_", "nba_") == item.statement
        assert made.count("dev_nba_") == (2 if item.is_view else 1)


@pytest.mark.parametrize(
    ("location", "there", "place"),
    [
        ("EU", {}, "EU"),
        ("EU", {"log": "EU"}, "EU"),
        (None, {"log": "europe-west3"}, "europe-west3"),
    ],
)
def test_a_new_dataset_goes_where_the_target_says_or_the_others_are(
    location: str | None, there: dict[str, str], place: str
) -> None:
    target = BigQueryTarget("nba-prod", location, "dev_")
    found = dataset_statements(target, ("raw",), there)
    assert found == {"raw": f"CREATE SCHEMA IF NOT EXISTS dev_raw\nOPTIONS (location = '{place}')"}
    assert obstacles(target, ("raw", *there), there) == ()


@pytest.mark.parametrize("there", [{}, {"log": "US", "other": "EU"}])
def test_where_nothing_says_where_a_new_dataset_belongs_none_is_created(there: dict[str, str]) -> None:
    assert dataset_statements(PROJECT, ("raw",), there) == {}
    (found,) = obstacles(PROJECT, ("raw", *there), there)
    assert "give ?location=" in found.sentence


def test_the_case_of_a_location_does_not_matter() -> None:
    assert obstacles(BigQueryTarget("nba-prod", "us"), ("raw",), {"raw": "US"}) == ()


def test_a_location_that_would_break_out_of_its_quotes_is_refused() -> None:
    with pytest.raises(WarehouseError, match="is no location of BigQuery's"):
        dataset_statements(BigQueryTarget("nba-prod", "US') --"), ("raw",), {})
