"""All rows of the demo warehouse, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from console.warehouse.demo.box_scores import box_score_rows, summary_rows
from console.warehouse.demo.features import feature_rows
from console.warehouse.demo.fixture import Fixture
from console.warehouse.demo.orchestration_rows import (
    AttemptRow,
    BreakerStateRow,
    DecisionRow,
    EventRow,
    ExecutionRow,
    ExpectedRow,
    RetryRow,
    RunRow,
    ScraperRow,
)
from console.warehouse.demo.plan import make_plans
from console.warehouse.demo.predictions import grade_rows, line_rows, prediction_rows
from console.warehouse.demo.processors import breaker_rows, event_rows, processor_runs, retry_rows, run_rows
from console.warehouse.demo.rows import (
    BoxScoreRow,
    FeatureRow,
    GradeRow,
    LineRow,
    PredictionRow,
    ScheduleRow,
    SummaryRow,
)
from console.warehouse.demo.schedule import schedule_rows
from console.warehouse.demo.scrapers import attempt_rows, scraper_rows
from console.warehouse.demo.workflows import decision_rows, execution_rows, expected_rows

TABLES: dict[type[NamedTuple], str] = {
    ScheduleRow: "nba_raw.nbac_schedule",
    BoxScoreRow: "nba_raw.bdl_player_boxscores",
    SummaryRow: "nba_analytics.player_game_summary",
    FeatureRow: "nba_predictions.ml_feature_store_v2",
    PredictionRow: "nba_predictions.player_prop_predictions",
    GradeRow: "nba_predictions.prediction_accuracy",
    LineRow: "nba_raw.odds_api_player_points_props",
    DecisionRow: "nba_orchestration.workflow_decisions",
    ExecutionRow: "nba_orchestration.workflow_executions",
    ExpectedRow: "nba_orchestration.daily_expected_schedule",
    RunRow: "nba_reference.processor_run_history",
    EventRow: "nba_orchestration.pipeline_event_log",
    ScraperRow: "nba_orchestration.scraper_execution_log",
    AttemptRow: "nba_orchestration.bdl_game_scrape_attempts",
    BreakerStateRow: "nba_orchestration.circuit_breaker_state",
    RetryRow: "nba_orchestration.failed_processor_queue",
}
"""The table of each row type. The hand-over and the streaming-conflict log stay empty, as they were."""


def demo_tables(fixture: Fixture) -> Iterator[tuple[NamedTuple, ...]]:
    """Yield the rows of one table after another; each tuple holds rows of one type and is never empty."""
    return (tuple(rows) for rows in _tables(fixture))


def _tables(fixture: Fixture) -> Iterator[Iterable[NamedTuple]]:
    plans = make_plans(fixture)
    runs = processor_runs(fixture, plans)
    decisions = tuple(decision_rows(fixture))
    yield schedule_rows(fixture)
    yield chain.from_iterable(box_score_rows(fixture, plan) for plan in plans)
    yield chain.from_iterable(summary_rows(fixture, plan) for plan in plans)
    for_dates = ((day, [plan for plan in plans if plan.game.day == day]) for day in fixture.dates)
    yield chain.from_iterable(feature_rows(fixture, day, of_day) for day, of_day in for_dates)
    yield chain.from_iterable(prediction_rows(fixture, plan) for plan in plans)
    yield chain.from_iterable(grade_rows(fixture, plan) for plan in plans)
    yield chain.from_iterable(line_rows(fixture, plan) for plan in plans)
    yield decisions
    yield execution_rows(decisions)
    yield expected_rows(fixture)
    yield run_rows(runs)
    yield event_rows(fixture, plans, runs)
    yield scraper_rows(fixture, plans)
    yield chain.from_iterable(attempt_rows(plan, number) for number, plan in enumerate(plans))
    yield breaker_rows(fixture)
    yield retry_rows(fixture)
