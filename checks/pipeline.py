"""What the pipeline is made of: phases, hand-overs, processors, workflows and stages. Names, not thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PRODUCTION_SYSTEM = "catboost_v8"
"""The prediction system whose active rows count; the SQL of the facts names it too."""

MISSING_GAME_PROCESSOR = "bdl_player_box_scores"
"""`processor_name` of a retry-queue row that stands for a missing game."""

DEAD_LETTERED_TOPICS: tuple[str, ...] = (
    "phase3-trigger",
    "phase4-trigger",
    "phase3-analytics-complete",
    "prediction-requests",
    "grading-requests",
)
"""The Pub/Sub topics whose subscriptions must have a dead-letter policy (PIPELINE.md)."""


class Stage(Enum):
    """The stages a game passes through, in the order of the funnel."""

    SCHEDULE = "schedule"
    BOX_SCORES = "box_scores"
    ANALYTICS = "analytics"
    FEATURES = "features"
    PREDICTIONS = "predictions"
    GRADING = "grading"

    @property
    def label(self) -> str:
        """The stage's name for people."""
        return self.value.replace("_", " ")


class Transition(Enum):
    """The hand-overs between phases, as `phase_execution_log.phase_name` spells them."""

    PHASE2_TO_PHASE3 = "phase2_to_phase3"
    PHASE3_TO_PHASE4 = "phase3_to_phase4"
    PHASE4_TO_PHASE5 = "phase4_to_phase5"
    PHASE5_TO_PHASE6 = "phase5_to_phase6"

    @property
    def source(self) -> int:
        """The phase that hands over (2 to 5)."""
        return int(self.value[5])

    @property
    def target(self) -> int:
        """The phase that takes over (3 to 6)."""
        return int(self.value[-1])


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase; a phase is complete when all its required processors have succeeded."""

    number: int
    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The spelling of event log and queue: `phase_2`."""
        return f"phase_{self.number}"


PHASES: tuple[Phase, ...] = (
    Phase(1, "orchestration", ()),
    Phase(
        2,
        "raw",
        ("p2_bdl_box_scores", "p2_odds_game_lines", "p2_nbacom_schedule", "p2_nbacom_gamebook_pdf"),
        ("p2_bigdataball_pbp", "p2_br_season_roster"),
    ),
    Phase(
        3,
        "analytics",
        (
            "player_game_summary",
            "team_defense_game_summary",
            "team_offense_game_summary",
            "upcoming_player_game_context",
            "upcoming_team_game_context",
        ),
    ),
    Phase(
        4,
        "features",
        (
            "team_defense_zone_analysis",
            "player_shot_zone_analysis",
            "player_composite_factors",
            "player_daily_cache",
            "ml_feature_store",
        ),
    ),
    Phase(5, "predictions", ()),
    Phase(6, "grading", ()),
)

ENABLED_WORKFLOWS: tuple[str, ...] = (
    "morning_operations",
    "morning_recovery",
    "bdl_catchup_midday",
    "bdl_catchup_afternoon",
    "bdl_catchup_evening",
    "betting_lines",
    "post_game_window_1",
    "post_game_window_2",
    "post_game_window_2b",
    "post_game_window_3",
    "early_game_window_1",
    "early_game_window_2",
    "early_game_window_3",
    "injury_discovery",
    "referee_discovery",
)
"""The workflows that are enabled in the controller's configuration and therefore decide once per evaluation."""


def phase(number: int) -> Phase:
    """Return the phase with that number. Raises KeyError when there is none."""
    for candidate in PHASES:
        if candidate.number == number:
            return candidate
    raise KeyError(number)
