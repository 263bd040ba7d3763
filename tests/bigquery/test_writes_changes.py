"""Changes against a busy table: held by its streaming buffer, refused by its queue, in conflict with others, lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from google.api_core.exceptions import BadRequest

from console.conflict_log import CONFLICTS, QUEUE_CONFLICT, QueueWriter
from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE, revive_or_insert
from console.warehouse.bigquery.contention import Backoff, persist
from console.warehouse.bigquery.writes import BigQueryWrites
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Changed, Contended, HeldByBuffer
from tests.bigquery.conftest import QUICK, Opener
from tests.bigquery.refused import refused
from tests.bigquery.writing import COLUMNS, GAME, NOW, entry, row, seen
from tests.bigquery_double import BigQueryDouble, Fails, ResetAfter, ResetBefore, Silence, Status, StillRunning
from tests.bigquery_double.hand_clock import HandClock

CHANGE = revive_or_insert(COLUMNS, GAME, seen(), entry(), NOW)
QUEUE_FULL = (
    "Resources exceeded during query execution: Too many DML statements outstanding against table"
    " courtside-test:nba_orchestration.failed_processor_queue, limit is 20."
)
CONCURRENT = f"Could not serialize access to table courtside-test:{QUEUE} due to concurrent update"
IN_BUFFER = "would affect rows in the streaming buffer, which is not supported"
STREAMED = {"id": "streamed", "game_date": "2026-01-24"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def double(clock: HandClock) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=clock) as made:
        made.add_rows(QUEUE, [row()])
        yield made


@pytest.fixture
def writes(double: BigQueryDouble, opened: Opener) -> BigQueryWrites:
    return opened(double, QUICK).writes


def status(double: BigQueryDouble) -> list[tuple[object, ...]]:
    return list(double.run(f"SELECT id, status FROM {QUEUE} ORDER BY id"))


def test_a_change_says_whose_it_is_and_what_it_may_cost(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    assert writes.change(CHANGE, NOW) == Changed(1)
    [query] = double.queries
    assert query.labels == {"app": "courtside", "change": "failed_processor_queue", "operator": "ann-o-neil"}
    assert query.maximum_bytes_billed == QUICK.table_bytes


def test_a_change_goes_to_the_datasets_with_the_prefix(clock: HandClock, opened: Opener) -> None:
    with BigQueryDouble(clock=clock, dataset_prefix="test_") as double:
        double.add_rows(f"test_{QUEUE}", [row()])
        assert opened(double, dataset_prefix="test_").writes.change(CHANGE, NOW) == Changed(1)


def test_rows_in_the_streaming_buffer_hold_a_change_until_the_oldest_can_have_settled(
    double: BigQueryDouble, writes: BigQueryWrites, clock: HandClock
) -> None:
    double.client().insert_rows_json(QUEUE, [STREAMED])
    clock.now = NOW + timedelta(minutes=20)
    double.client().insert_rows_json(QUEUE, [STREAMED])
    held = writes.change(CHANGE, clock.now)
    assert held == HeldByBuffer(NOW + timedelta(minutes=90), NOW)
    clock.now = NOW + timedelta(minutes=110)
    assert writes.change(CHANGE, clock.now) == Changed(1)


def test_a_buffer_that_should_have_drained_is_looked_at_again_in_five_minutes(
    double: BigQueryDouble, writes: BigQueryWrites
) -> None:
    double.client().insert_rows_json(QUEUE, [STREAMED])
    now = NOW + timedelta(hours=3)  # by our clock, which is ahead of the service's
    assert writes.change(CHANGE, now) == HeldByBuffer(now + timedelta(minutes=5), NOW)


@pytest.mark.parametrize("hidden", ["may not be asked for", "does not show it"])
def test_a_buffer_of_unknown_age_is_given_the_longest_that_it_can_last(
    double: BigQueryDouble, writes: BigQueryWrites, hidden: str
) -> None:
    if hidden == "does not show it":
        double.inject(
            Fails("invalidQuery", f"UPDATE or DELETE statement over table x.{QUEUE} {IN_BUFFER}"), sql="MERGE"
        )
    else:
        double.client().insert_rows_json(QUEUE, [STREAMED])
        double.deny(QUEUE, "bigquery.tables.get")
    assert writes.change(CHANGE, NOW) == HeldByBuffer(NOW + timedelta(minutes=90), None)


def test_a_change_that_was_held_up_is_logged_through_the_outbox(
    double: BigQueryDouble, writes: BigQueryWrites, tmp_path: Path
) -> None:
    outbox = Outbox(Journal(tmp_path / FILE_NAME, now=lambda: NOW))
    double.client().insert_rows_json(QUEUE, [STREAMED])
    writer = QueueWriter(writes, outbox, "prod")
    assert isinstance(writer.apply(CHANGE, GAME, NOW, retry_count=1), HeldByBuffer)
    assert outbox.deliver("prod", writes, NOW).delivered == 1
    assert double.run(
        "SELECT processor_name, game_id, CAST(game_date AS VARCHAR), conflict_type, retry_count, resolved, details ->> 'table',"
        f" details ->> 'until' FROM {CONFLICTS}"
    ) == [
        (
            *("bdl_player_box_scores", "20260124_LAL_DAL", "2026-01-24", QUEUE_CONFLICT, 1, False),
            *(QUEUE, "2026-01-25T13:30:00+00:00"),
        )
    ]


def test_a_change_that_succeeded_is_no_conflict(writes: BigQueryWrites, tmp_path: Path) -> None:
    outbox = Outbox(Journal(tmp_path / FILE_NAME, now=lambda: NOW))
    assert QueueWriter(writes, outbox, "prod").apply(CHANGE, GAME, NOW) == Changed(1)
    assert outbox.standings("prod", writes.limits, NOW) == ()


@pytest.mark.parametrize(("reason", "message"), [("resourcesExceeded", QUEUE_FULL), ("invalidQuery", CONCURRENT)])
def test_a_change_in_conflict_with_others_is_tried_again_within_the_deadline(
    double: BigQueryDouble, opened: Opener, reason: str, message: str
) -> None:
    double.inject(Fails(reason, message), sql="MERGE", times=3)
    bounds, waits = list[float](), list[float]()
    backoff = Backoff(draw=lambda bound: bounds.append(bound) or 0.001, pause=waits.append)  # type: ignore[func-returns-value] # append, then a number
    assert opened(double, QUICK, backoff=backoff).writes.change(CHANGE, NOW) == Changed(1)
    assert (bounds, waits) == ([0.5, 1.0, 2.0], [0.001] * 3)
    assert status(double) == [("q1", "pending")]


@pytest.mark.parametrize(
    ("message", "says"), [(QUEUE_FULL, "too many changes of the table"), (CONCURRENT, "others changed the table")]
)
def test_a_conflict_that_lasts_is_reported_before_the_deadline(
    double: BigQueryDouble, opened: Opener, message: str, says: str
) -> None:
    double.inject(Fails("invalidQuery", message), sql="MERGE", times=None)
    waits: list[float] = []
    backoff = Backoff(draw=lambda _: 0.0 if len(waits) < 4 else 60.0, pause=waits.append)
    outcome = opened(double, QUICK, backoff=backoff).writes.change(CHANGE, NOW)
    assert isinstance(outcome, Contended)
    assert outcome.tries == 5
    assert says in outcome.reason
    assert status(double) == [("q1", "failed_permanent")]


def test_each_wait_is_drawn_from_nothing_to_a_bound_that_doubles_up_to_the_longest() -> None:
    bounds: list[float] = []
    clock = [0.0]

    def draw(bound: float) -> float:
        bounds.append(bound)
        return bound

    def pause(seconds: float) -> None:
        clock[0] += seconds

    def fail() -> None:
        raise refused(BadRequest, CONCURRENT)

    outcome = persist(fail, lambda: 30.0 - clock[0], Backoff(first=0.5, longest=8.0, draw=draw, pause=pause))
    assert isinstance(outcome, Contended)
    assert bounds == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert clock[0] == sum(bounds[:-1]) < 30.0


def test_the_draw_is_the_whole_range() -> None:
    drawn = [Backoff().draw(8.0) for _ in range(2_000)]
    assert 0.0 <= min(drawn) < 0.5
    assert 7.5 < max(drawn) <= 8.0


def test_another_error_is_not_tried_again(double: BigQueryDouble, writes: BigQueryWrites) -> None:
    double.deny(QUEUE, "bigquery.tables.updateData")
    with pytest.raises(WarehouseError, match=r"lacks the permission bigquery\.tables\.updateData"):
        writes.change(CHANGE, NOW)
    assert len(double.queries) == 1


@pytest.mark.parametrize("action", [ResetAfter(), ResetBefore(), Status(503), StillRunning(2)])
def test_a_change_whose_answer_is_lost_or_late_is_made_once_and_counted(
    double: BigQueryDouble, writes: BigQueryWrites, action: ResetAfter | ResetBefore | Status | StillRunning
) -> None:
    double.inject(action, sql="MERGE")
    assert writes.change(CHANGE, NOW) == Changed(1)
    assert [query.error for query in double.queries] == [""]
    assert status(double) == [("q1", "pending")]


@pytest.mark.parametrize("attempt", ["a change", "a delivery", "a question for a job"])
def test_a_service_that_says_nothing_holds_nobody_up(double: BigQueryDouble, opened: Opener, attempt: str) -> None:
    writes = opened(double, replace(QUICK, deadline=0.8)).writes
    attempts: dict[str, Callable[[], object]] = {
        "a change": lambda: writes.change(CHANGE, NOW),
        "a delivery": lambda: writes.append("job", CONFLICTS, b'{"conflict_id":"c","timestamp":0}'),
        "a question for a job": lambda: writes.outcome("job"),
    }
    double.inject(Silence(), times=None)
    with pytest.raises(WarehouseError, match=r"gave no answer|cannot be reached"):
        attempts[attempt]()
