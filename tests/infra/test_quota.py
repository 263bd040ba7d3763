"""`infra.quota`: the projection to midnight Pacific, and whose load jobs are counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.infra.quota import LoadCount, QuotaDay, quota_result
from checks.model import Severity
from checks.policy import Policy
from console.audits.infra.quota import read_quota
from console.journal import FILE_NAME, Journal
from console.load_quota import quota_day
from console.outbox.outbox import Outbox
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.faults import Status
from tests.bigquery_double.hand_clock import HandClock
from tests.builders import at
from tests.outbox.outboxes import rows

__all__ = ["opened"]  # the fixture

TABLE = "nba_raw.bdl_player_boxscores"
OTHER = "nba_orchestration.streaming_conflict_log"
LIMIT = 1_500
MIDNIGHT = at("2026-01-24T08:00")
"""Midnight Pacific, in winter."""


def day(now: datetime) -> QuotaDay:
    return QuotaDay(now, quota_day(now)[1], LIMIT)


def judged(today: int, recent: int, now: datetime = MIDNIGHT + timedelta(hours=12), **policy: float) -> Any:
    return quota_result([LoadCount(TABLE, today, recent)], day(now), Policy.from_table(policy), "load_jobs")


@pytest.mark.parametrize(
    ("now", "hours_left"),
    [
        (MIDNIGHT, 24),
        (MIDNIGHT + timedelta(hours=18), 6),
        (at("2026-03-08T08:00"), 23),  # the clock is put forward on this day
        (at("2026-03-08T12:00"), 19),
        (at("2026-11-01T07:00"), 25),  # and put back on this one
        (at("2026-11-01T12:00"), 20),
    ],
)
def test_the_pace_of_six_hours_goes_on_for_the_hours_that_the_pacific_day_really_has_left(
    now: datetime, hours_left: int
) -> None:
    assert day(now).projected(LoadCount(TABLE, 10, 60)) == 10 + 10 * hours_left


def test_a_minute_before_midnight_nothing_more_is_expected_and_a_minute_after_a_whole_day_is() -> None:
    before, after = MIDNIGHT - timedelta(minutes=1), MIDNIGHT + timedelta(minutes=1)
    assert day(before).projected(LoadCount(TABLE, 1_100, 300)) == 1_101
    assert day(after).projected(LoadCount(TABLE, 1, 300)) == 1 + 1_200
    assert day(after).ends - day(before).ends == timedelta(days=1)


def test_the_first_job_after_midnight_is_no_alarm() -> None:
    assert judged(1, 1, MIDNIGHT + timedelta(seconds=5)).severity is Severity.OK


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        (1_199, Severity.OK),
        (1_200, Severity.WARNING),
        (1_424, Severity.WARNING),
        (1_425, Severity.CRITICAL),
        (1_500, Severity.CRITICAL),
        (1_900, Severity.CRITICAL),
    ],
)
def test_warning_from_80_percent_and_critical_from_95(today: int, severity: Severity) -> None:
    assert judged(today, 0).severity is severity


def test_what_is_coming_counts_as_much_as_what_was() -> None:
    result = judged(100, 700)
    assert result.severity is Severity.CRITICAL
    assert result.findings[0].sentence == (
        f"{TABLE}: 100 (6 %) of today's 1,500 load jobs used, 1,500 (100 %) by "
        "Sun 25 Jan 03:00 EST (2026-01-25T08:00Z) at the pace of the last 6 h"
    )


def test_a_spent_quota_says_until_when_bigquery_refuses() -> None:
    assert judged(1_500, 200).findings[0].sentence == (
        f"{TABLE}: 1,500 (100 %) of today's 1,500 load jobs used; BigQuery refuses more until "
        "Sun 25 Jan 03:00 EST (2026-01-25T08:00Z)"
    )


def test_the_thresholds_are_the_policys() -> None:
    assert judged(150, 0, load_quota_warning_percent=10, load_quota_critical_percent=20).severity is Severity.WARNING


def test_tables_come_fullest_first_and_the_fullest_is_noted_when_none_is_near() -> None:
    counts = [LoadCount("a.low", 5, 0), LoadCount("b.high", 1_450, 0), LoadCount("c.mid", 1_210, 0)]
    found = quota_result(counts, day(MIDNIGHT), Policy(), "load_jobs").findings
    assert [finding.subject.name for finding in found] == ["b.high", "c.mid"]
    (note,) = quota_result(counts[:1], day(MIDNIGHT), Policy(), "load_jobs").findings
    assert note.sentence.startswith("the fullest table is a.low: 5 (0 %)")
    assert quota_result([], day(MIDNIGHT), Policy(), "load_jobs").findings[0].sentence == (
        "no table has had a load job today"
    )


def test_counts_that_are_not_everybodys_are_unknown_and_never_hide_what_is_worse() -> None:
    low, high = [LoadCount(TABLE, 1, 0)], [LoadCount(TABLE, 1_500, 0)]
    assert quota_result(low, day(MIDNIGHT), Policy(), "journal", "why").severity is Severity.UNKNOWN
    assert quota_result(high, day(MIDNIGHT), Policy(), "journal", "why").severity is Severity.CRITICAL


NOW = MIDNIGHT + timedelta(hours=2)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def double(clock: HandClock) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=clock) as made:
        yield made


@pytest.fixture
def warehouse(double: BigQueryDouble, opened: Opener) -> BigQueryWarehouse:
    return opened(double, QUICK)


def load(double: BigQueryDouble, clock: HandClock, ago: timedelta, jobs: int = 1, table: str = TABLE) -> None:
    clock.now = NOW - ago
    double.use_load_quota(table, jobs)
    clock.now = NOW


def numbers(result: Any) -> list[object]:
    return [(item.value, item.fact) for item in result.findings[0].evidence]


def test_everybodys_load_jobs_are_counted_from_midnight_and_paced_across_it(
    double: BigQueryDouble, warehouse: BigQueryWarehouse, clock: HandClock
) -> None:
    load(double, clock, timedelta(hours=7), 40)  # yesterday, and before the pace
    load(double, clock, timedelta(hours=3), 20)  # yesterday, within it
    load(double, clock, timedelta(minutes=30), 10)
    load(double, clock, timedelta(minutes=30), 2, OTHER)
    result = read_quota(warehouse, "p", None, Policy(), NOW)
    assert (result.severity, result.reason) == (Severity.OK, "")
    assert numbers(result) == [(10, "load_jobs"), (30, "load_jobs"), (10 + 5 * 22, "load_jobs")]


def test_a_failed_load_job_counts(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    warehouse.writes.append("job-1", OTHER, b'{"nonsense": 1}\n')
    later = NOW + timedelta(minutes=1)
    assert warehouse.writes.load_counts(NOW, later) == (LoadCount(OTHER, 1, 1),)


def test_what_was_asked_is_explained_and_its_cost_counted(warehouse: BigQueryWarehouse) -> None:
    read_quota(warehouse, "p", None, Policy(), NOW)
    (record,) = warehouse.records
    assert record.facts == ("load_jobs",)
    assert "INFORMATION_SCHEMA.JOBS_BY_PROJECT" in record.sql
    assert record.bytes_billed is not None


def own_jobs(folder: Path, warehouse: BigQueryWarehouse) -> Journal:
    """Return a journal that has sent one load job, a minute ago."""
    journal = Journal(folder / FILE_NAME, now=lambda: NOW)
    then = NOW - timedelta(minutes=1)
    box = Outbox(journal)
    box.put("p", OTHER, rows("a"), then)
    box.deliver("p", warehouse.writes, then)
    return journal


def test_without_permission_the_journals_own_jobs_are_shown_as_no_more_than_that_with_the_missing_role(
    double: BigQueryDouble, warehouse: BigQueryWarehouse, tmp_path: Path
) -> None:
    double.deny("region-us")
    result = read_quota(warehouse, "p", own_jobs(tmp_path, warehouse), Policy(), NOW)
    assert result.severity is Severity.UNKNOWN
    assert result.reason.startswith("only the load jobs of this journal are counted, not those of others: ")
    assert "bigquery.jobs.listAll" in result.reason
    assert "BigQuery Resource Viewer (roles/bigquery.resourceViewer)" in result.reason
    assert numbers(result)[0] == (1, "journal")


def test_a_service_that_fails_is_unknown_with_its_reason(double: BigQueryDouble, warehouse: BigQueryWarehouse) -> None:
    double.inject(Status(503), sql="JOBS_BY_PROJECT", times=None)
    result = read_quota(warehouse, "p", None, Policy(), NOW)
    assert result.severity is Severity.UNKNOWN
    assert "BigQuery" in result.reason


def test_a_warehouse_without_a_quota_says_so(tmp_path: Path) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "w.duckdb")
    with pytest.raises(WarehouseError, match="there is no warehouse at"):
        read_quota(warehouse, "w.duckdb", None, Policy(), NOW)
    warehouse.apply_schema()
    result = read_quota(warehouse, "w.duckdb", None, Policy(), NOW)
    assert result.severity is Severity.OK
    assert "takes any number of load jobs" in result.findings[0].sentence
