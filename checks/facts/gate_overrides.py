"""What operators have said about gates: hold or release a hand-over for a date. The console's own table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class GateOverride:
    """The newest word about one hand-over of one date; `word` is hold or release, `expires_at` its end."""

    override_id: str
    game_date: date
    phase_name: str
    word: str
    reason: str | None
    overridden_by: str | None
    overridden_at: datetime
    expires_at: datetime | None


GATE_OVERRIDES = Fact(
    name="gate_overrides",
    row=GateOverride,
    tables=("nba_orchestration.console_gate_overrides",),
    partition=Partition.GAME_DATE,
)
