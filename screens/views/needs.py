"""The checks behind each panel: their facts are what it draws, their findings what it says."""

from __future__ import annotations

TRANSITIONS_CHECKS = (
    "transitions.delay",
    "transitions.duration",
    "transitions.blocked",
    "transitions.stuck_run",
    "schedule.not_played",
)
"""The last one is here for its fact: the games of a date say until when its hand-overs are not due."""

GAPS_CHECKS = (
    "orchestration.gap",
    "orchestration.silent_workflow",
    "orchestration.missed_run",
    "orchestration.masked_outage",
)

FUNNEL_CHECKS = ("reconcile.games",)
"""Loads the lineage, all that the funnel is made of."""

GAMES_CHECKS = FUNNEL_CHECKS

QUEUE_CHECKS = ("queue.overdue", "queue.exhausted", "queue.retrier_dead")
