"""`courtside trace` says of a game what its page in the console says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checks.about_games import GAME_CHECKS
from checks.policy import Policy
from console.desk import Desk
from console.warehouse.demo import DEMO_AS_OF
from screens.detail.game import game_spec, game_view
from screens.table import Target
from screens.views.options import Options
from tests.builders import scope_at
from tests.cli.conftest import Courtside
from tests.screens.looks import head
from tests.screens.sessions import session_with

DAY = date(2026, 1, 24)


@pytest.mark.parametrize("game", ["NYK@PHI", "LAL@DAL", "GSW@MIN"])
def test_a_game_stands_on_the_command_line_as_it_stands_on_its_page(
    courtside: Courtside, desk: Desk, game: str
) -> None:
    traced = courtside("trace", game, "--date", DAY.isoformat(), width=118)
    scope = game_spec(Target("game", game, DAY), session_with(Path("unused"))).scope_of(scope_at(f"{DEMO_AS_OF:%FT%R}"))
    page = game_view(game, desk.look(scope, GAME_CHECKS), scope, Policy(), Options(118))
    assert traced.lines[0] == head(page)[0].replace(f" {DAY}", "").partition(" · ")[0]


def test_a_finding_of_the_date_that_names_players_of_the_game_counts(courtside: Courtside) -> None:
    traced = courtside("trace", "NYK@PHI", "--date", DAY.isoformat(), width=118)
    assert (traced.status, traced.lines[0]) == (1, "ERROR    NYK@PHI: 1 finding going on")
