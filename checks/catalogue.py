"""All checks, in the order in which people read them. A new check is one import and one line here."""

from __future__ import annotations

from checks import (
    availability,
    coverage,
    orchestration,
    quality,
    queue,
    reconcile,
    schedule,
    streaming,
    transitions,
    watching,
    workers,
)
from checks.registry import Check

ALL_CHECKS: tuple[Check, ...] = (
    orchestration.gap,
    orchestration.masked_outage,
    orchestration.silent_workflow,
    orchestration.missed_run,
    transitions.delay,
    transitions.duration,
    transitions.blocked,
    transitions.stuck_run,
    schedule.not_played,
    schedule.stale,
    availability.missing_game,
    availability.late_source,
    reconcile.games,
    reconcile.players,
    reconcile.features,
    reconcile.predictions,
    reconcile.grading,
    reconcile.inflated,
    reconcile.impossible,
    quality.features,
    quality.rolling_window,
    coverage.props,
    queue.overdue,
    queue.exhausted,
    queue.retrier_dead,
    streaming.conflicts,
)

IF_WATCHED: tuple[Check, ...] = (watching.silent,)
"""Checks of reports on a pipeline that was ever watched; for others there is nothing to say, not even that all is well."""

IF_WORKERS: tuple[Check, ...] = (workers.heartbeat,)
"""Checks of reports where prediction workers leave heartbeats."""

BY_ID: dict[str, Check] = {check.id: check for check in (*ALL_CHECKS, *IF_WATCHED, *IF_WORKERS)}
