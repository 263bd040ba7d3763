"""The rows of the orchestration tables, in the same form as those of `rows`."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class DecisionRow(NamedTuple):
    """`nba_orchestration.workflow_decisions`."""

    decision_id: str
    decision_time: datetime
    workflow_name: str
    action: str
    reason: str
    context: str
    scrapers_triggered: list[str]
    target_games: list[str]
    next_check_time: datetime
    priority: str
    alert_level: str
    environment: str
    triggered_by: str
    created_at: datetime


class ExecutionRow(NamedTuple):
    """`nba_orchestration.workflow_executions`."""

    execution_id: str
    execution_time: datetime
    workflow_name: str
    decision_id: str
    scrapers_triggered: int
    scrapers_succeeded: int
    scrapers_failed: int
    status: str
    duration_seconds: float


class ExpectedRow(NamedTuple):
    """`nba_orchestration.daily_expected_schedule`."""

    date: date
    locked_at: datetime
    workflow_name: str
    expected_run_time: datetime
    reason: str
    scrapers: list[str]
    games_today: int
    priority: str


class RunRow(NamedTuple):
    """`nba_reference.processor_run_history`."""

    processor_name: str
    run_id: str
    status: str
    started_at: datetime
    processed_at: datetime
    duration_seconds: float | None
    records_processed: int | None
    data_date: date
    phase: str
    output_table: str
    trigger_source: str
    retry_attempt: int
    skipped: bool


class EventRow(NamedTuple):
    """`nba_orchestration.pipeline_event_log`."""

    event_id: str
    timestamp: datetime
    event_type: str
    phase: str
    processor_name: str | None
    game_date: date
    correlation_id: str
    trigger_source: str
    duration_seconds: float | None
    records_processed: int | None
    error_type: str | None
    error_message: str | None


class ScraperRow(NamedTuple):
    """`nba_orchestration.scraper_execution_log`."""

    execution_id: str
    scraper_name: str
    workflow: str | None
    game_date: date
    status: str
    triggered_at: datetime
    completed_at: datetime
    duration_seconds: float
    source: str
    error_type: str | None
    error_message: str | None
    retry_count: int


class AttemptRow(NamedTuple):
    """`nba_orchestration.bdl_game_scrape_attempts`."""

    scrape_timestamp: datetime
    execution_id: str
    workflow: str
    game_date: date
    home_team: str
    away_team: str
    was_available: bool
    player_count: int
    game_status: str
    bdl_game_id: int
    was_expected: bool
    expected_start_time: datetime
    estimated_end_time: datetime
    is_west_coast: bool


class BreakerStateRow(NamedTuple):
    """`nba_orchestration.circuit_breaker_state`."""

    processor_name: str
    state: str
    failure_count: int
    success_count: int
    last_success: datetime
    updated_at: datetime
    threshold: int
    timeout_seconds: int
    half_open_max_calls: int


class RetryRow(NamedTuple):
    """`nba_orchestration.failed_processor_queue`."""

    id: str
    game_date: date
    phase: str
    processor_name: str
    error_message: str
    error_type: str
    retry_count: int
    max_retries: int
    first_failure_at: datetime
    next_retry_at: datetime
    status: str
    correlation_id: str
    metadata: str
    created_at: datetime
    updated_at: datetime
