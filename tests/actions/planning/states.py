"""States of the queue for tests: what stands in it, and what says whether something may run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

from checks.facts.breakers import BreakerRow
from checks.facts.lineage import GameLineage
from checks.facts.processor_runs import ProcessorRun
from checks.facts.retry_queue import QueueRow
from checks.facts.streaming_conflicts import StreamingConflict
from checks.model import Subject, SubjectKind
from checks.policy import Policy
from console.actions.plan import PlanItem
from console.actions.planning.draft import Asked
from console.actions.planning.queue import draft_queue
from console.actions.planning.reading import QueueState, Rows
from screens.orders import Order, Verb
from tests.actions.entries import ANN
from tests.builders import at

DAY = date(2026, 1, 24)
AFTER = "2026-01-26T16:00"
"""More than a day after the last try of the rows below."""
LAKERS = Subject(SubjectKind.GAME, "LAL@DAL", DAY)
SUMMARY = Subject(SubjectKind.PROCESSOR, "player_game_summary", DAY)
COLUMNS = frozenset({"id", "metadata", "resolution_notes", "correlation_id", "updated_at"})


def queued(**changes: Any) -> QueueRow:
    """Return the row of a game that was given up on."""
    row = QueueRow(
        id="q-1",
        game_date=DAY,
        phase="phase_2",
        processor_name="bdl_player_box_scores",
        game_key="LAL@DAL",
        error_type="missing_game",
        error_message="no box score",
        retry_count=3,
        max_retries=3,
        first_failure_at=at("2026-01-25T06:00"),
        last_retry_at=at("2026-01-25T07:00"),
        next_retry_at=at("2026-01-25T08:00"),
        status="failed_permanent",
        resolution_notes=None,
        updated_at=at("2026-01-25T07:00"),
        correlation_id=None,
    )
    return replace(row, **changes)


def pending(**changes: Any) -> QueueRow:
    return queued(**{"status": "pending", "retry_count": 0, "last_retry_at": None, **changes})


def run(**changes: Any) -> ProcessorRun:
    values: dict[str, Any] = {
        "processor_name": "player_game_summary",
        "run_id": "r-1",
        "phase": "phase_3",
        "data_date": DAY,
        "status": "failed",
        "started_at": at("2026-01-25T11:00"),
        "ended_at": None,
        "duration_seconds": None,
        "records_processed": None,
        "retry_attempt": None,
        "skip_reason": None,
        "failure_category": None,
    }
    return ProcessorRun(**{**values, **changes})


def conflict(**changes: Any) -> StreamingConflict:
    values: dict[str, Any] = {
        "game_date": DAY,
        "game_id": "20260124_LAL_DAL",
        "conflict_type": "streaming_buffer",
        "conflicts": 3,
        "unresolved": 1,
        "most_retries": 3,
        "first_at": at("2026-01-26T14:00"),
        "last_at": at("2026-01-26T15:00"),
    }
    return StreamingConflict(**{**values, **changes})


def breaker(**changes: Any) -> BreakerRow:
    values: dict[str, Any] = {
        "processor_name": "bdl_player_box_scores",
        "state": "OPEN",
        "failure_count": 7,
        "opened_at": at("2026-01-26T15:30"),
        "updated_at": at("2026-01-26T15:30"),
        "timeout_seconds": 5400,
        "last_error_type": None,
        "last_error_message": None,
    }
    return BreakerRow(**{**values, **changes})


def state(
    *games: GameLineage,
    queue: Sequence[QueueRow] = (),
    now: str = AFTER,
    columns: frozenset[str] = COLUMNS,
    **facts: Any,
) -> QueueState:
    given = {name: tuple(rows) for name, rows in facts.items()}
    return QueueState(Policy(), at(now), date(2026, 1, 10), columns, Rows.of(queue), games, **given)


def plan_items(
    state: QueueState,
    *subjects: Subject,
    verb: Verb = Verb.REQUEUE,
    note: str = "",
    until: datetime | None = None,
    fingerprints: tuple[str, ...] = (),
) -> list[PlanItem]:
    """Return what an order about subjects comes to; ids are n-1, n-2, …"""
    numbers = count(1)
    asked = Asked(
        Order(verb, subjects, DAY, DAY, note, until, fingerprints), state.now, ANN, "p1", lambda: f"n-{next(numbers)}"
    )
    return [item for _, item in draft_queue(asked, state)]


def plan_item(state: QueueState, subject: Subject, **how: Any) -> PlanItem:
    (item,) = plan_items(state, subject, **how)
    return item
