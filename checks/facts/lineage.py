"""Game lineage: one row per scheduled game and date, with what each stage holds of it.

The two game ids are matched inside the query by date and tricodes, the rule of `v_game_id_mappings`, on the schedule as it was
known at `as_of`; joining raw ids matches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition
from checks.pipeline import Stage


@dataclass(frozen=True, slots=True)
class StageCounts:
    """What one stage holds of one game.

    `rows` counts rows; `listed` distinct players; `appeared` those of them who played according to the box score.
    `missing` are the players that the stage before has and this one lacks; `extra` those that this one has and the stage
    before lacks. Box scores have neither. For analytics the stage before is the box score's players who appeared, and only
    analytics rows that do not call a player inactive are listed; for features it is analytics' listed players, once there are
    any; for predictions the features that are not marked unfit for production; for grading the predicted players who appeared.
    Predictions are active rows of the production system, grading rows of that system. A voided grade is a grade; it is extra
    only for a player who was not predicted, because voiding is what becomes of a predicted player who did not appear.

    `first_write` and `last_write` are those of all the stage's rows. A row that was rewritten after `as_of` counts with its
    first write.
    """

    rows: int
    listed: int
    appeared: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    first_write: datetime | None
    last_write: datetime | None


@dataclass(frozen=True, slots=True)
class GameLineage:
    """One game on one date as known at `as_of`.

    `tip_off` is UTC. `game_status` is 1 scheduled, 2 in progress, 3 final; a score is None until one is known.
    `other_dates` are further dates (ISO) on which the same NBA id stands in the schedule, `rematch_dates` those on which the
    same two teams with the same home side meet under another NBA id, within three days before and 21 after.
    `ever_postponed` is True when any scrape called it postponed or cancelled.
    """

    nba_game_id: str
    bdl_game_id: str
    game_date: date
    tip_off: datetime
    arena_timezone: str | None
    away: str
    home: str
    game_status: int
    status_text: str | None
    away_score: int | None
    home_score: int | None
    ever_postponed: bool
    other_dates: tuple[str, ...]
    rematch_dates: tuple[str, ...]
    schedule_seen_at: datetime
    box_scores: StageCounts
    analytics: StageCounts
    features: StageCounts
    predictions: StageCounts
    grading: StageCounts

    @property
    def label(self) -> str:
        """`LAL@DAL`."""
        return f"{self.away}@{self.home}"

    def stage(self, stage: Stage) -> StageCounts:
        """Return the counts of a stage after the schedule. Raises KeyError for the schedule itself."""
        return {
            Stage.BOX_SCORES: self.box_scores,
            Stage.ANALYTICS: self.analytics,
            Stage.FEATURES: self.features,
            Stage.PREDICTIONS: self.predictions,
            Stage.GRADING: self.grading,
        }[stage]


LINEAGE = Fact(
    name="lineage",
    row=GameLineage,
    tables=(
        "nba_raw.nbac_schedule",
        "nba_raw.bdl_player_boxscores",
        "nba_analytics.player_game_summary",
        "nba_predictions.ml_feature_store_v2",
        "nba_predictions.player_prop_predictions",
        "nba_predictions.prediction_accuracy",
    ),
    partition=Partition.GAME_DATE,
)
