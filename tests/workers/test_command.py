"""`courtside workers`: who beats, and forgetting who does not come back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from console.workers import BatchWorker, SqliteWorkerStore
from tests.builders import at
from tests.cli.conftest import Courtside, courtside, data

__all__ = ["courtside", "data"]  # fixtures

NOW = at("2026-01-25T12:00")


@pytest.fixture
def store(courtside: Courtside) -> SqliteWorkerStore:
    store = SqliteWorkerStore(courtside.home / "workers.sqlite3")
    BatchWorker(store, "w1", lambda: NOW - timedelta(days=20)).begin("b1", date(2026, 1, 5), ("ann", "bob"))
    return store


def test_workers_are_listed_however_long_ago_they_beat(courtside: Courtside, store: SqliteWorkerStore) -> None:
    listed = courtside("workers", "list", now=NOW, width=200)
    assert listed.status == 0
    assert listed.lines[0].startswith(
        "w1  working, last heartbeat 20 d 00 h ago, Mon 5 Jan 07:00 EST (2026-01-05T12:00Z); "
    )
    assert listed.lines[0].endswith("0 of 2 of batch b1 for 2026-01-05")
    (worker,) = courtside("workers", "list", "--json", now=NOW).document["workers"]
    assert (worker["worker"], worker["expected"], worker["heartbeat_at"]) == ("w1", 2, "2026-01-05T12:00:00Z")


def test_without_workers_that_is_said_and_no_store_is_made(courtside: Courtside) -> None:
    assert "no prediction worker has left a heartbeat" in courtside("workers", "list").out
    assert courtside("workers", "retire", "w1").status == 3
    assert not (courtside.home / "workers.sqlite3").exists()


def test_a_record_that_is_no_heartbeat_is_listed_and_can_be_retired(
    courtside: Courtside, store: SqliteWorkerStore
) -> None:
    with closing(sqlite3.connect(courtside.home / "workers.sqlite3")) as file, file:
        file.execute("UPDATE worker SET heartbeat_at = 'yesterday'")
    listed = courtside("workers", "list", now=NOW)
    assert (listed.status, "is no heartbeat" in listed.out) == (3, True)
    assert courtside("workers", "retire", "w1").status == 0


def test_a_lost_batch_that_nobody_takes_up_ends_when_its_worker_is_retired(
    courtside: Courtside, store: SqliteWorkerStore, demo_file: Path
) -> None:
    asked = courtside(
        "check", "workers.heartbeat", "--warehouse", str(demo_file), now=at("2026-01-05T13:00"), width=200
    )
    assert (asked.status, "courtside workers retire w1" in asked.out) == (1, True)
    assert "w1 is forgotten with its batch" in courtside("workers", "retire", "w1").out
    assert store.beats() == ()
    again = courtside("workers", "retire", "w1")
    assert (again.status, "there is no prediction worker 'w1'" in again.err) == (3, True)


def test_where_nothing_may_be_changed_no_worker_is_forgotten(courtside: Courtside, store: SqliteWorkerStore) -> None:
    refused = courtside("workers", "retire", "w1", "--read-only")
    assert (refused.status, "nothing was done: read-only" in refused.err) == (3, True)
    (courtside.home / "config.toml").write_text('[workers]\nfirestore = "nba-prod"\n')
    refused = courtside("workers", "retire", "w1", "--config", str(courtside.home / "config.toml"))
    assert (refused.status, "read-only, as production is" in refused.err) == (3, True)
    assert len(store.beats()) == 1
