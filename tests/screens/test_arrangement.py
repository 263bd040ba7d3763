"""Where the panels stand."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.arrangement import ROWS, Place, arrange
from screens.specs import PANELS

NAMES = tuple(name for row in ROWS for name in row)


def test_every_panel_has_its_place() -> None:
    assert set(NAMES) == {spec.id for spec in PANELS}


@pytest.mark.parametrize("height", [20, 36, 66])
def test_all_panels_have_three_lines_or_more_on_usual_terminals(height: int) -> None:
    places = arrange(80, height, "findings")
    assert set(places) == set(NAMES)
    assert min(place.height for place in places.values()) >= 3


def test_panels_stand_side_by_side_with_a_column_between_them() -> None:
    places = arrange(80, 20, "findings")
    assert (places["transitions"].x, places["transitions"].width) == (0, 39)
    assert (places["gaps"].x, places["gaps"].width) == (40, 40)
    assert places["findings"].width == places["queue"].width == 80


def test_on_a_low_terminal_the_panels_not_in_use_become_their_title_line() -> None:
    heights = {name: place.height for name, place in arrange(80, 9, "gaps").items()}
    assert heights == {"findings": 1, "transitions": 6, "gaps": 6, "funnel": 1, "games": 1, "queue": 1}


def test_on_the_smallest_terminal_only_the_panel_in_use_is_shown() -> None:
    assert arrange(40, 6, "queue") == {"queue": Place(0, 0, 40, 6)}


def test_a_maximised_panel_has_all_the_room() -> None:
    assert arrange(120, 36, "games", alone=True) == {"games": Place(0, 0, 120, 36)}


@given(st.integers(1, 300), st.integers(1, 100), st.sampled_from(NAMES), st.booleans())
def test_at_any_size_the_panel_in_use_is_shown_and_none_covers_another(
    width: int, height: int, current: str, alone: bool
) -> None:
    places = arrange(width, height, current, alone=alone)
    assert current in places
    for place in places.values():
        assert place.width >= 1
        assert place.height >= 1
        assert place.x + place.width <= width
        assert place.y + place.height <= height
    for one, other in combinations(places.values(), 2):
        apart_in_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_in_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_in_x or apart_in_y
