"""Decisions, expected runs, executions, hand-overs, processor runs, events and scrape attempts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.events import EVENTS
from checks.facts.executions import EXECUTIONS
from checks.facts.expected_runs import EXPECTED_RUNS
from checks.facts.hand_overs import HAND_OVERS
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS
from tests.builders import at
from tests.facts.tables import DAY, NEXT_DAY, Tables


def decide(tables: Tables, when: str, workflow: str = "betting_lines", **changes: Any) -> None:
    values = {"decision_id": f"{workflow}-{when}", "action": "SKIP", "decision_time": at(when)}
    tables.add("nba_orchestration.workflow_decisions", workflow_name=workflow, **{**values, **changes})


def test_every_decision_of_the_window_is_returned_in_order(tables: Tables) -> None:
    for when in ("2026-01-24T05:20", "2026-01-24T04:20", "2026-01-24T06:20"):
        decide(tables, when)
    hours = [row.decision_time.hour for row in tables.ask(DECISIONS)]
    assert hours == [4, 5, 6]


def test_before_the_window_only_the_last_decision_of_each_workflow_is_returned(tables: Tables) -> None:
    decide(tables, "2026-01-22T04:20", "silent")
    decide(tables, "2026-01-23T04:20", "silent")
    decide(tables, "2026-01-22T05:20", "alive")
    decide(tables, "2026-01-23T05:20", "alive")
    decide(tables, "2026-01-24T04:20", "alive")
    found = [(row.workflow_name, row.decision_time) for row in tables.ask(DECISIONS)]
    assert found == [
        ("silent", at("2026-01-23T04:20")),
        ("alive", at("2026-01-23T05:20")),
        ("alive", at("2026-01-24T04:20")),
    ]


def test_two_weeks_back_is_as_far_as_decisions_are_looked_for(tables: Tables) -> None:
    decide(tables, "2026-01-10T00:00", "just")
    decide(tables, "2026-01-09T23:59", "forgotten")
    assert [row.workflow_name for row in tables.ask(DECISIONS)] == ["just"]


def test_a_decision_that_comes_later_does_not_hide_the_last_one_before(tables: Tables) -> None:
    decide(tables, "2026-01-22T04:20")
    decide(tables, "2026-01-25T01:35")
    found = tables.ask(DECISIONS, "2026-01-25T01:34", DAY, NEXT_DAY)
    assert [row.decision_time for row in found] == [at("2026-01-22T04:20")]


def test_the_utc_date_of_a_decision_is_its_partition(tables: Tables) -> None:
    decide(tables, "2026-01-24T23:59", "inside")
    decide(tables, "2026-01-25T00:00", "outside")
    assert [row.workflow_name for row in tables.ask(DECISIONS)] == ["inside"]


def test_lists_of_a_decision_become_names_and_an_empty_or_missing_list_none(tables: Tables) -> None:
    decide(tables, "2026-01-24T04:20", scrapers_triggered=["oddsa", "oddsb"], target_games=[])
    (found,) = tables.ask(DECISIONS)
    assert (found.scrapers_triggered, found.target_games) == (("oddsa", "oddsb"), ())


def expect(tables: Tables, when: str, locked: str, **changes: Any) -> None:
    values = {"date": DAY, "workflow_name": "betting_lines", "reason": None}
    expected = {"expected_run_time": at(when), "locked_at": at(locked)}
    tables.add("nba_orchestration.daily_expected_schedule", **{**values, **expected, **changes})


def test_an_expected_run_that_was_locked_twice_is_one_run_with_the_newest_reason(tables: Tables) -> None:
    expect(tables, "2026-01-24T18:00", "2026-01-24T10:00", reason="first")
    expect(tables, "2026-01-24T18:00", "2026-01-24T12:00", reason="second")
    expect(tables, "2026-01-24T20:00", "2026-01-24T10:00")
    assert [row.reason for row in tables.ask(EXPECTED_RUNS)] == ["second", None]
    assert [row.reason for row in tables.ask(EXPECTED_RUNS, "2026-01-24T11:59")] == ["first", None]


def test_before_the_day_is_locked_nothing_is_expected(tables: Tables) -> None:
    expect(tables, "2026-01-24T18:00", "2026-01-24T10:00")
    assert not tables.ask(EXPECTED_RUNS, "2026-01-24T09:59")


def test_executions_of_the_window_are_returned_up_to_the_moment(tables: Tables) -> None:
    for hour in ("04", "05"):
        tables.add(
            "nba_orchestration.workflow_executions",
            execution_id=f"x{hour}",
            execution_time=at(f"2026-01-24T{hour}:21"),
            workflow_name="betting_lines",
            decision_id=f"d{hour}",
            scrapers_triggered=2,
            scrapers_succeeded=1,
            scrapers_failed=1,
            status="partial",
        )
    assert [row.execution_id for row in tables.ask(EXECUTIONS, "2026-01-24T05:20")] == ["x04"]
    assert [row.execution_id for row in tables.ask(EXECUTIONS, "2026-01-24T05:21")] == ["x04", "x05"]


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ('{"reason": "coverage 61 %"}', "coverage 61 %"),
        ('{"reason": null}', None),
        ('{"other": 1}', None),
        (None, None),
    ],
)
def test_the_reason_of_a_hand_over_comes_out_of_its_metadata(
    tables: Tables, metadata: str | None, reason: str | None
) -> None:
    tables.add(
        "nba_orchestration.phase_execution_log",
        execution_timestamp=at("2026-01-25T12:00"),
        phase_name="phase2_to_phase3",
        game_date=DAY,
        status="blocked",
        metadata=metadata,
    )
    (found,) = tables.ask(HAND_OVERS)
    assert (found.transition, found.reason) == ("phase2_to_phase3", reason)
    assert not tables.ask(HAND_OVERS, "2026-01-25T11:59")


def run(tables: Tables, status: str, started: str | None, processed: str | None, **changes: Any) -> None:
    values = {"run_id": "r1", "processor_name": "player_game_summary", "data_date": DAY, "status": status}
    times = {"started_at": started and at(started), "processed_at": processed and at(processed)}
    tables.add("nba_reference.processor_run_history", **{**values, **times, **changes})


def only_run(tables: Tables, as_of: str = "2026-01-30T00:00") -> ProcessorRun:
    (found,) = tables.ask(PROCESSOR_RUNS, as_of)
    return found


def test_the_end_of_a_run_replaces_its_running_row(tables: Tables) -> None:
    run(tables, "success", "2026-01-25T12:00", "2026-01-25T12:20", duration_seconds=1200.0)
    run(tables, "running", "2026-01-25T12:00", "2026-01-25T12:30")
    found = only_run(tables)
    assert (found.status, found.ended_at, found.duration_seconds) == ("success", at("2026-01-25T12:20"), 1200.0)


def test_before_its_end_a_run_is_running_and_has_no_end(tables: Tables) -> None:
    run(tables, "running", "2026-01-25T12:00", "2026-01-25T12:00", duration_seconds=0.0)
    run(tables, "failed", "2026-01-25T12:00", "2026-01-25T12:20")
    found = only_run(tables, "2026-01-25T12:19")
    assert (found.status, found.started_at) == ("running", at("2026-01-25T12:00"))
    assert (found.ended_at, found.duration_seconds) == (None, None)
    assert only_run(tables, "2026-01-25T12:20").status == "failed"


def test_a_run_that_never_sent_a_sign_of_life_counts_from_its_start(tables: Tables) -> None:
    run(tables, "running", "2026-01-25T12:00", None)
    assert only_run(tables, "2026-01-25T12:00").status == "running"
    assert not tables.ask(PROCESSOR_RUNS, "2026-01-25T11:59")


def test_an_end_without_a_start_has_the_start_of_the_running_row(tables: Tables) -> None:
    run(tables, "running", "2026-01-25T12:00", None)
    run(tables, "success", None, "2026-01-25T12:20")
    assert only_run(tables).started_at == at("2026-01-25T12:00")


def test_of_two_ends_the_later_counts(tables: Tables) -> None:
    run(tables, "failed", "2026-01-25T12:00", "2026-01-25T12:20")
    run(tables, "success", "2026-01-25T12:00", "2026-01-25T12:40")
    assert only_run(tables).status == "success"


def test_events_belong_to_their_utc_date_and_to_the_past(tables: Tables) -> None:
    for number, when in enumerate(("2026-01-24T00:00", "2026-01-24T23:59", "2026-01-25T00:00")):
        tables.add(
            "nba_orchestration.pipeline_event_log", event_id=f"e{number}", timestamp=at(when), event_type="error"
        )
    assert [row.event_id for row in tables.ask(EVENTS)] == ["e0", "e1"]
    assert [row.event_id for row in tables.ask(EVENTS, "2026-01-24T23:58")] == ["e0"]


def test_scrape_attempts_reach_into_the_utc_date_after_the_last_eastern_evening(tables: Tables) -> None:
    for when in ("2026-01-23T23:59", "2026-01-24T00:00", "2026-01-25T23:59", "2026-01-26T00:00"):
        tables.add(
            "nba_orchestration.bdl_game_scrape_attempts",
            scrape_timestamp=at(when),
            workflow="post_game_window_1",
            game_date=date(2026, 1, 24),
            home_team="DAL",
            away_team="LAL",
            was_available=False,
        )
    found = tables.ask(SCRAPE_ATTEMPTS)
    assert [row.scrape_timestamp for row in found] == [at("2026-01-24T00:00"), at("2026-01-25T23:59")]
    assert {(row.away, row.home) for row in found} == {("LAL", "DAL")}
    assert len(tables.ask(SCRAPE_ATTEMPTS, "2026-01-25T23:58")) == 1
