"""Prop coverage per date: who has a points line, and who of them a prediction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class PropCoverage:
    """One date with at least one points line; `unpredicted` are the players with a line and no active production prediction."""

    game_date: date
    players_with_line: int
    predicted: int
    unpredicted: tuple[str, ...]
    first_line_at: datetime | None
    last_line_at: datetime | None


PROP_COVERAGE = Fact(
    name="prop_coverage",
    row=PropCoverage,
    tables=("nba_raw.odds_api_player_points_props", "nba_predictions.player_prop_predictions"),
    partition=Partition.GAME_DATE,
)
