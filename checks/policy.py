"""Every threshold the checks use, each with its unit, its bounds and the source of its number.

The defaults are the pipeline's own. A deployment changes them in the `[policy]` table of its settings file; `Policy.from_table`
refuses unknown keys and impossible values by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

Number = int | float


class PolicyError(ValueError):
    """A policy key that does not exist, or a value that cannot be."""


def _limit(default: Number, unit: str, source: str, low: Number = 0, high: Number = 1_000_000) -> Number:
    """Declare one threshold with what a reader needs to judge it."""
    value: Number = field(
        default=default,
        metadata={"unit": unit, "source": source, "low": low, "high": high, "whole": isinstance(default, int)},
    )
    return value


def _minutes(default: int, source: str) -> int:
    return _limit(default, "minutes", source, low=1)  # type: ignore[return-value] # an int default makes an int field


def _count(default: int, source: str) -> int:
    return _limit(default, "count", source)  # type: ignore[return-value] # an int default makes an int field


def _percent(default: float, source: str) -> float:
    return _limit(default, "percent", source, low=0.0, high=100.0)


THRESHOLDS = "thresholds of the pipeline's operators"
INCIDENT = "January 2026 outage"
OWN = "chosen here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Thresholds. Minutes are minutes, percentages 0 to 100, scores 0 to 100."""

    # Orchestration
    controller_cadence_minutes: int = _minutes(60, "the controller wakes every hour")
    gap_warning_minutes: int = _minutes(60, THRESHOLDS)
    gap_critical_minutes: int = _minutes(120, THRESHOLDS)
    largest_gap_error_minutes: int = _minutes(120, THRESHOLDS)
    largest_gap_critical_minutes: int = _minutes(240, THRESHOLDS)
    expected_run_window_minutes: int = _minutes(30, "workflow windows are the expected time plus or minus 30 minutes")
    execution_after_decision_minutes: int = _minutes(15, f"{OWN}: a RUN decision is executed in the same wake-up")

    # Transitions
    transition_warning_minutes: int = _minutes(30, THRESHOLDS)
    transition_critical_minutes: int = _minutes(60, THRESHOLDS)
    stuck_run_minutes: int = _minutes(240, THRESHOLDS)
    phase2_target_minutes: int = _minutes(30, "duration targets of the phases")
    phase3_target_minutes: int = _minutes(60, "duration targets of the phases")
    phase4_target_minutes: int = _minutes(45, "duration targets of the phases")
    phase5_target_minutes: int = _minutes(30, "duration targets of the phases")
    phase6_target_minutes: int = _minutes(15, "duration targets of the phases")

    # When a game's stages are due, counted from its tip-off
    game_length_minutes: int = _minutes(165, "an NBA game is over 2 h 45 min after tip-off")
    box_scores_due_minutes: int = _minutes(45, f"{OWN}: live box scores follow the end of a game closely")
    box_scores_missing_minutes: int = _minutes(
        360, f"{OWN}: the last post-game window collects 6 h after an evening game"
    )
    analytics_due_minutes: int = _minutes(
        840, f"{OWN}: morning operations end at 10:00 Eastern, 14 h after an early evening game"
    )
    analytics_missing_minutes: int = _minutes(1080, f"{OWN}: analytics due plus 4 h")
    grading_due_minutes: int = _minutes(960, f"{OWN}: grading follows analytics within 2 h")
    grading_missing_minutes: int = _minutes(1440, f"{OWN}: a day after the end of the game")
    features_due_before_tip_minutes: int = _minutes(
        120, f"{OWN}: 26 January was in time with features 2 h 42 min before the first tip"
    )
    predictions_due_before_tip_minutes: int = _minutes(60, f"{OWN}: a bettor needs an hour; 26 January had 1 h 53 min")
    before_tip_late_minutes: int = _minutes(15, f"{OWN}: a pre-game stage this long past due is late")
    before_tip_missing_minutes: int = _minutes(
        45, f"{OWN}: a pre-game stage this long past due is missing, and still before tip-off"
    )
    schedule_stale_warning_minutes: int = _minutes(1440, f"{OWN}: the schedule is scraped at least daily")
    schedule_stale_error_minutes: int = _minutes(
        2160, f"{INCIDENT}: the schedule was 43 h old when the outage was found"
    )
    late_source_minutes: int = _minutes(120, f"{OWN}: two controller wake-ups after a source is due")

    # Coverage
    coverage_warning_percent: float = _percent(95.0, THRESHOLDS)
    coverage_error_percent: float = _percent(80.0, THRESHOLDS)
    gate_block_percent: float = _percent(80.0, THRESHOLDS)
    players_per_game_alert_percent: float = _percent(80.0, THRESHOLDS)
    least_players_per_game: int = _count(16, "at least 8 players a side; the least in two real seasons is 17")
    most_players_per_game: int = _count(30, "two active rosters of 15")

    # Quality
    feature_quality_warning_score: float = _percent(75.0, THRESHOLDS)
    feature_quality_error_score: float = _percent(65.0, THRESHOLDS)
    low_quality_score: float = _percent(65.0, "a score of 65 and over is high quality")
    low_quality_warning_percent: float = _percent(
        20.0, f"{INCIDENT}: 0.4 to 8.8 % on good days, 23.1 % on the first bad one"
    )
    low_quality_error_percent: float = _percent(50.0, f"{INCIDENT}: 74.6 % on the second bad day")
    quality_drop_warning_points: float = _percent(
        5.0, f"{INCIDENT}: good days differ by 2.3 points, the first bad day by 8.0"
    )
    quality_history_days: int = _count(7, f"{OWN}: a week of games is the baseline")
    rolling_window_warning_percent: float = _percent(95.0, THRESHOLDS)
    rolling_window_error_percent: float = _percent(80.0, THRESHOLDS)

    # Retry queue
    queue_overdue_warning_minutes: int = _minutes(15, "retries are 15, 30, 60 minutes apart: one whole step late")
    retrier_dead_minutes: int = _minutes(30, f"{INCIDENT}: due 12:52, two polls of 15 minutes missed by 13:22")
    queue_age_critical_minutes: int = _minutes(240, THRESHOLDS)
    retrying_stale_minutes: int = _minutes(120, "retrying rows older than 2 hours go back to pending")
    retry_first_step_minutes: int = _minutes(15, "retries are 15, 30, 60 minutes apart")
    retries_per_round: int = _count(50, "a worker takes 50 rows at a time")
    retries_per_item_a_day: int = _count(3, f"{OWN}: what failed three times in 24 h needs a person")
    retries_of_runs_percent: float = _percent(
        10.0, f"{OWN}: of the last hour's processor runs; more would load a pipeline that is in trouble already"
    )
    drain_stop_percent: float = _percent(50.0, f"{OWN}: of a phase's posts in one round failed")
    drain_stop_least_posts: int = _count(5, f"{OWN}: below five posts one failure decides everything")

    # Streaming conflicts and their breaker
    conflict_breaker_percent: float = _percent(50.0, THRESHOLDS)
    conflict_breaker_least_games: int = _count(5, f"{OWN}: below five games one conflict decides everything")
    conflict_breaker_cooldown_minutes: int = _minutes(90, "a streaming buffer can last 90 minutes")
    conflict_first_wait_minutes: int = _minutes(5, f"{THRESHOLDS}: 300, 600, 1200 s, each wait twice the one before")
    conflict_waits: int = _count(3, f"{THRESHOLDS}: three tries after the first, then the game is left queued")

    # Prediction workers
    worker_stale_minutes: int = _minutes(5, f"{OWN}: a worker beats with each prediction, and at least every minute")
    worker_lost_minutes: int = _minutes(15, f"{OWN}: a restart takes less, and picks the batch up where it was")
    worker_stuck_minutes: int = _minutes(
        30, f"{OWN}: a prediction takes seconds; twice what makes a silent worker's lost"
    )

    # The watcher, in its own intervals
    watcher_warning_intervals: int = _count(2, f"{OWN}: one run may be late, two are not")
    watcher_critical_intervals: int = _count(4, f"{OWN}: at every half hour two hours, the controller's own limit")

    # A table's load jobs of a Pacific day, against the most that BigQuery takes
    load_quota_warning_percent: float = _percent(80.0, f"{OWN}: a fifth of the day's load jobs is left to act in")
    load_quota_critical_percent: float = _percent(
        95.0, f"{OWN}: the next hour's load jobs may be refused, as one-row loads once used them all up"
    )

    @property
    def gap_warning_with_grace_minutes(self) -> int:
        """The warning threshold plus a quarter of the cadence, so that an hourly day with jitter never warns (60 → 75)."""
        return self.gap_warning_minutes + self.controller_cadence_minutes // 4

    def phase_target_minutes(self, phase: int) -> int:
        """Return the duration target of phase 2 to 6."""
        target: int = getattr(self, f"phase{phase}_target_minutes")
        return target

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Policy:
        """Return the policy of a `[policy]` table. Raises PolicyError that names the key."""
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Number] = {}
        for key, value in table.items():
            if key not in known:
                raise PolicyError(f"policy.{key} is not a threshold; `courtside doctor` lists those there are")
            limit = known[key].metadata
            whole = "whole number" if limit["whole"] else "number"
            allowed = (int,) if limit["whole"] else (int, float)
            if isinstance(value, bool) or not isinstance(value, allowed):
                raise PolicyError(f"policy.{key} must be a {whole} of {limit['unit']}, not {value!r}")
            if not limit["low"] <= value <= limit["high"]:
                raise PolicyError(
                    f"policy.{key} must be {limit['low']} to {limit['high']} {limit['unit']}, not {value!r}"
                )
            values[key] = value
        policy = cls(**values)  # type: ignore[arg-type] # each value was checked against its field above
        policy._refuse_contradictions()
        return policy

    def _refuse_contradictions(self) -> None:
        """Raise PolicyError when a milder threshold lies beyond the graver one."""
        for mild, grave in _RISING:
            if getattr(self, mild) > getattr(self, grave):
                raise PolicyError(f"policy.{mild} must not be above policy.{grave}")
        for grave, mild in _FALLING:
            if getattr(self, grave) > getattr(self, mild):
                raise PolicyError(f"policy.{grave} must not be above policy.{mild}")


