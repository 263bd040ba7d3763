"""What Prometheus reads; what is not known is never a number that looks well."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from checks.catalogue import ALL_CHECKS
from checks.facts.watcher_runs import WatcherRun
from console.heartbeat import DRAINER, WATCHER, Heartbeat, beat_with
from console.incidents.shelf import keep_incidents
from console.journal import FILE_NAME
from console.memory import open_journal
from console.warehouse.embedded import EmbeddedWarehouse
from tests.incidents.reports import NOON, SILENCE, Watch
from tests.serving.served import PLACE, HandClock, Opener, Served, Setting, serving
from tests.serving.test_runs import comes_true

Values = Mapping[tuple[str, ...], float]


def values(served: Served) -> Values:
    """Return each sample by its name without `courtside_`, and the values of its labels in the order of their names."""
    answer = served.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"][:10]) == (200, "text/plain")
    return {
        (sample.name.removeprefix("courtside_"), *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_report_is_given_as_severities_coverage_and_queue(served: Served, clock: HandClock) -> None:
    served.get("/verdict")
    clock.pass_seconds(30)
    found = values(served)
    assert found["verdict_severity",] == 4
    assert found["report_age_seconds",] == 30
    assert found["verdict_age_seconds",] == timedelta(hours=45, minutes=10, seconds=30).total_seconds()
    assert found["check_severity", "orchestration.gap"] == 4
    assert found["check_severity", "transitions.stuck_run"] == 0
    assert len([name for name, *_ in found if name == "check_severity"]) == len(ALL_CHECKS)
    assert found["causes", "critical"] >= 1
    assert found["coverage_ratio", "2026-01-24", "box_scores"] == 1
    assert (found["last_run_failed",], found["runs_total",]) == (0, 1)


def test_the_queue_is_counted_by_where_its_rows_stand(demo_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue.duckdb"
    shutil.copy(demo_file, file)
    with EmbeddedWarehouse(file).write() as connection:
        long_ago = "TIMESTAMPTZ '2026-01-25T00:00Z'"
        columns = ("created_at", "first_failure_at", "next_retry_at")
        changes = ", ".join(f"{column} = {long_ago}" for column in columns)
        connection.execute(f"UPDATE nba_orchestration.failed_processor_queue SET {changes}")
    with serving(Opener(file), tmp_path) as served:
        served.get("/verdict")
        found = values(served)
    assert (found["queue_rows", "due"], found["queue_rows", "waiting"]) == (1, 0)


def test_before_the_first_report_everything_is_unknown_and_a_run_is_begun_and_not_waited_for(
    served: Served, opener: Opener
) -> None:
    found = values(served)
    assert found["verdict_severity",] == 2
    assert {value for (name, *_), value in found.items() if name == "check_severity"} == {2}
    assert found["report_age_seconds",] == float("inf")
    assert not [name for name, *_ in found if name in ("coverage_ratio", "queue_rows", "causes")]
    comes_true(lambda: values(served)["verdict_severity",] == 4)
    assert opener.opened == 1


def test_once_the_warehouse_fails_what_was_known_counts_no_more(
    served: Served, opener: Opener, clock: HandClock, tmp_path: Path
) -> None:
    served.get("/verdict")
    opener.path = tmp_path / "gone.duckdb"
    clock.pass_seconds(600)
    served.get("/verdict")
    found = values(served)
    assert (found["verdict_severity",], found["last_run_failed",], found["report_age_seconds",]) == (2, 1, 600)
    assert found["check_severity", "transitions.stuck_run"] == 2


def test_a_check_that_was_reported_once_is_never_gone_from_what_is_told(
    served: Served, opener: Opener, clock: HandClock, tmp_path: Path
) -> None:
    """A series that is gone resolves an alert."""
    opener.watched = (WatcherRun(clock.now(), "ops-1", 1800, "OK"),)
    served.get("/verdict")
    assert values(served)["check_severity", "watcher.silent"] == 0
    opener.path = tmp_path / "gone.duckdb"
    clock.pass_seconds(600)
    served.get("/verdict")
    assert values(served)["check_severity", "watcher.silent"] == 2


def test_heartbeats_have_an_age_and_one_that_never_was_is_infinitely_old(
    served: Served, clock: HandClock, tmp_path: Path
) -> None:
    assert values(served)["heartbeat_age_seconds", "watcher"] == float("inf")
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        beat_with(connection, WATCHER, PLACE, Heartbeat(clock.now() - timedelta(minutes=12), "ops-1", "all well"))
        beat_with(connection, DRAINER, PLACE, Heartbeat(clock.now() + timedelta(hours=1), "ops-1", "of a wrong clock"))
    found = values(served)
    assert found["heartbeat_age_seconds", "watcher"] == 720
    assert found["heartbeat_age_seconds", "drainer"] == float("inf")


def test_incidents_are_counted_once_a_watcher_has_run(served: Served, clock: HandClock, tmp_path: Path) -> None:
    watch = Watch()
    watch.sees(SILENCE)
    assert not [name for name, *_ in values(served) if name == "incidents"]
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        keep_incidents(connection, PLACE, watch.incidents, NOON)
        beat_with(connection, WATCHER, PLACE, Heartbeat(NOON, "ops-1", "one incident"))
    found = values(served)
    assert found["incidents", "critical", "open"] == 1
    assert (found["incidents", "error", "resolved"], found["incidents", "unknown", "new"]) == (0, 0)


def test_a_journal_that_cannot_be_read_is_told_and_hides_nothing_else(served: Served, tmp_path: Path) -> None:
    served.get("/verdict")
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, not by any means" * 100)
    found = values(served)
    assert (found["journal_readable",], found["heartbeat_age_seconds", "watcher"]) == (0, float("inf"))
    assert found["verdict_severity",] == 4


def test_requests_are_counted_by_route_and_no_caller_makes_the_list_grow(served: Served) -> None:
    for number in range(20):
        served.get(f"/nothing/{number}")
        served.get(f"/checks/none-{number}")
        served.client.request(f"M{number}", "/verdict")
    found = values(served)
    assert found["http_requests_total", "GET", "/checks/{id}", "404"] == 20
    assert found["http_requests_total", "GET", "", "404"] == 20
    assert found["http_requests_total", "other", "", "405"] == 20


@pytest.mark.parametrize("billed", [None, 240 * 2**20])
def test_cost_is_given_where_asking_costs(demo_file: Path, tmp_path: Path, billed: int | None) -> None:
    from console.desk import Desk

    class Billed(Desk):
        @property
        def bytes_billed(self) -> int | None:
            return billed

    def opened() -> Desk:
        desk = Opener(demo_file)()
        return Billed(desk.warehouse, desk.policy)

    clock = HandClock()
    with serving(opened, tmp_path, Setting(clock=clock)) as served:
        served.get("/verdict")
        clock.pass_seconds(60)
        served.get("/verdict")
        assert values(served).get(("bytes_billed_total",)) == (None if billed is None else 2 * billed)
