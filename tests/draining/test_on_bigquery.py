"""A round on BigQuery's double, by the real client, does what it does on a file."""

from __future__ import annotations

from pathlib import Path

from checks.policy import Policy
from console.desk import Desk
from console.draining.work import Fate
from tests.bigquery.conftest import Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.draining.queues import NOW, QUEUE, Depot, pending, runs
from tests.draining.services import ProcessorDouble, Says

__all__ = ["opened"]  # the fixture


def test_answers_decide_what_becomes_of_rows_in_bigquery(
    tmp_path: Path, service: ProcessorDouble, opened: Opener
) -> None:
    service.next.extend([Says(202), Says(404, "nothing here"), Says(503)])
    with BigQueryDouble(clock=HandClock(NOW)) as double:
        desk = Desk(opened(double), Policy(), deadline_seconds=60)
        depot = Depot(desk, tmp_path, double.add_rows, double.run, service.address)
        double.add_rows("nba_reference.processor_run_history", runs(60))
        double.add_rows(
            QUEUE, [pending("q1", game_key="LAL@DAL"), pending("q2"), pending("q3"), pending("q4", retry_count=3)]
        )
        assert {done.row.id: done.fate for done in depot.round().done} == {
            "q4": Fate.GIVEN_UP,
            "q1": Fate.DISPATCHED,
            "q2": Fate.GIVEN_UP,
            "q3": Fate.WAITING_AGAIN,
        }
        assert depot.queued("id, status, retry_count, error_type") == [
            ("q1", "retrying", 1, "transient"),
            ("q2", "failed_permanent", 1, "permanent"),
            ("q3", "pending", 1, "transient"),
            ("q4", "failed_permanent", 3, "transient"),
        ]
