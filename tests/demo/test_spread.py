"""Sharing out and scattering, on which the demo's exact totals stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.warehouse.demo.features import quality_scores
from console.warehouse.demo.fixture import Quality
from console.warehouse.demo.spread import apportion, evenly, fill, scatter, wobble

WEIGHTS = st.lists(st.integers(1, 100), min_size=1, max_size=30)


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_even_shares_sum_to_the_total_and_differ_by_at_most_one(total: int, parts: int) -> None:
    shares = evenly(total, parts)
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(st.integers(0, 10_000), WEIGHTS)
def test_apportioned_shares_sum_to_the_total_and_are_within_one_of_their_due(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert all(abs(share - total * w / sum(weights)) < 1 for share, w in zip(shares, weights, strict=True))


@given(st.integers(0, 1000), WEIGHTS)
def test_rooms_are_filled_in_order(total: int, rooms: list[int]) -> None:
    taken = fill(total, rooms)
    assert sum(taken) == min(total, sum(rooms))
    first_open = next((n for n, (a, b) in enumerate(zip(taken, rooms, strict=True)) if a < b), len(rooms))
    assert not any(taken[first_open + 1 :])


def test_a_wobble_stays_within_its_spread_and_is_always_the_same() -> None:
    values = [wobble(f"key{n}", 2.0) for n in range(200)]
    assert all(-2 <= value <= 2 for value in values)
    assert min(values) < -1 < 1 < max(values)
    assert wobble("key0", 2.0) == values[0]


@given(st.integers(0, 300))
def test_scattering_keeps_every_number_once(count: int) -> None:
    assert sorted(scatter(count)) == list(range(count))


@given(
    mean=st.integers(7000, 8000),
    low_percent=st.integers(0, 30),
    rows=st.integers(100, 300),
    low_mean=st.integers(55, 62),
)
def test_scores_have_the_mean_to_a_hundredth_and_the_low_ones_alone_are_below_65(
    mean: int, low_percent: int, rows: int, low_mean: int
) -> None:
    scores = quality_scores(Quality(mean / 100, low_percent, rows, low_mean))
    assert sum(scores) / rows == pytest.approx(mean / 100, abs=1e-9)
    assert sum(score < 65 for score in scores) == round(low_percent * rows / 100)
    assert all(0 <= score <= 100 for score in scores)
