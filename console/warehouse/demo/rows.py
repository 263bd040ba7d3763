"""The rows of the data that flows through the pipeline, one type per table.

The fields are columns; a column that is not here stays NULL.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class ScheduleRow(NamedTuple):
    """`nba_raw.nbac_schedule`."""

    game_id: str
    game_code: str
    season_year: int
    game_date: date
    game_date_est: datetime
    game_status: int
    game_status_text: str
    home_team_id: int
    home_team_tricode: str
    home_team_name: str
    away_team_id: int
    away_team_tricode: str
    away_team_name: str
    is_regular_season: bool
    is_playoffs: bool
    is_all_star: bool
    arena_timezone: str
    home_team_score: int | None
    away_team_score: int | None
    data_source: str
    created_at: datetime
    processed_at: datetime


class BoxScoreRow(NamedTuple):
    """`nba_raw.bdl_player_boxscores`."""

    game_id: str
    game_date: date
    season_year: int
    game_status: str
    home_team_abbr: str
    away_team_abbr: str
    team_abbr: str
    player_full_name: str
    player_lookup: str
    minutes: str | None
    points: int
    data_hash: str
    created_at: datetime
    processed_at: datetime


class SummaryRow(NamedTuple):
    """`nba_analytics.player_game_summary`."""

    player_lookup: str
    universal_player_id: str
    player_full_name: str
    game_id: str
    game_date: date
    team_abbr: str
    opponent_team_abbr: str
    points: int
    minutes_played: float
    is_active: bool
    data_quality_tier: str
    primary_source_used: str
    source_bdl_completeness_pct: float
    processed_with_issues: bool
    created_at: datetime
    processed_at: datetime


class FeatureRow(NamedTuple):
    """`nba_predictions.ml_feature_store_v2`."""

    player_lookup: str
    game_date: date
    game_id: str
    feature_count: int
    feature_version: str
    feature_quality_score: float
    data_source: str
    is_production_ready: bool
    expected_games_count: int
    actual_games_count: int
    completeness_percentage: float
    created_at: datetime
    updated_at: datetime


class PredictionRow(NamedTuple):
    """`nba_predictions.player_prop_predictions`."""

    prediction_id: str
    system_id: str
    player_lookup: str
    game_date: date
    game_id: str
    prediction_version: int
    predicted_points: float
    confidence_score: float
    recommendation: str
    has_prop_line: bool
    current_points_line: float
    line_source: str
    is_active: bool
    is_production_ready: bool
    created_at: datetime
    updated_at: datetime


class GradeRow(NamedTuple):
    """`nba_predictions.prediction_accuracy`."""

    player_lookup: str
    game_id: str
    game_date: date
    system_id: str
    predicted_points: float
    actual_points: int
    prediction_correct: bool
    is_voided: bool
    graded_at: datetime


class LineRow(NamedTuple):
    """`nba_raw.odds_api_player_points_props`."""

    game_id: str
    game_date: date
    home_team_abbr: str
    away_team_abbr: str
    player_lookup: str
    bookmaker: str
    points_line: float
    snapshot_timestamp: datetime
