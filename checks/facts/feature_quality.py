"""Feature quality per date, for the scope's dates and the week before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class FeatureQuality:
    """The features of one date. Scores are 0 to 100.

    `low_quality` counts rows below 65, `distinct_scores` different scores, `production_ready` rows marked so;
    `window_expected` and `window_actual` are sums over all rows of the games that the rolling window should and does hold.
    """

    game_date: date
    rows: int
    players: int
    mean_score: float | None
    least_score: float | None
    low_quality: int
    distinct_scores: int
    production_ready: int
    window_expected: int
    window_actual: int
    mean_completeness_percent: float | None
    insufficient: int


FEATURE_QUALITY = Fact(
    name="feature_quality",
    row=FeatureQuality,
    tables=("nba_predictions.ml_feature_store_v2",),
    partition=Partition.GAME_DATE,
    days_before=7,
)
