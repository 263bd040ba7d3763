"""The retry queue in both shapes of its table, and the breakers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.facts.breakers import BREAKERS
from checks.facts.retry_queue import RETRY_QUEUE
from tests.builders import at
from tests.facts.tables import DAY, Tables

QUEUE = "nba_orchestration.failed_processor_queue"


def enqueue(tables: Tables, **changes: Any) -> None:
    values = {
        "id": "q1",
        "game_date": DAY,
        "phase": "phase_2",
        "processor_name": "bdl_player_box_scores",
        "retry_count": 0,
        "max_retries": 3,
        "first_failure_at": at("2026-01-25T12:37"),
        "status": "pending",
        "created_at": at("2026-01-25T12:38"),
    }
    tables.add(QUEUE, **{**values, **changes})


@pytest.fixture
def older(tables: Tables) -> Tables:
    for column in ("metadata", "resolution_notes", "correlation_id"):
        tables.connection.execute(f"ALTER TABLE {QUEUE} DROP COLUMN {column}")
    return tables


def test_game_and_notes_of_a_row_are_read(tables: Tables) -> None:
    enqueue(tables, metadata='{"game_key": "GSW@MIN", "is_west_coast": false}', resolution_notes='"done", by hand')
    (found,) = tables.ask(RETRY_QUEUE)
    assert (found.game_key, found.resolution_notes) == ("GSW@MIN", '"done", by hand')


@pytest.mark.parametrize("metadata", [None, "null", "{}", '{"game_key": null}'])
def test_a_row_that_stands_for_no_game_has_no_game_key(tables: Tables, metadata: str | None) -> None:
    enqueue(tables, metadata=metadata)
    (found,) = tables.ask(RETRY_QUEUE)
    assert (found.game_key, found.resolution_notes) == (None, None)


def test_the_correlation_id_is_read_by_which_its_owner_finds_a_row_again(tables: Tables) -> None:
    enqueue(tables, correlation_id="courtside-p1-0")
    (found,) = tables.ask(RETRY_QUEUE)
    assert found.correlation_id == "courtside-p1-0"


def test_an_older_deployment_without_the_three_columns_answers_too(older: Tables) -> None:
    enqueue(older)
    (found,) = older.ask(RETRY_QUEUE)
    assert (found.id, found.game_key, found.resolution_notes, found.correlation_id) == ("q1", None, None, None)


def test_an_error_message_with_quotes_and_escapes_stays_what_it_is(tables: Tables) -> None:
    hostile = 'Max "retries" \\ reached\x1b[31m: 8\n{"metadata": {"game_key": "FAKE"}}'
    enqueue(tables, error_message=hostile)
    (found,) = tables.ask(RETRY_QUEUE)
    assert (found.error_message, found.game_key) == (hostile, None)


def test_a_row_created_later_is_not_in_the_queue_yet(tables: Tables) -> None:
    enqueue(tables)
    assert tables.ask(RETRY_QUEUE, "2026-01-25T12:38")
    assert not tables.ask(RETRY_QUEUE, "2026-01-25T12:37")


def test_a_row_of_this_very_minute_is_seen_by_whoever_has_just_put_it_there(tables: Tables) -> None:
    enqueue(tables, created_at=at("2026-01-25T12:38") + timedelta(seconds=59))
    assert tables.ask(RETRY_QUEUE, "2026-01-25T12:38")
    assert not tables.ask(RETRY_QUEUE, "2026-01-25T12:37")


def test_a_row_without_a_creation_time_counts_from_its_first_failure(tables: Tables) -> None:
    enqueue(tables, created_at=None)
    assert tables.ask(RETRY_QUEUE, "2026-01-25T12:37")
    assert not tables.ask(RETRY_QUEUE, "2026-01-25T12:36")


def test_the_oldest_failure_comes_first(tables: Tables) -> None:
    enqueue(tables, id="b", first_failure_at=at("2026-01-25T12:00"))
    enqueue(tables, id="c", first_failure_at=at("2026-01-25T11:00"))
    enqueue(tables, id="a", first_failure_at=at("2026-01-25T12:00"))
    assert [row.id for row in tables.ask(RETRY_QUEUE)] == ["c", "a", "b"]


def test_a_breaker_is_seen_unless_it_changed_later(tables: Tables) -> None:
    for name, when in (("never", None), ("early", at("2026-01-25T12:00")), ("late", at("2026-01-25T13:00"))):
        tables.add(
            "nba_orchestration.circuit_breaker_state",
            processor_name=name,
            state="OPEN",
            failure_count=5,
            updated_at=when,
        )
    assert [row.processor_name for row in tables.ask(BREAKERS, "2026-01-25T12:59")] == ["early", "never"]
