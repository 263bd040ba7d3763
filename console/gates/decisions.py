"""Decisions of gates as rows of `nba_orchestration.console_gate_decisions`. Pure."""

from __future__ import annotations

from datetime import datetime

from checks.gates import GateDecision
from checks.times import format_utc
from console.outbox.rows import OutboxRow

TABLE = "nba_orchestration.console_gate_decisions"


def decision_row(decision: GateDecision, as_of: datetime, by: str, now: datetime) -> OutboxRow:
    """Return the row of a decision as of a moment, recorded by somebody `now` (both aware UTC).

    Its key is the hand-over, the date, the moment and the outcome: the same decision is stored once, however often it is asked
    for.
    """
    outcome = decision.outcome.value
    key = f"{decision.transition.value}-{decision.game_date}-{format_utc(as_of)}-{outcome}"
    return OutboxRow(
        key,
        {
            "decision_id": key,
            "game_date": decision.game_date,
            "phase_name": decision.transition.value,
            "outcome": outcome,
            "is_alarm": decision.is_alarm,
            "coverage_percent": decision.coverage_percent,
            "expected": decision.expected,
            "present": decision.present,
            "reasons": list(decision.reasons),
            "word": decision.word and decision.word.word.value,
            "word_by": decision.word and decision.word.by,
            "as_of": as_of,
            "recorded_by": by,
            "recorded_at": now,
        },
    )
