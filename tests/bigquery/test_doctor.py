"""The doctor of a BigQuery project: every part is asked, at the same time, and none that fails hides another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google.auth
import pytest
from google.cloud import bigquery

from checks.model import Severity
from console.cli import inspection
from console.desk import Desk
from console.examination import Examination
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse import clients
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from screens.lines import text_of
from screens.text.doctor import DoctorView, Observation, TableState, doctor_lines
from tests.bigquery.asking import STALL_SECONDS
from tests.bigquery.conftest import IMPATIENT, QUICK, Opener
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.faults import Html, ResetBefore, Silence, Status
from tests.bigquery_double.hand_clock import HandClock

PARTS = ["credentials", "project", "location", "partitioning", "permissions", "freshness", "clock", "cost"]
QUEUE = "nba_orchestration.failed_processor_queue"
SCHEDULE = "nba_raw.nbac_schedule"
READ, WRITE, RUN = "bigquery.tables.getData", "bigquery.tables.updateData", "bigquery.jobs.create"
START = datetime(2026, 1, 26, 18, tzinfo=UTC)
ROOMY = replace(QUICK, deadline=10.0)
"""The doctor asks sixty questions, which a busy machine needs a while for."""


@pytest.fixture
def clock() -> HandClock:
    """Give the service's time."""
    return HandClock(START)


@pytest.fixture
def double(clock: HandClock) -> Iterator[BigQueryDouble]:
    """Give a project with all tables, which the test may spoil."""
    with BigQueryDouble(clock=clock) as opened:
        yield opened


NOWHERE = Path("/nowhere")


def settings(**content: object) -> Settings:
    """Return the settings of a file with that content."""
    homes = Homes(NOWHERE, NOWHERE, NOWHERE)
    return resolve(Flags(warehouse="bigquery://courtside-test"), {}, homes, NOWHERE / "c.toml", content)


def examined(warehouse: BigQueryWarehouse, now: Callable[[], datetime] = lambda: START, **table: object) -> DoctorView:
    """Return what the doctor finds, which must come within the deadline."""
    of = settings(**table)
    started = time.monotonic()
    view = inspection.view(of, lambda: Desk(warehouse, of.policy), now)
    assert time.monotonic() - started < warehouse.bounds.deadline + STALL_SECONDS
    return view


def of_part(view: DoctorView, part: str) -> list[Observation]:
    return [item for item in view.observations if item.part == part]


def not_ok(view: DoctorView) -> list[tuple[str, Severity]]:
    return [(item.part, item.severity) for item in view.observations if item.severity is not Severity.OK]


def table(view: DoctorView, name: str) -> TableState:
    return next(item for item in view.tables if item.name == name)


def test_a_project_with_everything_is_whole(double: BigQueryDouble, opened: Opener) -> None:
    view = examined(opened(double, ROOMY))
    assert list(dict.fromkeys(item.part for item in view.observations)) == PARTS
    assert (not_ok(view), view.worst, view.refusal) == ([], Severity.OK, "")
    assert all(item.severity is Severity.OK for item in view.tables)
    assert of_part(view, "location")[0].sentence.startswith("US, ")
    assert "22 tables are partitioned as they are defined" in of_part(view, "partitioning")[0].sentence


def test_nothing_is_read_billed_or_asked_twice(double: BigQueryDouble, opened: Opener) -> None:
    examined(opened(double, ROOMY))
    assert all(query.is_dry_run for query in double.queries)
    assert double.billed == 0
    asked = [(request.method, request.path, request.body) for request in double.requests if "jobs" not in request.path]
    assert len(asked) == len(set(asked))


def test_datasets_with_a_prefix_are_examined_under_their_own_names(opened: Opener) -> None:
    with BigQueryDouble(clock=lambda: START, dataset_prefix="test_") as prefixed:
        assert examined(opened(prefixed, ROOMY, dataset_prefix="test_")).worst is Severity.OK


