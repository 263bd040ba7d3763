"""Table freshness: newest write and row count of each watched table in the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class TableFreshness:
    """One watched table, named with its dataset; `newest_write` is None when it has no row in the window."""

    table_name: str
    rows: int
    newest_write: datetime | None


FRESHNESS = Fact(
    name="freshness",
    row=TableFreshness,
    tables=(
        "nba_raw.nbac_schedule",
        "nba_raw.bdl_player_boxscores",
        "nba_raw.odds_api_player_points_props",
        "nba_analytics.player_game_summary",
        "nba_predictions.ml_feature_store_v2",
        "nba_predictions.player_prop_predictions",
        "nba_predictions.prediction_accuracy",
        "nba_orchestration.scraper_execution_log",
    ),
    partition=Partition.GAME_DATE,
    days_before=3,
)
