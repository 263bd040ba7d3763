"""What the controller should have run, decided and executed; reconstructed from the recorded cadence and windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checks.pipeline import ENABLED_WORKFLOWS
from checks.times import EASTERN, eastern_instant
from console.warehouse.demo.fixture import Fixture, Slate, on
from console.warehouse.demo.orchestration_rows import DecisionRow, ExecutionRow, ExpectedRow

_EXECUTION_AFTER = timedelta(seconds=3)
_SECONDS_PER_SCRAPER = 18.5


@dataclass(frozen=True, slots=True)
class Run:
    """One run that a slate expects, at a whole hour (UTC)."""

    workflow: str
    expected_at: datetime
    slate: Slate


def slates(fixture: Fixture) -> tuple[Slate, ...]:
    """Return every game date as it was known in its morning: before tips moved, with games that were then not played."""
    known = []
    for day in fixture.dates:
        games = fixture.games_on(day)
        known.append(Slate(day, len(games), min(game.planned_tip_off for game in games)))
    return (*fixture.slates_before, *known)


def expected_runs(fixture: Fixture, slate: Slate) -> tuple[Run, ...]:
    """Return all runs of a date, in order of time, those of the workflows that never decide included."""
    workflows = fixture.workflows
    local_tip_hour = slate.first_tip_off.astimezone(EASTERN).hour
    runs = [
        Run(workflow, _eastern_hour(slate.date, hour), slate)
        for workflow, hours in workflows.hours.items()
        if workflow not in workflows.early_games_only or local_tip_hour < workflows.early_game_hour
        for hour in hours
    ]
    runs.extend(Run("betting_lines", _eastern_hour(slate.date, hour), slate) for hour in _betting_hours(fixture, slate))
    return tuple(sorted(runs, key=lambda run: (run.expected_at, run.workflow)))


def _eastern_hour(day: date, hour: int) -> datetime:
    return eastern_instant(day + timedelta(days=hour // 24), hour % 24)


def _betting_hours(fixture: Fixture, slate: Slate) -> range:
    """Return the Eastern hours at which lines are fetched; the controller wakes on the hour, so a half is rounded up."""
    betting = fixture.workflows.betting
    tip_off = slate.first_tip_off.astimezone(EASTERN)
    first = tip_off.hour + (tip_off.minute > 0) - betting.from_hours_before_first_game
    return range(max(first, betting.first_hour), betting.last_hour + 1, betting.every_hours)


def expected_rows(fixture: Fixture) -> Iterator[ExpectedRow]:
    """Yield the daily expected schedule; its own scheduler locked it each morning, also during the silence."""
    for slate in slates(fixture):
        if slate.date < fixture.expected_from:
            continue
        for run in expected_runs(fixture, slate):
            yield ExpectedRow(
                date=slate.date,
                locked_at=on(slate.date, fixture.expected_locked_at),
                workflow_name=run.workflow,
                expected_run_time=run.expected_at,
                reason=f"window at {run.expected_at.astimezone(EASTERN):%H:%M} ET",
                scrapers=list(fixture.workflows.scrapers[run.workflow]),
                games_today=slate.games,
                priority=_priority(run.workflow),
            )


def evaluations(fixture: Fixture) -> Iterator[datetime]:
    """Yield when the controller woke up: on the hour, and at the two edges of the silence."""
    controller = fixture.controller
    yield from _hourly(controller.first, controller.last_before_silence)
    yield controller.last_before_silence
    yield controller.first_after_silence
    next_hour = controller.first_after_silence.replace(minute=0) + timedelta(hours=1)
    yield from _hourly(next_hour, controller.last)


def _hourly(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += timedelta(hours=1)


def decision_rows(fixture: Fixture) -> Iterator[DecisionRow]:
    """Yield one decision per evaluation and workflow that decides, seconds apart: RUN in the workflow's window, else SKIP."""
    runs = {(run.workflow, run.expected_at): run for slate in slates(fixture) for run in expected_runs(fixture, slate)}
    deciding = [name for name in ENABLED_WORKFLOWS if name not in fixture.workflows.never_decide]
    for woke_at in evaluations(fixture):
        for n, workflow in enumerate(deciding):
            decided_at = woke_at + n * timedelta(seconds=fixture.controller.seconds_between_decisions)
            yield _decision(fixture, workflow, decided_at, woke_at, runs.get((workflow, woke_at)))


def _decision(fixture: Fixture, workflow: str, decided_at: datetime, woke_at: datetime, run: Run | None) -> DecisionRow:
    targets = [game.bdl_id for game in fixture.games_on(run.slate.date)] if run and "_window_" in workflow else []
    hour = f"{woke_at.astimezone(EASTERN):%H:%M} ET"
    return DecisionRow(
        decision_id=f"{workflow}-{decided_at:%Y%m%dT%H%M%S}",
        decision_time=decided_at,
        workflow_name=workflow,
        action="RUN" if run else "SKIP",
        reason=f"its window at {hour} is open" if run else f"no window at {hour}",
        context=f'{{"games_today": {run.slate.games}}}' if run else "{}",
        scrapers_triggered=list(fixture.workflows.scrapers[workflow]) if run else [],
        target_games=targets,
        next_check_time=woke_at.replace(minute=0) + timedelta(hours=1),
        priority=_priority(workflow),
        alert_level="none",
        environment="production",
        triggered_by="cloud_scheduler",
        created_at=decided_at,
    )


def _priority(workflow: str) -> str:
    return "HIGH" if workflow.startswith(("post_game", "betting")) else "MEDIUM"


def execution_rows(decisions: Iterable[DecisionRow]) -> Iterator[ExecutionRow]:
    """Yield the execution of every RUN decision, seconds after it; all of them succeeded."""
    for decision in decisions:
        if decision.action == "RUN":
            triggered = len(decision.scrapers_triggered)
            yield ExecutionRow(
                execution_id=f"execution-{decision.decision_id}",
                execution_time=decision.decision_time + _EXECUTION_AFTER,
                workflow_name=decision.workflow_name,
                decision_id=decision.decision_id,
                scrapers_triggered=triggered,
                scrapers_succeeded=triggered,
                scrapers_failed=0,
                status="completed",
                duration_seconds=triggered * _SECONDS_PER_SCRAPER,
            )
