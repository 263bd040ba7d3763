"""Load jobs under ids that are known beforehand: what was started once is never loaded again, whatever became of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from console.warehouse.bigquery.writes import BigQueryWrites
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Loaded, Loading, LoadRefusal, NotLoaded
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery.writing import CONFLICTS, NOW
from tests.bigquery_double import BigQueryDouble, Fails, ResetAfter, ResetBefore, Status, StillRunning
from tests.bigquery_double.hand_clock import HandClock

LINES = b"""{"conflict_id":"a","timestamp":"2026-01-25T12:00:00.000000Z","details":{"game":"LAL@DAL"}}
{"conflict_id":"b","timestamp":0}"""
UPLOAD = "^/upload"


@pytest.fixture
def double() -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=HandClock(NOW)) as made:
        yield made


@pytest.fixture
def writes(double: BigQueryDouble, opened: Opener) -> BigQueryWrites:
    return opened(double, QUICK).writes


def count(double: BigQueryDouble) -> int:
    return int(double.run(f"SELECT COUNT(*) FROM {CONFLICTS}")[0][0])


def test_rows_are_appended_in_one_request_by_a_load_job_with_our_id(
    double: BigQueryDouble, writes: BigQueryWrites
) -> None:
    assert writes.append("job", CONFLICTS, LINES) == Loaded(2)
    [request] = double.requests
    assert request.path.startswith("/upload")
    assert [(load.job_id, load.labels) for load in double.loads] == [
        ("job", {"app": "courtside", "operator": "ann-o-neil"})
    ]
    sent = json.loads(request.body.split(b"\r\n\r\n")[1].split(b"\r\n")[0])["configuration"]["load"]
    assert (sent["writeDisposition"], sent["createDisposition"]) == ("WRITE_APPEND", "CREATE_NEVER")


def test_json_arrives_as_json_and_what_is_left_out_as_null(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    writes.append("job", CONFLICTS, LINES)
    assert double.run(f"SELECT details ->> 'game', details IS NULL FROM {CONFLICTS} ORDER BY conflict_id") == [
        ("LAL@DAL", False),
        (None, True),
    ]


def test_rows_go_to_the_datasets_with_the_prefix(opened: Opener) -> None:
    with BigQueryDouble(clock=HandClock(NOW), dataset_prefix="test_") as double:
        assert opened(double, dataset_prefix="test_").writes.append("job", CONFLICTS, LINES) == Loaded(2)


def test_a_job_that_was_started_before_is_believed_and_not_run_again(
    double: BigQueryDouble, writes: BigQueryWrites
) -> None:
    assert [writes.append("job", CONFLICTS, LINES) for _ in range(2)] == [Loaded(2)] * 2
    assert count(double) == 2


def test_a_job_in_a_region_that_nobody_named_is_found_by_what_the_conflict_says(opened: Opener) -> None:
    with BigQueryDouble(clock=HandClock(NOW), location="europe-west3") as double:
        writes = opened(double, QUICK).writes
        assert [writes.append("job", CONFLICTS, LINES) for _ in range(2)] == [Loaded(2)] * 2
        assert double.requests[-1].arguments["location"] == "europe-west3"


def test_after_a_lost_answer_it_is_not_known_and_then_found_out(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    double.inject(ResetAfter(), path=UPLOAD)
    with pytest.raises(WarehouseError, match=f"cannot be reached for the delivery to {CONFLICTS}"):
        writes.append("job", CONFLICTS, LINES)
    assert writes.outcome("job") == Loaded(2)
    assert writes.append("job", CONFLICTS, LINES) == Loaded(2)
    assert count(double) == 2


@pytest.mark.parametrize("action", [ResetBefore(), Status(503), Status(500), Status(401)])
def test_of_a_job_that_never_arrived_nothing_is_known(
    double: BigQueryDouble, writes: BigQueryWrites, action: ResetBefore | Status
) -> None:
    double.inject(action, path=UPLOAD)
    with pytest.raises(WarehouseError):
        writes.append("job", CONFLICTS, LINES)
    assert writes.outcome("job") is None


def test_a_job_that_runs_is_not_waited_for(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    double.inject(StillRunning(None), path=UPLOAD)
    assert [writes.append("job", CONFLICTS, LINES), writes.outcome("job")] == [Loading(), Loading()]
    assert writes.append("job", CONFLICTS, LINES) == Loading()
    double.release()
    assert writes.outcome("job") == Loaded(2)


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("invalid", LoadRefusal.ROWS),
        ("quotaExceeded", LoadRefusal.QUOTA),
        ("backendError", LoadRefusal.OTHER),
        ("stopped", LoadRefusal.OTHER),
    ],
)
def test_a_failed_job_says_why_in_its_own_words(
    double: BigQueryDouble, writes: BigQueryWrites, reason: str, refusal: LoadRefusal
) -> None:
    double.inject(Fails(reason, "it says why"), path=UPLOAD)
    assert writes.append("job", CONFLICTS, LINES) == NotLoaded(refusal, "it says why")
    assert writes.outcome("job") == NotLoaded(refusal, "it says why")


def test_a_quota_that_refuses_the_job_itself_is_a_quota_too(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    double.inject(Status(403, "quotaExceeded", "Quota exceeded: imports per table"), path=UPLOAD)
    outcome = writes.append("job", CONFLICTS, LINES)
    assert outcome == NotLoaded(LoadRefusal.QUOTA, "Quota exceeded: imports per table")


def test_a_missing_permission_is_named(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    double.deny(CONFLICTS, "bigquery.tables.updateData")
    with pytest.raises(WarehouseError, match=r"lacks the permission bigquery\.tables\.updateData"):
        writes.append("job", CONFLICTS, LINES)


def test_nothing_is_ever_streamed(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    writes.append("job", CONFLICTS, LINES)
    assert not [request for request in double.requests if "insertAll" in request.path]
    assert double.client().get_table(CONFLICTS).streaming_buffer is None
