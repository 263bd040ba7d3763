"""Processor runs and pipeline events, at times that fit what was written; and the two small state tables.

Reconstructed, but for the one row of the retry queue and its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checks.pipeline import PHASES, phase
from console.warehouse.demo.box_scores import box_scores_at
from console.warehouse.demo.fixture import Fixture, on
from console.warehouse.demo.orchestration_rows import BreakerStateRow, EventRow, RetryRow, RunRow
from console.warehouse.demo.plan import GamePlan

_GAMEBOOK = timedelta(minutes=35)
"""Gamebook PDFs close phase 2 this long before analytics are written, and analytics start 5 minutes after them."""
_HAND_OVER = timedelta(minutes=5)
_PHASE_LENGTH = {
    2: timedelta(minutes=20),
    3: _GAMEBOOK - _HAND_OVER,
    4: timedelta(minutes=30),
    5: timedelta(minutes=24),
}
_GRADING_LENGTH = timedelta(minutes=10)
_PROCESSING = timedelta(minutes=2)
_OUTPUT = {
    "p2_bdl_box_scores": "nba_raw.bdl_player_boxscores",
    "p2_nbacom_schedule": "nba_raw.nbac_schedule",
    "player_game_summary": "nba_analytics.player_game_summary",
    "ml_feature_store": "nba_predictions.ml_feature_store_v2",
}


@dataclass(frozen=True, slots=True)
class ProcessorRun:
    """One run that succeeded."""

    processor: str
    phase: int
    day: date
    started_at: datetime
    ended_at: datetime
    records: int
    trigger: str

    @property
    def id(self) -> str:
        """The run's id, also its correlation id."""
        return f"{self.processor}-{self.day:%Y%m%d}-{self.started_at:%Y%m%dT%H%M}"


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """One phase of one date from start to completion."""

    phase: int
    day: date
    started_at: datetime
    ended_at: datetime
    records: int
    trigger: str


def processor_runs(fixture: Fixture, plans: Sequence[GamePlan]) -> tuple[ProcessorRun, ...]:
    """Return every run whose data had come by the end of the week, by phase and date."""
    runs: list[ProcessorRun] = []
    for day in fixture.dates:
        of_day = [plan for plan in plans if plan.game.day == day]
        runs.extend(_raw_runs(fixture, day, of_day))
        for span in phase_spans(fixture, day, of_day):
            if span.phase in (3, 4):
                runs.extend(_runs_of_span(span))
    return tuple(sorted(runs, key=lambda run: (run.phase, run.day)))


def _raw_runs(fixture: Fixture, day: date, plans: Sequence[GamePlan]) -> Iterator[ProcessorRun]:
    """Yield the runs of phase 2: schedule and lines in the day, box scores after the last game, gamebooks in the morning."""
    listed = sum(plan.box_scores for plan in plans)
    scraped_at = min(seen_at for seen_at in fixture.scrapes if seen_at >= _first_scrape_for(fixture, day))
    yield _raw_run("p2_nbacom_schedule", day, scraped_at + _PROCESSING, len(plans), "orchestrator")
    by_hand = day in fixture.times.lines_by_hand
    lines_at = fixture.times.game_lines_by_hand if by_hand else on(day, fixture.times.lines[0])
    yield _raw_run("p2_odds_game_lines", day, lines_at + _PROCESSING, len(plans), _trigger(by_hand=by_hand))
    last_box_score = max(box_scores_at(fixture, plan.game) for plan in plans if plan.game.result)
    yield _raw_run("p2_bdl_box_scores", day, last_box_score + _PROCESSING, listed, "live_scheduler")
    for span in phase_spans(fixture, day, plans):
        if span.phase == 2:
            yield ProcessorRun("p2_nbacom_gamebook_pdf", 2, day, span.started_at, span.ended_at, listed, span.trigger)


def _first_scrape_for(fixture: Fixture, day: date) -> datetime:
    """Return the moment from which a scrape of the schedule serves `day`: its morning, or the last one before the silence."""
    morning = on(day, fixture.expected_locked_at)
    before_silence = max(seen_at for seen_at in fixture.scrapes if seen_at < fixture.controller.first_after_silence)
    return before_silence if before_silence.date() == day else morning


def _raw_run(processor: str, day: date, ended_at: datetime, records: int, trigger: str) -> ProcessorRun:
    return ProcessorRun(processor, 2, day, ended_at - _PROCESSING, ended_at, records, trigger)


def _runs_of_span(span: PhaseSpan) -> Iterator[ProcessorRun]:
    """Yield the required processors of a phase one after another over its span."""
    names = phase(span.phase).required
    step = (span.ended_at - span.started_at) / len(names)
    for n, name in enumerate(names):
        started_at = span.started_at + n * step
        yield ProcessorRun(name, span.phase, span.day, started_at, started_at + step, span.records, span.trigger)