def test_a_column_that_is_gone_and_one_of_another_type_are_named(double: BigQueryDouble, opened: Opener) -> None:
    double.run(f"ALTER TABLE {SCHEDULE} DROP COLUMN arena_timezone")
    double.run(f"ALTER TABLE {QUEUE} ALTER retry_count TYPE VARCHAR")
    view = examined(opened(double, ROOMY))
    assert table(view, SCHEDULE).sentence == "lacks arena_timezone"
    assert table(view, QUEUE).sentence == "retry_count is STRING, not INT64"
    assert view.worst is Severity.ERROR


def test_a_table_that_is_not_there_is_an_error_and_its_permissions_are_unknown(
    double: BigQueryDouble, opened: Opener
) -> None:
    double.run("DROP TABLE nba_orchestration.streaming_conflict_log")
    view = examined(opened(double, ROOMY))
    assert table(view, "nba_orchestration.streaming_conflict_log").sentence.startswith("not there")
    assert ("permissions", Severity.UNKNOWN) in not_ok(view)


def test_who_lacks_what_on_what_is_said(double: BigQueryDouble, opened: Opener) -> None:
    double.deny(QUEUE, WRITE)
    double.deny("nba_raw", READ)
    found = [
        item for item in of_part(examined(opened(double, ROOMY)), "permissions") if item.severity is Severity.ERROR
    ]
    read = "nba_raw.bdl_player_boxscores, nba_raw.nbac_schedule, nba_raw.odds_api_player_points_props"
    editor, viewer = (
        "BigQuery Data Editor (roles/bigquery.dataEditor)",
        "BigQuery Data Viewer (roles/bigquery.dataViewer)",
    )
    who = "your Google account lacks the permission"
    assert {item.subject: item.sentence for item in found} == {
        QUEUE: f"{who} {WRITE} on the table {QUEUE}, which an action needs: ask for the role {editor}",
        read: f"{who} {READ} on the tables {read}, which a report needs: ask for the role {viewer}",
    }


def test_who_may_run_no_queries_still_learns_all_that_needs_none(double: BigQueryDouble, opened: Opener) -> None:
    double.deny("", RUN)
    view = examined(opened(double, ROOMY))
    assert not_ok(view) == [("permissions", Severity.ERROR), ("cost", Severity.UNKNOWN)]
    assert f"lacks the permission {RUN} on the project courtside-test" in of_part(view, "permissions")[0].sentence
    assert [item.severity for item in of_part(view, "project")] == [Severity.OK]


def test_a_dataset_that_may_not_be_looked_at_is_unknown_and_hides_no_other(
    double: BigQueryDouble, opened: Opener
) -> None:
    double.deny("nba_raw")
    view = examined(opened(double, ROOMY))
    assert {item.name.partition(".")[0] for item in view.tables if item.unknown} == {"nba_raw"}
    assert "lacks the permission bigquery.tables.get" in table(view, SCHEDULE).sentence
    assert {severity for part, severity in not_ok(view) if part in ("location", "partitioning", "freshness")} == {
        Severity.UNKNOWN
    }
    assert table(view, QUEUE).severity is Severity.OK


def test_a_location_that_is_not_the_datasets_own_says_what_to_set(double: BigQueryDouble, opened: Opener) -> None:
    [found] = of_part(examined(opened(double, ROOMY, location="EU")), "location")
    assert (found.severity, found.sentence.rpartition(": ")[2]) == (Severity.ERROR, "set ?location=US")


def test_a_table_without_its_partitions_is_named(double: BigQueryDouble, opened: Opener) -> None:
    client = double.client()
    columns = client.get_table(SCHEDULE).schema
    double.run(f"DROP TABLE {SCHEDULE}")
    client.create_table(bigquery.Table(f"{double.project}.{SCHEDULE}", schema=columns))
    [found] = of_part(examined(opened(double, ROOMY)), "partitioning")
    assert (found.severity, found.subject) == (Severity.ERROR, SCHEDULE)


def test_rows_that_are_streamed_count_as_a_write(double: BigQueryDouble, opened: Opener, clock: HandClock) -> None:
    clock.now = START + timedelta(minutes=20)
    double.client().insert_rows_json(QUEUE, [{"id": "q", "game_date": "2026-01-24"}])
    assert table(examined(opened(double, ROOMY), clock), QUEUE).written_at == clock.now


