"""The queue's statements do the same on BigQuery's double and in a DuckDB file: what was seen is changed once, or nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.queue_changes import ACTIVE, QUEUE, QueueKey, SeenRow, give_up, revive_or_insert, set_status
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Changed
from tests.bigquery.conftest import Opener
from tests.bigquery.writing import (
    COLUMNS,
    DAY,
    GAME,
    NOW,
    OLDER,
    OTHER_GAME,
    PROCESSOR,
    Place,
    entry,
    row,
    seen,
)
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock

LATER = NOW + timedelta(minutes=15)


@pytest.fixture(params=["bigquery", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path, opened: Opener) -> Iterator[Place]:
    if request.param == "bigquery":
        with BigQueryDouble(clock=HandClock(NOW)) as double:
            yield Place(opened(double).writes, double.add_rows, double.run)
        return
    warehouse = EmbeddedWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply_schema()

    def run(sql: str) -> list[tuple[object, ...]]:
        with warehouse.write() as connection:
            return connection.execute(sql).fetchall()

    def add(table: str, rows: object) -> None:
        assert isinstance(rows, list)
        with warehouse.write() as connection:
            for values in rows:
                marks = ", ".join("?" for _ in values)
                given = [json.dumps(value) if isinstance(value, dict) else value for value in values.values()]
                connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", given)

    yield Place(warehouse.writes, add, run)


def test_a_game_that_was_never_queued_is_inserted_with_all_that_a_worker_needs(place: Place) -> None:
    wanted = entry(metadata={"home_team": "DAL"}, note="asked for by Ann", correlation_id="c1")
    assert place.writes.change(revive_or_insert(COLUMNS, GAME, None, wanted, NOW), NOW) == Changed(1)
    assert place.queued(
        "id, phase, processor_name, game_date, status, error_type, retry_count, max_retries, correlation_id,"
        " metadata ->> 'game_key', metadata ->> 'home_team', resolution_notes, epoch(first_failure_at), epoch(next_retry_at)"
    ) == [
        (
            *("new", "phase_2", "bdl_player_box_scores", DAY, "pending", "missing_game", 0, 3, "c1"),
            *("LAL@DAL", "DAL", "asked for by Ann", NOW.timestamp(), NOW.timestamp()),
        )
    ]


def test_an_inactive_row_is_revived_and_not_doubled(place: Place) -> None:
    place.add(QUEUE, [row(), row("q2", OTHER_GAME)])
    assert place.writes.change(revive_or_insert(COLUMNS, GAME, seen(), entry(), LATER), LATER) == Changed(1)
    assert place.queued("id, status, retry_count") == [("q1", "pending", 0), ("q2", "failed_permanent", 3)]


@pytest.mark.parametrize("status", ACTIVE)
def test_beside_an_active_row_nothing_becomes_active(place: Place, status: str) -> None:
    before = [row(), row("q2", status=status)]
    place.add(QUEUE, before)
    for known in (seen(), None):
        assert place.writes.change(revive_or_insert(COLUMNS, GAME, known, entry(), LATER), LATER) == Changed(0)
    assert place.queued() == [("q1", "failed_permanent"), ("q2", status)]


@pytest.mark.parametrize("other", [OTHER_GAME, PROCESSOR, replace(GAME, game_key="")])
def test_active_rows_of_another_game_or_processor_are_not_in_the_way(place: Place, other: QueueKey) -> None:
    place.add(QUEUE, [row("q2", other, "pending")])
    assert place.writes.change(revive_or_insert(COLUMNS, GAME, None, entry(), NOW), NOW) == Changed(1)


@pytest.mark.parametrize(
    "change", [{"status": "succeeded"}, {"retry_count": 2}, {"retry_count": None}, {"updated_at": LATER}]
)
def test_a_row_that_is_not_as_it_was_seen_is_left_alone(place: Place, change: dict[str, Any]) -> None:
    place.add(QUEUE, [row(**change)])
    before = place.queued("*")
    assert place.writes.change(revive_or_insert(COLUMNS, GAME, seen(), entry(), LATER), LATER) == Changed(0)
    assert place.writes.change(revive_or_insert(COLUMNS, GAME, None, entry(), LATER), LATER) == Changed(0)
    assert place.queued("*") == before


def test_what_was_never_counted_or_updated_is_compared_too(place: Place) -> None:
    place.add(QUEUE, [row(status="pending", retry_count=None, updated_at=None)])
    known = SeenRow("q1", "pending", None, None)
    assert place.writes.change(set_status(COLUMNS, DAY, known, "succeeded", NOW), NOW) == Changed(1)


@pytest.mark.parametrize("known", [None, seen()])
def test_the_same_change_made_twice_changes_once(place: Place, known: SeenRow | None) -> None:
    place.add(QUEUE, [row()] if known else [])
    change = revive_or_insert(COLUMNS, GAME, known, entry(), LATER)
    assert [place.writes.change(change, LATER) for _ in range(2)] == [Changed(1), Changed(0)]
    assert [status for _, status in place.queued()] == ["pending"]


@pytest.mark.parametrize("known", [None, seen()])
def test_of_two_who_change_the_same_at_once_one_succeeds(place: Place, known: SeenRow | None) -> None:
    place.add(QUEUE, [row()] if known else [])
    changes = [revive_or_insert(COLUMNS, GAME, known, entry(f"new{who}"), LATER) for who in range(2)]
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda change: place.writes.change(change, LATER), changes))
    assert sorted(outcomes, key=str) == [Changed(0), Changed(1)]


def test_a_status_is_set_with_the_next_time_the_count_and_a_note(place: Place) -> None:
    place.add(QUEUE, [row(status="pending", retry_count=1), row("q2", OTHER_GAME, "pending")])
    change = set_status(
        COLUMNS,
        DAY,
        seen(status="pending", retry_count=1),
        "retrying",
        NOW,
        next_retry_at=LATER,
        retry_count=2,
        note="by Ann",
    )
    assert place.writes.change(change, NOW) == Changed(1)
    assert place.queued("id, status, retry_count, epoch(next_retry_at), epoch(last_retry_at), resolution_notes") == [
        ("q1", "retrying", 2, LATER.timestamp(), NOW.timestamp(), "by Ann"),
        ("q2", "pending", 3, None, None, None),
    ]


def test_an_older_table_is_changed_by_the_columns_that_it_has(place: Place) -> None:
    place.make_older()
    assert place.writes.change(revive_or_insert(OLDER, GAME, None, entry(note="n"), NOW), NOW) == Changed(1)
    known = SeenRow("new", "pending", 0, NOW)
    assert place.writes.change(set_status(OLDER, DAY, known, "succeeded", LATER, note="n"), LATER) == Changed(1)
    known = SeenRow("new", "succeeded", 0, LATER)
    assert place.writes.change(revive_or_insert(OLDER, GAME, known, entry(), LATER), LATER) == Changed(1)
    assert place.queued() == [("new", "pending")]


def test_in_an_older_table_games_of_a_date_cannot_be_told_apart(place: Place) -> None:
    place.make_older()
    changes = [revive_or_insert(OLDER, key, None, entry(key.game_key), NOW) for key in (GAME, OTHER_GAME)]
    assert [place.writes.change(change, NOW) for change in changes] == [Changed(1), Changed(0)]


def test_hostile_words_are_values_and_never_sql(place: Place) -> None:
    hostile = "'; DROP TABLE x; -- @id $1 {} \\ \" \u202e"
    key = QueueKey("phase_2", hostile, DAY, hostile)
    change = revive_or_insert(COLUMNS, key, None, entry(error_message=hostile, note=hostile), NOW)
    assert place.writes.change(change, NOW) == Changed(1)
    assert place.queued("processor_name, error_message, resolution_notes, metadata ->> 'game_key'") == [(hostile,) * 4]


def test_an_error_is_cut_to_what_its_column_takes(place: Place) -> None:
    change = revive_or_insert(COLUMNS, GAME, None, entry(error_message="x" * 5_000), NOW)
    place.writes.change(change, NOW)
    assert place.queued("length(error_message)") == [(4_000,)]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: revive_or_insert(COLUMNS, GAME, seen(status="pending"), entry(), NOW), "in the queue already"),
        (lambda: set_status(COLUMNS, DAY, seen(), "pending", NOW), "put it into the queue again instead"),
        (lambda: set_status(COLUMNS, DAY, seen(status="pending"), "x", NOW.replace(tzinfo=None)), "has no time zone"),
    ],
)
def test_a_change_that_breaks_the_queues_rules_is_not_made(wrong: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()


def test_a_table_that_lacks_what_every_deployment_has_is_refused_by_name() -> None:
    with pytest.raises(WarehouseError, match="has no column phase and no status: see `courtside doctor`"):
        revive_or_insert(COLUMNS - {"phase", "status"}, GAME, None, entry(), NOW)


def test_a_row_that_is_given_up_keeps_why_in_its_notes_and_where_there_are_none_as_its_error(place: Place) -> None:
    known = seen(status="retrying")
    place.add(QUEUE, [row(status="retrying", error_type="transient", error_message="timeout")])
    refused = give_up(COLUMNS, DAY, known, LATER, why="HTTP 404", error_type="permanent")
    assert [place.writes.change(refused, LATER) for _ in range(2)] == [Changed(1), Changed(0)]
    assert place.queued("status, error_type, error_message, resolution_notes") == [
        ("failed_permanent", "permanent", "timeout", "HTTP 404")
    ]
    place.run(f"UPDATE {QUEUE} SET status = 'retrying'")
    place.make_older()
    again = give_up(OLDER, DAY, replace(known, updated_at=LATER), LATER, why="its last try")
    assert place.writes.change(again, LATER) == Changed(1)
    assert place.queued("status, error_type, error_message") == [("failed_permanent", "permanent", "its last try")]