def phase_spans(fixture: Fixture, day: date, plans: Sequence[GamePlan]) -> tuple[PhaseSpan, ...]:
    """Return when the phases 2 to 6 of a date ran; those of the morning after only where their data came."""
    times, next_day = fixture.times, day + timedelta(days=1)
    analytics_at = on(next_day, times.analytics)
    raw_at = analytics_at - _GAMEBOOK
    silence = fixture.controller
    trigger = _trigger(by_hand=silence.last_before_silence < raw_at < silence.first_after_silence)
    features_at, predictions_at = times.features_at(day), times.predictions_at(day)
    spans = [
        PhaseSpan(4, day, features_at - _PHASE_LENGTH[4], features_at, sum(p.features for p in plans), "scheduler"),
        PhaseSpan(
            5, day, predictions_at - _PHASE_LENGTH[5], predictions_at, sum(p.predictions for p in plans), "scheduler"
        ),
    ]
    if analytics := sum(plan.analytics for plan in plans):
        listed = sum(plan.box_scores for plan in plans)
        spans.append(PhaseSpan(2, day, raw_at - _PHASE_LENGTH[2], raw_at, listed, trigger))
        spans.append(PhaseSpan(3, day, analytics_at - _PHASE_LENGTH[3], analytics_at, analytics, trigger))
    if graded := sum(plan.graded for plan in plans):
        graded_at = on(next_day, times.grading)
        spans.append(PhaseSpan(6, day, graded_at - _GRADING_LENGTH, graded_at, graded, "scheduler"))
    return tuple(sorted(spans, key=lambda span: span.phase))


def _trigger(*, by_hand: bool) -> str:
    return "manual" if by_hand else "orchestrator"


def run_rows(runs: Sequence[ProcessorRun]) -> Iterator[RunRow]:
    """Yield the two rows of each run: running, and later success under the same id."""
    for run in runs:
        running = RunRow(
            processor_name=run.processor,
            run_id=run.id,
            status="running",
            started_at=run.started_at,
            processed_at=run.started_at,
            duration_seconds=None,
            records_processed=None,
            data_date=run.day,
            phase=PHASES[run.phase - 1].key,
            output_table=_OUTPUT.get(run.processor, run.processor),
            trigger_source=run.trigger,
            retry_attempt=0,
            skipped=False,
        )
        yield running
        yield running._replace(
            status="success",
            processed_at=run.ended_at,
            duration_seconds=(run.ended_at - run.started_at).total_seconds(),
            records_processed=run.records,
        )


def event_rows(fixture: Fixture, plans: Sequence[GamePlan], runs: Sequence[ProcessorRun]) -> Iterator[EventRow]:
    """Yield start and completion of every phase and run, and the error behind the row of the retry queue."""
    for day in fixture.dates:
        for span in phase_spans(fixture, day, [plan for plan in plans if plan.game.day == day]):
            yield from _pair("phase", None, span, f"phase_{span.phase}-{day:%Y%m%d}")
    for run in runs:
        yield from _pair("processor", run.processor, run, run.id)
    failure = fixture.queue
    yield EventRow(
        event_id=f"error-{failure.processor}-{failure.first_failure_at:%Y%m%dT%H%M%S}",
        timestamp=failure.first_failure_at,
        event_type="error",
        phase=failure.phase,
        processor_name=failure.processor,
        game_date=failure.game_date,
        correlation_id=f"{failure.processor}-{failure.game_date:%Y%m%d}",
        trigger_source="orchestrator",
        duration_seconds=None,
        records_processed=None,
        error_type=failure.error_type,
        error_message=failure.error_message,
    )


def _pair(kind: str, processor: str | None, done: PhaseSpan | ProcessorRun, identity: str) -> Iterator[EventRow]:
    start = EventRow(
        event_id=f"{kind}_start-{identity}",
        timestamp=done.started_at,
        event_type=f"{kind}_start",
        phase=PHASES[done.phase - 1].key,
        processor_name=processor,
        game_date=done.day,
        correlation_id=identity,
        trigger_source=done.trigger,
        duration_seconds=None,
        records_processed=None,
        error_type=None,
        error_message=None,
    )
    yield start
    yield start._replace(
        event_id=f"{kind}_complete-{identity}",
        timestamp=done.ended_at,
        event_type=f"{kind}_complete",
        duration_seconds=(done.ended_at - done.started_at).total_seconds(),
        records_processed=done.records,
    )


def retry_rows(fixture: Fixture) -> Iterator[RetryRow]:
    """Yield the one recorded row of the retry queue: pending, due, and never taken up."""
    failure = fixture.queue
    yield RetryRow(
        id=f"{failure.processor}-{failure.game_date:%Y%m%d}-{failure.first_failure_at:%Y%m%dT%H%M%S}",
        game_date=failure.game_date,
        phase=failure.phase,
        processor_name=failure.processor,
        error_message=failure.error_message,
        error_type=failure.error_type,
        retry_count=0,
        max_retries=failure.max_retries,
        first_failure_at=failure.first_failure_at,
        next_retry_at=failure.next_retry_at,
        status="pending",
        correlation_id=f"{failure.processor}-{failure.game_date:%Y%m%d}",
        metadata="{}",
        created_at=failure.first_failure_at,
        updated_at=failure.first_failure_at,
    )


def breaker_rows(fixture: Fixture) -> Iterator[BreakerStateRow]:
    """Yield a closed breaker for three processors, as they stood on the week's first day."""
    updated_at = on(min(fixture.dates), fixture.times.analytics)
    for processor in ("p2_bdl_box_scores", "player_game_summary", "ml_feature_store"):
        yield BreakerStateRow(
            processor_name=processor,
            state="CLOSED",
            failure_count=0,
            success_count=1,
            last_success=updated_at,
            updated_at=updated_at,
            threshold=5,
            timeout_seconds=1800,
            half_open_max_calls=1,
        )