_RISING = (
    ("gap_warning_minutes", "gap_critical_minutes"),
    ("largest_gap_error_minutes", "largest_gap_critical_minutes"),
    ("transition_warning_minutes", "transition_critical_minutes"),
    ("box_scores_due_minutes", "box_scores_missing_minutes"),
    ("before_tip_late_minutes", "before_tip_missing_minutes"),
    ("analytics_due_minutes", "analytics_missing_minutes"),
    ("grading_due_minutes", "grading_missing_minutes"),
    ("schedule_stale_warning_minutes", "schedule_stale_error_minutes"),
    ("low_quality_warning_percent", "low_quality_error_percent"),
    ("queue_overdue_warning_minutes", "queue_age_critical_minutes"),
    ("least_players_per_game", "most_players_per_game"),
    ("load_quota_warning_percent", "load_quota_critical_percent"),
    ("watcher_warning_intervals", "watcher_critical_intervals"),
    ("worker_stale_minutes", "worker_lost_minutes"),
    ("worker_stale_minutes", "worker_stuck_minutes"),
)
_FALLING = (
    ("coverage_error_percent", "coverage_warning_percent"),
    ("feature_quality_error_score", "feature_quality_warning_score"),
    ("rolling_window_error_percent", "rolling_window_warning_percent"),
)
