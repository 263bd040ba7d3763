"""Notices at the bottom: each is about the panel in use, and fits in a terminal of 80 columns."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from screens.app import CourtsideApp
from screens.deeds import DEEDS
from tests.screens.stubs import Source, drive, keybar_text, loaded, session_on


def test_that_one_panel_cannot_be_sorted_is_not_said_of_the_next(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("1", "x")
        assert "Findings has one order only" in keybar_text(app)
        await pilot.press("5", "x")
        await pilot.pause()
        assert "one order only" not in keybar_text(app)

    drive(CourtsideApp(session_on(source)), steps)


@pytest.mark.parametrize("name", DEEDS)
def test_where_one_must_stand_to_act_is_said_whole_in_80_columns(name: str) -> None:
    said = f" nothing to {name.replace('gate_', '')} here: stand on {DEEDS[name].stands_on}"
    assert len(said) <= 80
