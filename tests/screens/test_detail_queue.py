"""The retry queue on the whole screen: the row under the cursor is explained, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from screens.detail.queue import full_queue_view, queue_spec
from screens.lines import display_width, text_of
from screens.ports import Look
from screens.table import Target
from screens.views.options import Options
from tests.builders import at
from tests.screens.looks import HOSTILE, rows, widest
from tests.screens.queued import SCOPE, many, queue_look, queued
from tests.screens.sessions import session_with

WIDTHS = (36, 56, 76, 118, 200)


def about(look: Look, number: int = 0, width: int = 76, *, ascii: bool = False) -> list[str]:
    table = full_queue_view("", look, SCOPE, Policy(), Options(width, ascii=ascii))
    assert table.about is not None
    return [text_of(line) for line in table.about(number, width)]


def test_the_row_under_the_cursor_says_why_it_is_where_it_is_its_error_and_its_times() -> None:
    row = queued("x", game_key="LAL@DAL", resolution_notes="asked the league")
    assert about(queue_look(row)) == [
        "  LAL@DAL by nbac_player_boxscore, phase 2, game date 2026-01-24",
        "  why: due since 2026-01-25T12:52Z, 188 min overdue: nobody has tried",
        "  error: transient: Max decode/download retries reached: 8",
        "  notes: asked the league",
        "  times: first failed Sun 25 Jan 07:37 EST (2026-01-25T12:37Z); next try Sun",
        "    25 Jan 07:52 EST (2026-01-25T12:52Z); last written Sun 25 Jan 07:37 EST",
        "    (2026-01-25T12:37Z)",
        "  id: x",
    ]


def test_a_row_without_error_and_notes_leaves_them_out() -> None:
    said = about(queue_look(queued(error_type=None, error_message=None)))
    assert not any("error:" in line or "notes:" in line for line in said)


def test_it_is_about_the_row_at_that_place_of_the_order() -> None:
    look = queue_look(*many(50))
    table = full_queue_view("", look, SCOPE, Policy(), Options(118, sort="age"))
    assert table.about is not None
    for number in (0, 7, 49):
        assert text_of(table.about(number, 118)[-1]) == f"  id: {table.keys()[number]}"


def test_it_shows_what_the_panel_shows_at_its_width() -> None:
    look = queue_look(*many(50))
    table = full_queue_view("", look, SCOPE, Policy(), Options(200, filter="processor_7"))
    assert 0 < table.count < 50
    assert all("processor_7" in row for row in rows(table))
    assert widest(table) <= 200


def test_a_row_opens_its_game_and_never_the_queue_again() -> None:
    look = queue_look(queued("a", game_key="LAL@DAL"), queued("b"))
    table = full_queue_view("", look, SCOPE, Policy(), Options(118))
    assert [table.item(n).target for n in range(2)] == [Target("game", "LAL@DAL", queued().game_date), None]


def test_the_cursor_begins_on_the_row_that_was_opened(tmp_path: Path) -> None:
    spec = queue_spec(Target("queue", "row-7"), session_with(tmp_path))
    table = spec.view(queue_look(*many(10)), SCOPE, Policy(), Options(118))
    assert table.start == "row-7"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [False, True])
def test_hostile_text_is_cleaned_wrapped_and_cut(width: int, ascii: bool) -> None:
    text = HOSTILE + "\nTraceback Jokić\n" * 60_000
    look = queue_look(queued(error_message=text, resolution_notes=text, game_key=text, error_type=text))
    said = about(look, width=width, ascii=ascii)
    assert max(display_width(line) for line in said) <= width
    assert len("".join(said)) < 12_000
    assert not any(ord(c) < 32 for line in said for c in line)
    assert not {"\x1b", "\u202e"} & set("".join(said))
    assert "".join(said).isascii() or not ascii


def test_the_row_of_the_outage_is_explained(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-25T15:30"))
    look = desk.look(scope, ("queue.overdue", "queue.exhausted", "queue.retrier_dead"))
    table = full_queue_view("", look, scope, Policy(), Options(118))
    assert table.about is not None
    said = [text_of(line) for line in table.about(0, 118)]
    assert said[1] == "  why: due since 2026-01-25T12:52Z, 158 min overdue: nobody has tried"
