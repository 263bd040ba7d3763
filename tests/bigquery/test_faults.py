"""What the README's table of faults does not say: what passes unnoticed, what is sent again, and rarer refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.facts.lineage import LINEAGE
from console.warehouse import clients
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.protocol import WarehouseError
from screens.text.amount import MEBIBYTE
from tests.bigquery.asking import load, refusal
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery.fault_table import Token
from tests.bigquery_double import (
    BigQueryDouble,
    ChangedType,
    Html,
    ResetAfter,
    ResetBefore,
    Status,
    StillRunning,
)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Html(502), "BigQuery answers 502 (Bad Gateway) after"),
        (
            ChangedType("failure_count", "INTEGER", "many"),
            "the answer to breakers is not one of BigQuery's (ValueError",
        ),
    ],
    ids=str,
)
def test_a_fault_that_lasts_is_said_within_the_deadline(
    double: BigQueryDouble, opened: Opener, fault: Any, words: str
) -> None:
    double.inject(fault, times=None)
    assert words in refusal(opened(double, QUICK))


@pytest.mark.parametrize(
    "fault",
    [
        Status(403, "rateLimitExceeded"),
        Status(429),
        Status(500),
        Status(502),
        Status(503),
        ResetBefore(),
        ResetAfter(),
        StillRunning(2),
    ],
    ids=str,
)
def test_a_fault_that_passes_is_not_noticed(double: BigQueryDouble, opened: Opener, fault: Any) -> None:
    double.inject(fault)
    patient = Bounds(socket=5, first_answer=0.2)
    assert len(load(opened(double, patient))) == 3


def test_a_request_that_is_repeated_carries_the_same_id(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    double.inject(ResetAfter())
    load(warehouse)
    assert len({request.json["requestId"] for request in double.requests}) == 1
    assert len(double.requests) == 2


def test_a_login_that_stays_refused_is_said(
    double: BigQueryDouble, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_anonymous", Token)
    double.inject(Status(401), times=None)
    assert "BigQuery does not accept the login of your Google account" in refusal(opened(double, QUICK))


def test_a_permission_that_is_missing_names_the_table(demo_file: Path, opened: Opener) -> None:
    with BigQueryDouble(demo_file) as double:
        double.deny("nba_orchestration")
        assert (
            "lacks the permission bigquery.tables.getData on the table nba_orchestration.circuit_breaker_state"
            in refusal(opened(double, QUICK))
        )


def test_the_wrong_location_is_named(double: BigQueryDouble, opened: Opener) -> None:
    sentence = refusal(opened(double, QUICK, location="EU"))
    assert "in location EU, which breakers reads: check dataset_prefix and location" in sentence


def test_a_query_over_the_limit_is_not_run(demo_file: Path, opened: Opener) -> None:
    with BigQueryDouble(demo_file) as double:
        sentence = refusal(opened(double, Bounds(table_bytes=MEBIBYTE)))
        assert "breakers was not asked: it would be billed 10 MB, the limit is 1 MB" in sentence
        assert double.billed == 0


def test_a_table_that_wants_a_filter_is_named(double: BigQueryDouble, opened: Opener) -> None:
    unbounded = "SELECT game_id AS game_id FROM nba_raw.nbac_schedule\nORDER BY game_id"
    sentence = refusal(opened(double, sql=lambda _: unbounded))
    assert "wants the table nba_raw.nbac_schedule filtered on 'game_date', which breakers does not do" in sentence


def test_inspecting_within_the_deadline_says_what_is_wrong(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(Status(503), times=None)
    with pytest.raises(WarehouseError, match=r"BigQuery answers 503 .* of trying nba_raw\.nbac_schedule"):
        opened(double, QUICK).inspect(("nba_raw.nbac_schedule",))


def test_the_largest_fact_comes_in_several_pages_when_the_service_sends_them(
    double: BigQueryDouble, warehouse: BigQueryWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.warehouse.bigquery.query._PAGE_ROWS", 7)
    assert len(load(warehouse, LINEAGE)) == 30
    assert len(double.requests) > 4
