"""When the outbox may not deliver: a spent quota, a service that is away, jobs that run long or fail, rows that do not fit."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.severity import Severity
from console.journal import FILE_NAME
from console.load_quota import quota_day
from console.outbox.batches import BATCH_ROWS, LONGEST_AGAIN
from console.outbox.outbox import Outbox
from console.warehouse.bigquery.writes import BigQueryWrites
from tests.bigquery_double import BigQueryDouble, Fails, Status, StillRunning
from tests.outbox.outboxes import NOW, PLACE, TABLE, arrived, deliver_all, outbox, row, rows

UPLOAD = "^/upload"
SECOND = timedelta(seconds=1)
MIDNIGHT = datetime(2026, 1, 26, 8, tzinfo=UTC)
"""The end of the Pacific day of NOW."""


def use_up(folder: Path, jobs: int, *, at: datetime = NOW - timedelta(hours=1)) -> None:
    """Let the journal have sent that many load jobs."""
    outbox(folder).put(PLACE, TABLE, [], at)
    text = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    with sqlite3.connect(folder / FILE_NAME) as connection:
        connection.executemany(
            "INSERT INTO load_job (job_id, place, table_name, attempt, splits, state, next_at, tried_at, sent_at, settled_at)"
            " VALUES (?, ?, ?, 1, 0, 'failed', ?, ?, ?, ?)",
            [(f"{text}-{number}", PLACE, TABLE, text, text, text, text) for number in range(jobs)],
        )
    connection.close()


@pytest.mark.parametrize(
    ("used", "severity"), [(1_198, Severity.OK), (1_199, Severity.WARNING), (1_499, Severity.CRITICAL)]
)
def test_todays_load_jobs_are_counted_and_told(
    writes: BigQueryWrites, tmp_path: Path, used: int, severity: Severity
) -> None:
    use_up(tmp_path, used)
    box = outbox(tmp_path)
    box.put(PLACE, TABLE, rows("a"), NOW)
    quota = box.deliver(PLACE, writes, NOW).tables[0].quota
    assert quota is not None
    assert (quota.used, quota.limit, quota.resets_at, quota.severity) == (used + 1, 1_500, MIDNIGHT, severity)
    assert f"{used + 1:,} of today's 1,500 load jobs sent" in quota.sentence
    assert "Mon 26 Jan 03:00 EST (2026-01-26T08:00Z)" in quota.sentence


def test_a_spent_quota_sends_nothing_until_it_resets(
    double: BigQueryDouble, writes: BigQueryWrites, tmp_path: Path
) -> None:
    use_up(tmp_path, 1_500)
    box = outbox(tmp_path)
    box.put(PLACE, TABLE, rows("a"), NOW)
    for now in (NOW, MIDNIGHT - SECOND):
        done = box.deliver(PLACE, writes, now)
        assert (done.delivered, done.next_at, double.loads) == (0, MIDNIGHT, ())
    assert done.tables[0].quota is not None
    assert "wait in the outbox until the quota resets at" in done.tables[0].quota.sentence
    done = box.deliver(PLACE, writes, MIDNIGHT)
    assert (done.delivered, done.tables[0].quota and done.tables[0].quota.used) == (1, 1)


def test_the_day_of_a_quota_is_that_of_the_pacific_coast() -> None:
    assert quota_day(NOW) == (MIDNIGHT - timedelta(days=1), MIDNIGHT)
    assert quota_day(MIDNIGHT)[0] == MIDNIGHT
    began, ends = quota_day(datetime(2026, 3, 8, 20, tzinfo=UTC))
    assert ends - began == timedelta(hours=23)


def test_a_quota_that_others_have_spent_is_tried_again_within_the_hour(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    double.use_load_quota(TABLE, 1_500)
    box.put(PLACE, TABLE, rows("a"), NOW)
    done = box.deliver(PLACE, writes, NOW)
    assert (done.delivered, done.next_at) == (0, NOW + LONGEST_AGAIN)
    assert "exceeded quota for imports" in done.tables[0].trouble


def test_a_job_that_runs_is_asked_for_and_not_sent_again(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    double.inject(StillRunning(None), path=UPLOAD)
    box.put(PLACE, TABLE, rows("a"), NOW)
    done = box.deliver(PLACE, writes, NOW)
    assert (done.delivered, done.next_at, done.tables[0].trouble) == (0, NOW + 5 * SECOND, "")
    box.put(PLACE, TABLE, rows("b"), NOW)
    assert box.deliver(PLACE, writes, NOW + 90 * SECOND).delivered == 0
    assert len([request for request in double.requests if request.path.startswith("/upload")]) == 1
    double.heal()
    assert box.deliver(PLACE, writes, NOW + 100 * SECOND).delivered == 2
    assert [load.rows for load in double.loads] == [1, 1]


def test_half_an_hour_without_the_service_costs_no_row_and_one_job_of_the_quota(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    double.inject(Status(504), times=None)
    now = NOW
    for number in range(30):
        box.put(PLACE, TABLE, rows(f"{number:02}"), now)
        done = box.deliver(PLACE, writes, now)
        assert done.next_at is not None
        assert "504" in done.tables[0].trouble
        now = done.next_at
    double.heal()
    assert deliver_all(box, writes, now).delivered == 30
    assert arrived(double) == [f"{number:02}" for number in range(30)]
    quota = box.standings(PLACE, writes.limits, now)[0].quota
    assert quota is not None
    assert quota.used == len(double.loads) == 2


def test_what_fails_is_tried_again_ever_more_rarely_under_another_id(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    double.inject(Fails("backendError", "it broke"), path=UPLOAD, times=9)
    box.put(PLACE, TABLE, rows("a"), NOW)
    now, waits = NOW, []
    for _ in range(9):
        done = box.deliver(PLACE, writes, now)
        assert (done.delivered, done.tables[0].trouble, done.tables[0].waiting) == (0, "it broke", 1)
        assert done.next_at is not None
        waits.append(done.next_at - now)
        now = done.next_at
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    done = box.deliver(PLACE, writes, now)
    assert (done.delivered, done.tables[0].trouble, arrived(double)) == (1, "", ["a"])
    assert len({load.job_id for load in double.loads}) == 10


def test_unfit_rows_are_refused_and_the_others_of_their_batch_arrive(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    given = [row(f"{number:02}", **({"timestamp": "soon"} if number in (3, 17) else {})) for number in range(20)]
    box.put(PLACE, TABLE, given, NOW)
    done = deliver_all(box, writes)
    assert (done.delivered, done.tables[0].waiting, done.tables[0].refused) == (18, 0, 2)
    assert "Could not convert value 'soon'" in done.tables[0].trouble
    assert arrived(double) == [f"{number:02}" for number in range(20) if number not in (3, 17)]


def test_a_batch_of_unfit_rows_does_not_use_up_the_quota(
    double: BigQueryDouble, writes: BigQueryWrites, box: Outbox
) -> None:
    box.put(PLACE, TABLE, [row(f"{number}", colour="red") for number in range(BATCH_ROWS)], NOW)
    done = deliver_all(box, writes)
    assert (done.delivered, done.tables[0].refused, len(double.loads)) == (0, BATCH_ROWS, 127)
