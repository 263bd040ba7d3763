"""What fails for one fact of a batch costs only that fact; what fails for everybody is said once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.rows import RowError
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS
from checks.loading import PartlyLoadedError
from console.warehouse.protocol import WarehouseError
from tests.bigquery.asking import SCOPE, STALL_SECONDS, load
from tests.bigquery.conftest import IMPATIENT, QUICK, Opener
from tests.bigquery_double import BigQueryDouble, Silence, Status

PAIR = [(fact, fact.window(SCOPE)) for fact in (STREAMING_CONFLICTS, BREAKERS)]


def test_a_null_where_none_may_be_is_a_row_error(demo_file: Path, opened: Opener) -> None:
    with BigQueryDouble(demo_file) as double:
        double.run("UPDATE nba_orchestration.circuit_breaker_state SET state = NULL")
        warehouse = opened(double)
        with pytest.raises(RowError, match=r"breakers\.state is NULL in row 1"):
            load(warehouse)
        with pytest.raises(PartlyLoadedError) as caught:
            warehouse.load_batch(PAIR, SCOPE.as_of)
        assert str(caught.value.reasons["breakers"]) == "breakers.state is NULL in row 1, where none may be"
        assert caught.value.rows == {"streaming_conflicts": ()}


def test_one_missing_table_costs_only_its_own_fact(demo_file: Path, opened: Opener) -> None:
    with BigQueryDouble(demo_file) as double:
        double.run("ALTER TABLE nba_orchestration.streaming_conflict_log RENAME TO away")
        warehouse = opened(double, QUICK)
        with pytest.raises(PartlyLoadedError) as caught:
            warehouse.load_batch(PAIR, SCOPE.as_of)
        assert len(caught.value.rows["breakers"]) == 3
        assert "has no table nba_orchestration.streaming_conflict_log" in str(
            caught.value.reasons["streaming_conflicts"]
        )


def test_a_fact_that_failed_stands_alone_until_it_answers_again(demo_file: Path, opened: Opener) -> None:
    facts = (STREAMING_CONFLICTS, BREAKERS)
    with BigQueryDouble(demo_file) as double:
        warehouse = opened(double)
        assert len(warehouse.batches(facts)) == 1
        double.run("ALTER TABLE nba_orchestration.streaming_conflict_log RENAME TO away")
        with pytest.raises(PartlyLoadedError):
            warehouse.load_batch(PAIR, SCOPE.as_of)
        assert len(warehouse.batches(facts)) == 2
        double.run("ALTER TABLE nba_orchestration.away RENAME TO streaming_conflict_log")
        warehouse.load_batch(PAIR[:1], SCOPE.as_of)
        assert len(warehouse.batches(facts)) == 1


@pytest.mark.parametrize("fault", [Status(503), Status(403, "quotaExceeded"), Silence(), Status(401)], ids=str)
def test_a_batch_that_fails_for_everybody_is_not_asked_again_fact_by_fact(
    double: BigQueryDouble, opened: Opener, fault: Any
) -> None:
    double.inject(fault, times=None)
    with pytest.raises(WarehouseError, match=r"BigQuery .*(streaming_conflicts, breakers|quota|login)") as caught:
        opened(double, IMPATIENT).load_batch(PAIR, SCOPE.as_of)
    assert not isinstance(caught.value, PartlyLoadedError)
    assert all("circuit_breaker" in request.sql and "streaming" in request.sql for request in double.requests)


def test_a_batch_that_fails_fact_by_fact_stays_within_one_deadline(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(Status(400, "invalidQuery", "Unrecognized name: x"))
    double.inject(Silence(), nth=2, times=None)
    started = time.monotonic()
    with pytest.raises(PartlyLoadedError):
        opened(double, QUICK).load_batch(PAIR, SCOPE.as_of)
    assert time.monotonic() - started < QUICK.deadline + STALL_SECONDS
