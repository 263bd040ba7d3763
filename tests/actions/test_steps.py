"""Whether a step of ours was done, found out by reading back, in every shape of the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.facts.retry_queue import QueueRow
from console.actions.plan import Activate, SetStatus
from console.actions.steps import found_done
from console.queue_changes import Entry, SeenRow
from tests.actions.entries import NOW
from tests.actions.plans import key
from tests.screens.queued import queued

NEWEST = ("id", "status", "updated_at", "correlation_id")
OLDER = ("id", "status", "updated_at")
OLDEST = ("id", "status")
ENTRY = Entry("new", "missing_game", "again", NOW, correlation_id="courtside-p1-0")
INSERT = Activate(key(), None, ENTRY)
REVIVE = Activate(key(), SeenRow("r1", "failed_permanent", 3, NOW), ENTRY)
HOLD = SetStatus(key(), SeenRow("r1", "pending", 1, NOW), "pending", NOW + timedelta(hours=2))


def row(**changes: Any) -> QueueRow:
    values: dict[str, Any] = {"id": "r1", "status": "pending", "updated_at": NOW, "correlation_id": None}
    return replace(queued(), **{**values, **changes})


@pytest.mark.parametrize("columns", [NEWEST, OLDER, OLDEST])
def test_an_inserted_row_is_known_by_its_id(columns: tuple[str, ...]) -> None:
    assert found_done(INSERT, [row(id="new")], NOW, columns)
    assert not found_done(INSERT, [row()], NOW, columns)


def test_a_revived_row_is_known_by_the_plans_correlation_id() -> None:
    assert found_done(REVIVE, [row(correlation_id="courtside-p1-0", status="retrying")], NOW, NEWEST)
    assert not found_done(REVIVE, [row(correlation_id="another")], NOW, NEWEST)
    assert not found_done(REVIVE, [row()], NOW, NEWEST)


def test_where_there_is_none_a_revived_row_is_known_by_being_active() -> None:
    assert found_done(REVIVE, [row()], NOW, OLDER)
    assert not found_done(REVIVE, [row(status="failed_permanent")], NOW, OLDER)


def test_a_changed_row_is_known_by_its_status_and_by_the_moment() -> None:
    assert found_done(HOLD, [row()], NOW, NEWEST)
    assert not found_done(HOLD, [row(updated_at=NOW + timedelta(seconds=1))], NOW, NEWEST)
    assert not found_done(HOLD, [row(status="retrying")], NOW, NEWEST)
    assert not found_done(HOLD, [row()], None, NEWEST)


def test_where_no_moment_is_kept_a_changed_row_is_known_by_its_status() -> None:
    assert found_done(HOLD, [row(updated_at=None)], NOW, OLDEST)
    assert not found_done(HOLD, [row(updated_at=None, status="succeeded")], NOW, OLDEST)
