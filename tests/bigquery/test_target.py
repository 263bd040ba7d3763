"""`bigquery://PROJECT?…` is read into a target, and what cannot be is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.warehouse.bigquery.target import BigQueryTarget, parse_target
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.opening import open_warehouse
from console.warehouse.protocol import WarehouseError


def test_a_project_alone_is_a_target_in_production_with_the_default_credentials() -> None:
    assert parse_target("bigquery://nba-prod") == BigQueryTarget("nba-prod")


def test_every_option_is_read() -> None:
    place = (
        "bigquery://nba-prod?location=EU&dataset_prefix=test_&credentials=/keys/a.json"
        "&impersonate=reader@nba-prod.iam.gserviceaccount.com&staging=1"
    )
    assert parse_target(place) == BigQueryTarget(
        project="nba-prod",
        location="EU",
        dataset_prefix="test_",
        credentials=Path("/keys/a.json"),
        impersonate="reader@nba-prod.iam.gserviceaccount.com",
        is_staging=True,
    )


def test_a_project_of_an_organisation_s_domain_is_a_project() -> None:
    assert parse_target("bigquery://example.com:nba-prod").project == "example.com:nba-prod"


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("bigquery://", "names no BigQuery project"),
        ("bigquery://Nba_Prod", "names no BigQuery project"),
        ("bigquery://nba-prod/nba_raw", "says more than a project"),
        ("bigquery://nba-prod?locaton=EU", "locaton in"),
        ("bigquery://nba-prod?location=", "location in bigquery://nba-prod?location= is empty"),
        ("bigquery://nba-prod?location=EU&location=US", "location stands twice"),
        ("bigquery://nba-prod?dataset_prefix=a.b", "dataset_prefix in"),
        ("bigquery://nba-prod?dataset_prefix=a`b", "dataset_prefix in"),
        ("bigquery://nba-prod?staging=perhaps", "staging in"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(place: str, named: str) -> None:
    with pytest.raises(WarehouseError) as caught:
        parse_target(place)
    assert named in str(caught.value)


def test_whom_the_service_sees_is_said_in_words() -> None:
    place = "bigquery://nba-prod"
    assert parse_target(place).who == "your Google account"
    assert parse_target(f"{place}?credentials=/keys/a.json").who == "the service account of /keys/a.json"
    assert parse_target(f"{place}?credentials=/keys/a.json&impersonate=r@x.iam").who == "r@x.iam"


def test_opening_a_bigquery_warehouse_asks_the_network_nothing(tmp_path: Path) -> None:
    opened = open_warehouse("bigquery://nba-prod?location=EU", tmp_path, deadline_seconds=7)
    assert isinstance(opened, BigQueryWarehouse)
    assert (opened.name, opened.concurrency, opened.bounds.deadline) == ("nba-prod", 8, 7)
    opened.close()


def test_other_kinds_are_refused_as_before(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="there is no warehouse of kind snowflake://"):
        open_warehouse("snowflake://nba", tmp_path)
    with pytest.raises(WarehouseError, match="colour in bigquery://nba-prod"):
        open_warehouse("bigquery://nba-prod?colour=red", tmp_path)