def test_the_doctor_of_the_console_says_the_same(double: BigQueryDouble, opened: Opener) -> None:
    double.deny(QUEUE, WRITE)
    warehouse, of = opened(double, ROOMY), settings()
    examination = Examination(of, lambda: Desk(warehouse, of.policy), time.monotonic, lambda: START)
    assert "being examined" in text_of(examination(120)[0])
    examination.wait(60)
    assert list(examination(120)) == doctor_lines(examined(warehouse), 120)


def test_the_newest_write_of_each_table_is_shown_and_a_silent_controller_is_an_error(
    double: BigQueryDouble, opened: Opener, clock: HandClock
) -> None:
    clock.now = START + timedelta(hours=3)
    double.add_rows(QUEUE, [{"id": "q", "game_date": START.date()}])
    view = examined(opened(double, ROOMY), clock)
    assert (table(view, QUEUE).written_at, table(view, SCHEDULE).written_at) == (clock.now, START)
    late = of_part(view, "freshness")[0]
    assert late.severity is Severity.ERROR
    assert late.sentence.startswith("nba_orchestration.workflow_decisions was last written 3 h 00 min ago")


def test_a_clock_that_is_off_is_a_warning(double: BigQueryDouble, opened: Opener) -> None:
    [found] = of_part(examined(opened(double, ROOMY), lambda: START + timedelta(minutes=5)), "clock")
    assert found.severity is Severity.WARNING
    assert "299 s ahead of Google's" in found.sentence


def test_a_budget_that_a_day_of_refreshing_overdraws_is_a_warning(double: BigQueryDouble, opened: Opener) -> None:
    warehouse = opened(double, ROOMY)
    [found] = of_part(examined(warehouse, cost={"daily_gb": 10}), "cost")
    assert found.severity is Severity.WARNING
    assert "a report bills 260.0 MB" in found.sentence
    assert "80% of the budget of 10 GB is spent after" in found.sentence
    assert of_part(examined(warehouse, cost={"daily_gb": 100_000}), "cost")[0].severity is Severity.OK


@pytest.mark.parametrize("fault", [Status(503), ResetBefore(), Html(), Status(401)], ids=str)
def test_a_service_that_never_answers_well_leaves_all_unknown_and_the_reason_said_once(
    double: BigQueryDouble, opened: Opener, fault: Status | ResetBefore | Html
) -> None:
    double.inject(fault, times=None)
    view = examined(opened(double, ROOMY))
    assert view.refusal
    assert all(item.severity is Severity.UNKNOWN for item in view.tables)
    assert {item.part for item in view.observations if item.severity is Severity.OK} <= {"credentials", "clock"}
    text = [text_of(item) for item in doctor_lines(view, 120)]
    assert sum("26 tables" in row for row in text) == 1


def test_a_service_that_says_nothing_keeps_nobody_beyond_the_deadline(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(Silence(), times=None)
    view = examined(opened(double, IMPATIENT))
    assert view.worst >= Severity.UNKNOWN
    assert [item.severity for item in of_part(view, "clock")] == [Severity.UNKNOWN]


def test_one_table_that_hangs_hides_no_other(double: BigQueryDouble, opened: Opener) -> None:
    double.inject(Silence(), method="GET", path="/tables/nbac_schedule", times=None)
    view = examined(opened(double, replace(ROOMY, deadline=9.0, socket=3.0)))
    assert [item.name for item in view.tables if item.unknown] == [SCHEDULE]
    assert {part for part, _ in not_ok(view)} == {"partitioning", "freshness"}


def test_without_credentials_what_to_run_is_said_and_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_found(**_: object) -> None:
        raise google.auth.exceptions.DefaultCredentialsError

    monkeypatch.delenv(clients.EMULATOR, raising=False)
    monkeypatch.setattr(google.auth, "default", none_found)
    view = examined(BigQueryWarehouse(BigQueryTarget("courtside-test"), bounds=ROOMY))
    assert view.observations[0].severity is Severity.ERROR
    assert "gcloud auth application-default login" in view.observations[0].sentence
    assert [item.part for item in view.observations] == PARTS
    assert {item.severity for item in view.observations[1:]} == {Severity.UNKNOWN}
    assert view.worst is Severity.ERROR
