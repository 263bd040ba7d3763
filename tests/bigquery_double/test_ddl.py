"""The double makes datasets where BigQuery would, and tables only in datasets that are there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud import bigquery

from tests.bigquery_double import BigQueryDouble

IN_EU = "CREATE SCHEMA IF NOT EXISTS made OPTIONS (location = 'EU')"


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble() as opened:
        yield opened


@pytest.fixture
def client(double: BigQueryDouble) -> bigquery.Client:
    return double.client()


def test_a_dataset_is_made_where_its_statement_says(client: bigquery.Client) -> None:
    client.query_and_wait(IN_EU)
    assert client.get_dataset("made").location == "EU"
    assert client.get_dataset("nba_raw").location == "US"


def test_without_a_word_about_it_a_dataset_is_made_where_the_query_runs(client: bigquery.Client) -> None:
    client.query_and_wait("CREATE SCHEMA made", location="EU")
    client.query_and_wait("CREATE SCHEMA here")
    assert [client.get_dataset(name).location for name in ("made", "here")] == ["EU", "US"]


def test_a_dataset_is_made_by_the_api_where_it_says(client: bigquery.Client) -> None:
    dataset = bigquery.Dataset(f"{client.project}.made")
    dataset.location = "EU"
    assert client.create_dataset(dataset).location == "EU"


def test_a_dataset_is_not_made_elsewhere_than_where_the_query_runs(client: bigquery.Client) -> None:
    with pytest.raises(BadRequest, match="Cannot create dataset in location EU"):
        client.query_and_wait(IN_EU, location="US")


def test_a_dataset_that_is_there_stays_where_it_is(client: bigquery.Client) -> None:
    client.query_and_wait(IN_EU)
    client.query_and_wait("CREATE SCHEMA IF NOT EXISTS made OPTIONS (location = 'US')")
    assert client.get_dataset("made").location == "EU"


def test_a_table_is_made_only_where_its_dataset_is(client: bigquery.Client) -> None:
    client.query_and_wait(IN_EU)
    with pytest.raises(NotFound, match=r"Dataset .*:made was not found in location US"):
        client.query_and_wait("CREATE TABLE made.t (id STRING)", location="US")
    client.query_and_wait("CREATE TABLE made.t (id STRING)", location="EU")
    assert client.get_table("made.t").location == "EU"


def test_a_table_in_no_dataset_is_not_made(client: bigquery.Client) -> None:
    with pytest.raises(NotFound, match=r"Dataset .*:nowhere"):
        client.query_and_wait("CREATE TABLE IF NOT EXISTS nowhere.t (id STRING)")
