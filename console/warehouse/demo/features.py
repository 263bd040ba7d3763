"""The features of each date: as many players as were expected, with scores of exactly the recorded mean and low share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from console.warehouse.demo.fixture import Fixture, Quality
from console.warehouse.demo.plan import GamePlan
from console.warehouse.demo.rows import FeatureRow
from console.warehouse.demo.spread import evenly, scatter

LOW_QUALITY_CENTS = 6500
"""A score below this, in hundredths, is low."""
_BEST_CENTS = 10000
_HIGH_ROOM_CENTS = 1200
_WINDOW_GAMES = 10
_FEATURES = 34
_SHORT_WINDOW_EVERY = 12
_SHORT_WINDOW_EVERY_IN_SILENCE = 4


def feature_rows(fixture: Fixture, day: date, plans: Sequence[GamePlan]) -> Iterator[FeatureRow]:
    """Yield the feature rows of the games of `day`."""
    quality, written_at = fixture.quality[day], fixture.times.features_at(day)
    scores = iter(quality_scores(quality))
    silent = fixture.controller.last_before_silence < written_at < fixture.controller.first_after_silence
    short_every = _SHORT_WINDOW_EVERY_IN_SILENCE if silent else _SHORT_WINDOW_EVERY
    for plan in plans:
        for n, player in enumerate(plan.players[: plan.features]):
            actual = _WINDOW_GAMES - (n % short_every == short_every - 1)
            yield FeatureRow(
                player_lookup=player.lookup,
                game_date=day,
                game_id=plan.game.bdl_id,
                feature_count=_FEATURES,
                feature_version="v2_34features",
                feature_quality_score=next(scores),
                data_source="mixed" if actual < _WINDOW_GAMES else "phase4",
                is_production_ready=n < plan.production_ready,
                expected_games_count=_WINDOW_GAMES,
                actual_games_count=actual,
                completeness_percentage=100.0 * actual / _WINDOW_GAMES,
                created_at=written_at,
                updated_at=written_at,
            )


def quality_scores(quality: Quality) -> list[float]:
    """Return the scores of a date, to two decimals: their mean is exactly the recorded one, and no more and no fewer are low."""
    low = round(quality.low_percent * quality.rows / 100)
    high = quality.rows - low
    low_sum = round(quality.low_mean * 100) * low
    total = round(quality.mean * 100) * quality.rows
    low_room = LOW_QUALITY_CENTS - 2 - round(quality.low_mean * 100)
    high_mean = (total - low_sum) // high
    high_room = min(high_mean - LOW_QUALITY_CENTS - 2, _BEST_CENTS - 2 - high_mean, _HIGH_ROOM_CENTS)
    cents = [*_ramp(low, low_sum, low_room), *_ramp(high, total - low_sum, high_room)]
    return [cents[n] / 100 for n in scatter(len(cents))]


def _ramp(count: int, total: int, room: int) -> list[int]:
    """Return `count` whole numbers that rise evenly by at most `room` around their mean and sum to `total`."""
    if count < 2:
        return [total] * count
    means = evenly(total, count)
    rise = [round(room * (2 * n / (count - 1) - 1)) for n in range(count // 2)]
    middle = [0] * (count % 2)
    return [
        mean + step for mean, step in zip(means, [*rise, *middle, *(-step for step in reversed(rise))], strict=True)
    ]
