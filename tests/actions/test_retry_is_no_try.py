"""To move a row's next try by hand is no sign that anybody works the queue: the alarm about the retrier stays."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope
from checks.policy import Policy
from checks.progress import never
from checks.queue_rows import RETRIED_BY_HAND, subject_of
from console.desk import Desk
from console.look import Look
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Consent, Order, Verb
from tests.builders import at
from tests.screens.stations import hands_on

NOW = at("2026-01-25T16:00")


def look_at(file: Path, minutes: int) -> Look:
    """Return what is known so many minutes on; the file is let go again, so that others can write it."""
    with Desk(EmbeddedWarehouse(file), Policy()) as desk:
        return desk.look(Scope.at(NOW + timedelta(minutes=minutes)), ("queue.overdue", "queue.retrier_dead"))


def alarms(look: Look) -> list[str]:
    return [finding.fingerprint for finding in look.report.findings if finding.check == "queue.retrier_dead"]


def test_retry_now_on_the_only_row_leaves_the_alarm_that_nobody_retries(demo_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "week.duckdb"
    shutil.copyfile(demo_file, file)
    hands = hands_on(file, tmp_path, now=lambda: NOW)
    before = look_at(file, 0)
    (row,) = (row for row in before.rows(RETRY_QUEUE) if row.is_active)
    order = Order(Verb.RETRY, (subject_of(row),), row.game_date, row.game_date)
    assert hands.apply(hands.plan(order, before, None), Consent(), lambda _done, _all: None, never).is_complete
    after = look_at(file, 1)
    (moved,) = (row for row in after.rows(RETRY_QUEUE) if row.is_active)
    assert moved.next_retry_at == NOW
    assert (moved.resolution_notes or "").startswith(RETRIED_BY_HAND)
    assert alarms(after) == alarms(before) != []
