"""The controller's decisions, its silence, and the rest of the orchestration tables of the demo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest

from checks.pipeline import ENABLED_WORKFLOWS, phase
from checks.times import minutes_between
from tests.builders import at

SILENCE_BEGAN = at("2026-01-23T04:20")
SILENCE_ENDED = at("2026-01-25T01:35")
NEVER_DECIDE = {"bdl_catchup_midday", "bdl_catchup_afternoon", "bdl_catchup_evening"}
DECISIONS = "nba_orchestration.workflow_decisions"


def one(demo: duckdb.DuckDBPyConnection, sql: str, *values: object) -> Any:
    row = demo.execute(sql, list(values)).fetchone()
    assert row is not None
    return row[0]


def test_nobody_decides_for_2715_minutes(demo: duckdb.DuckDBPyConnection) -> None:
    last = one(
        demo,
        f"SELECT max(date_trunc('minute', decision_time))::VARCHAR FROM {DECISIONS} WHERE decision_time < '2026-01-24'",
    )
    first = one(demo, f"SELECT min(decision_time)::VARCHAR FROM {DECISIONS} WHERE decision_time > '2026-01-24'")
    assert (last, first) == ("2026-01-23 04:20:00+00", "2026-01-25 01:35:00+00")
    assert minutes_between(SILENCE_BEGAN, SILENCE_ENDED) == 2715


def test_540_decision_rows_do_not_exist(demo: duckdb.DuckDBPyConnection) -> None:
    hours = [SILENCE_BEGAN.replace(minute=0) + timedelta(hours=n) for n in range(1, 46)]
    assert hours[-1] < SILENCE_ENDED < hours[-1] + timedelta(hours=1)
    inside = f"SELECT count(*) FROM {DECISIONS} WHERE decision_time >= ? AND decision_time < ?"
    missing = [12 - one(demo, inside, hour, min(hour + timedelta(hours=1), SILENCE_ENDED)) for hour in hours]
    assert (len(missing), sum(missing)) == (45, 540)


def test_180_decisions_are_made_on_the_25th_until_15_o_clock(demo: duckdb.DuckDBPyConnection) -> None:
    until = at("2026-01-25T15:01")
    assert (
        one(demo, f"SELECT count(*) FROM {DECISIONS} WHERE decision_time BETWEEN ? AND ?", SILENCE_ENDED, until) == 180
    )


def test_twelve_workflows_decide_in_each_evaluation_within_its_minute(demo: duckdb.DuckDBPyConnection) -> None:
    bursts = demo.execute(
        f"SELECT DISTINCT count(*), count(DISTINCT workflow_name), count(DISTINCT decision_time) FROM {DECISIONS} "
        "GROUP BY date_trunc('minute', decision_time)"
    ).fetchall()
    assert bursts == [(12, 12, 12)]
    deciding = {name for (name,) in demo.execute(f"SELECT DISTINCT workflow_name FROM {DECISIONS}").fetchall()}
    assert deciding == set(ENABLED_WORKFLOWS) - NEVER_DECIDE


def test_outside_the_silence_evaluations_are_never_more_than_an_hour_apart(demo: duckdb.DuckDBPyConnection) -> None:
    gaps = demo.execute(
        f"WITH woke AS (SELECT DISTINCT date_trunc('minute', decision_time) AS woke_at FROM {DECISIONS}) "
        "SELECT date_diff('minute', lag(woke_at) OVER (ORDER BY woke_at), woke_at) AS minutes FROM woke QUALIFY minutes > 60"
    ).fetchall()
    assert gaps == [(2715,)]


def test_every_run_decision_has_one_execution_within_a_minute_that_succeeded(demo: duckdb.DuckDBPyConnection) -> None:
    broken = demo.execute(
        f"SELECT d.decision_id FROM (SELECT * FROM {DECISIONS} WHERE action = 'RUN') AS d "
        "FULL JOIN nba_orchestration.workflow_executions AS x USING (decision_id) "
        "WHERE x.execution_id IS NULL OR d.decision_id IS NULL OR x.execution_time NOT BETWEEN d.decision_time AND "
        "d.decision_time + INTERVAL 1 MINUTE OR x.scrapers_succeeded <> len(d.scrapers_triggered) "
        "OR x.scrapers_triggered = 0 OR x.scrapers_failed <> 0"
    ).fetchall()
    assert broken == []
    assert one(demo, f"SELECT count(*) FROM {DECISIONS} WHERE action = 'SKIP' AND len(scrapers_triggered) > 0") == 0


def test_expected_runs_are_locked_each_morning_at_05_00_eastern(demo: duckdb.DuckDBPyConnection) -> None:
    locked = demo.execute(
        "SELECT DISTINCT date::VARCHAR, locked_at::VARCHAR FROM nba_orchestration.daily_expected_schedule ORDER BY 1"
    ).fetchall()
    assert locked == [(f"2026-01-{day}", f"2026-01-{day} 10:00:00+00") for day in range(17, 27)]


def test_runs_of_the_workflows_that_never_decide_are_expected_every_day(demo: duckdb.DuckDBPyConnection) -> None:
    days = demo.execute(
        "SELECT workflow_name, count(DISTINCT date) FROM nba_orchestration.daily_expected_schedule "
        "WHERE workflow_name LIKE 'bdl_catchup_%' GROUP BY 1"
    ).fetchall()
    assert dict(days) == dict.fromkeys(NEVER_DECIDE, 10)


def test_outside_the_silence_every_expected_run_has_a_run_decision_within_30_minutes(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    undecided = demo.execute(
        "SELECT e.workflow_name, e.expected_run_time FROM nba_orchestration.daily_expected_schedule AS e "
        f"WHERE NOT EXISTS (SELECT 1 FROM {DECISIONS} AS d WHERE d.workflow_name = e.workflow_name AND d.action = 'RUN' "
        "AND abs(epoch(d.decision_time) - epoch(e.expected_run_time)) <= 1800) "
        "AND e.workflow_name NOT LIKE 'bdl_catchup_%' "
        "AND e.expected_run_time <= '2026-01-27 06:00+00' "
        "AND NOT e.expected_run_time BETWEEN ? AND ?",
        [SILENCE_BEGAN, SILENCE_ENDED],
    ).fetchall()
    assert undecided == []


def test_early_game_windows_are_expected_only_on_days_with_an_early_game(demo: duckdb.DuckDBPyConnection) -> None:
    days = demo.execute(
        "SELECT DISTINCT day(date) FROM nba_orchestration.daily_expected_schedule "
        "WHERE workflow_name = 'early_game_window_1' ORDER BY 1"
    ).fetchall()
    assert [day for (day,) in days] == [17, 18, 19, 24, 25]


@pytest.mark.parametrize("table", ["phase_execution_log", "streaming_conflict_log"])
def test_the_log_whose_writer_never_ran_is_empty(demo: duckdb.DuckDBPyConnection, table: str) -> None:
    assert one(demo, f"SELECT count(*) FROM nba_orchestration.{table}") == 0


def test_the_retry_queue_holds_the_one_recorded_row_and_its_error_stands_in_the_event_log(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    queue = demo.execute(
        "SELECT processor_name, phase, game_date::VARCHAR, error_type, error_message, retry_count, max_retries, status, "
        "first_failure_at::VARCHAR, created_at::VARCHAR, next_retry_at::VARCHAR "
        "FROM nba_orchestration.failed_processor_queue"
    ).fetchall()
    error = ("nbac_player_boxscore", "phase_2", "2026-01-24", "transient", "Max decode/download retries reached: 8")
    failed_at = "2026-01-25 12:37:36+00"
    assert queue == [(*error, 0, 3, "pending", failed_at, failed_at, "2026-01-25 12:52:36+00")]
    events = demo.execute(
        "SELECT processor_name, phase, game_date::VARCHAR, error_type, error_message, timestamp::VARCHAR "
        "FROM nba_orchestration.pipeline_event_log WHERE event_type = 'error'"
    ).fetchall()
    assert events == [(*error, failed_at)]


def test_every_processor_run_began_and_succeeded_under_one_id(demo: duckdb.DuckDBPyConnection) -> None:
    runs = demo.execute(
        "SELECT DISTINCT list(status ORDER BY processed_at) FROM nba_reference.processor_run_history GROUP BY run_id"
    ).fetchall()
    assert runs == [(["running", "success"],)]


@pytest.mark.parametrize("number", [2, 3, 4])
def test_the_required_processors_of_each_finished_date_have_run(demo: duckdb.DuckDBPyConnection, number: int) -> None:
    runs = demo.execute(
        "SELECT day(data_date), list(DISTINCT processor_name ORDER BY processor_name) "
        "FROM nba_reference.processor_run_history WHERE phase = ? AND data_date < '2026-01-26' GROUP BY 1",
        [phase(number).key],
    ).fetchall()
    assert dict(runs) == {day: sorted(phase(number).required) for day in range(19, 26)}


def test_no_processor_of_the_schedule_runs_in_the_silence(demo: duckdb.DuckDBPyConnection) -> None:
    runs = "SELECT count(*) FROM nba_reference.processor_run_history WHERE processor_name = 'p2_nbacom_schedule'"
    assert one(demo, f"{runs} AND started_at > ? AND started_at < ?", SILENCE_BEGAN, SILENCE_ENDED) == 0


def test_the_lines_of_the_23rd_were_scraped_by_hand(demo: duckdb.DuckDBPyConnection) -> None:
    sources = demo.execute(
        "SELECT DISTINCT source FROM nba_orchestration.scraper_execution_log "
        "WHERE game_date = '2026-01-23' AND scraper_name LIKE 'oddsa%'"
    ).fetchall()
    assert sources == [("MANUAL",)]


def test_the_last_scrape_attempt_finds_each_game_that_was_played_and_no_other(demo: duckdb.DuckDBPyConnection) -> None:
    last = demo.execute(
        "SELECT strftime(game_date, '%Y%m%d_') || away_team || '_' || home_team AS game_id, "
        "arg_max(was_available, scrape_timestamp), arg_max(player_count, scrape_timestamp) "
        "FROM nba_orchestration.bdl_game_scrape_attempts GROUP BY 1"
    ).fetchall()
    listed = dict(demo.execute("SELECT game_id, count(*) FROM nba_raw.bdl_player_boxscores GROUP BY 1").fetchall())
    assert {game: count for game, found, count in last if found} == listed
    unplayed = {game for game, found, _ in last if not found}
    assert unplayed == {"20260124_GSW_MIN", "20260125_DEN_MEM", "20260125_DAL_MIL"}


def test_two_games_of_the_25th_were_recorded_as_blocked_at_the_source(demo: duckdb.DuckDBPyConnection) -> None:
    blocked = demo.execute(
        "SELECT DISTINCT away_team FROM nba_orchestration.bdl_game_scrape_attempts WHERE game_status LIKE '%HTTP 403%' "
        "ORDER BY 1"
    ).fetchall()
    assert blocked == [("DAL",), ("DEN",)]


def test_every_breaker_is_closed_since_the_19th(demo: duckdb.DuckDBPyConnection) -> None:
    states = demo.execute(
        "SELECT DISTINCT state, updated_at::DATE::VARCHAR FROM nba_orchestration.circuit_breaker_state"
    ).fetchall()
    assert states == [("CLOSED", "2026-01-19")]
