"""Counts load jobs for `infra.quota`: everybody's where BigQuery tells, else those that this journal has sent, said as such."""

from __future__ import annotations

from datetime import datetime

from checks.infra.quota import PACE, LoadCount, QuotaDay, no_quota_result, quota_result
from checks.model import CheckResult
from checks.policy import Policy
from console.journal import Journal, JournalError, instant_text
from console.load_quota import quota_day
from console.warehouse.protocol import Warehouse, WarehouseError
from console.warehouse.writing import CountsLoadJobs, Writable

ALL_JOBS = "load_jobs"
OWN_JOBS = "journal"

_SENT = """
    SELECT table_name, count(*) FILTER (WHERE sent_at >= :began), count(*) FILTER (WHERE sent_at >= :paced_from)
    FROM load_job WHERE place = :place AND sent_at >= :since GROUP BY table_name ORDER BY table_name
"""


def read_quota(warehouse: Warehouse, place: str, journal: Journal | None, policy: Policy, now: datetime) -> CheckResult:
    """Return what there is to say of today's load jobs of the warehouse, which the journal knows as `place`.

    `now` is aware UTC. When BigQuery does not tell, the result is UNKNOWN with the reason, and has what the journal knows. Raises
    WarehouseError for a warehouse without a quota that is not there.
    """
    if not isinstance(warehouse, Writable) or warehouse.writes.limits.jobs_a_day is None:
        warehouse.inspect(())  # a name misspelt is also no BigQuery project
        return no_quota_result(place)
    began, ends = quota_day(now)
    day = QuotaDay(now, ends, warehouse.writes.limits.jobs_a_day)
    try:
        return quota_result(_of_all(warehouse, began, now), day, policy, ALL_JOBS)
    except WarehouseError as error:
        reason = f"only the load jobs of this journal are counted, not those of others: {error}"
    try:
        return quota_result(own_counts(journal, place, began, now), day, policy, OWN_JOBS, reason)
    except JournalError as error:
        return quota_result((), day, policy, OWN_JOBS, f"{reason}; and {error}")


def _of_all(warehouse: Writable, began: datetime, now: datetime) -> tuple[LoadCount, ...]:
    writes = warehouse.writes
    if not isinstance(writes, CountsLoadJobs):
        raise WarehouseError("this warehouse does not list them")
    return writes.load_counts(began, now)


def own_counts(journal: Journal | None, place: str, began: datetime, now: datetime) -> tuple[LoadCount, ...]:
    """Return the load jobs that the journal has sent to each table of a warehouse. Raises JournalError."""
    if journal is None:
        return ()
    times = {"began": began, "paced_from": now - PACE, "since": min(began, now - PACE)}
    values = {name: instant_text(moment) for name, moment in times.items()}
    with journal.reading() as connection:
        rows = connection.execute(_SENT, {**values, "place": place}).fetchall()
    return tuple(LoadCount(*row) for row in rows)
