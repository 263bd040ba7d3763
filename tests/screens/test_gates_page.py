"""A gate that somebody holds is shown as held: from the key that holds it, over the file, back to the page."""

from __future__ import annotations

import shutil
from pathlib import Path

from textual.pilot import Pilot

from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from console.warehouse.embedded import EmbeddedWarehouse
from screens.app import CourtsideApp
from screens.detail.date import date_view
from screens.detail.gates import GATE_CHECKS, gates_view
from screens.dialogs.preview import PreviewDialog
from screens.dialogs.questions import Questions
from screens.lines import Tone
from screens.session import Environment, Session
from screens.views.options import Options
from tests.builders import at
from tests.screens.looks import items, rows
from tests.screens.opened import list_of, name_of
from tests.screens.stations import hands_on
from tests.screens.stubs import Clock, StubMemory, drive, loaded, until
from tests.screens.test_words import unread

NOW = at("2026-01-25T16:00")
GATE = "phase4_to_phase5 for 2026-01-24"


def console_on(file: Path, state: Path) -> CourtsideApp:
    """Return a console on a file, with hands that change it."""
    session = Session(
        open_desk=lambda: Desk(EmbeddedWarehouse(file), Policy()),
        memory=StubMemory(),
        hands=hands_on(file, state, now=lambda: NOW),
        environment=Environment.EMBEDDED,
        warehouse="week.duckdb",
        clock=lambda: NOW,
        crash_dir=state,
    )
    return CourtsideApp(session, monotonic=Clock())


def line_of_gate(app: CourtsideApp) -> str:
    return next((row for row in rows(list_of(app).table) if GATE in row), "")


def words_in(file: Path) -> list[str]:
    with Desk(EmbeddedWarehouse(file), Policy()) as desk:
        return [row.word for row in desk.load(Scope.at(NOW), GATE_OVERRIDES).facts[GATE_OVERRIDES]]


def test_a_gate_held_with_the_key_is_shown_as_held_on_the_gates_page(demo_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "week.duckdb"
    shutil.copyfile(demo_file, file)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("g")
        await until(pilot, lambda: bool(line_of_gate(app)), "no gates")
        assert not line_of_gate(app).startswith("BLOCK")
        shown = list_of(app)
        shown.cursor = next(n for n, row in enumerate(rows(shown.table)) if GATE in row)
        await pilot.press("H", *"2h", "enter")
        await until(pilot, lambda: app.screen.query_one(Questions).field.value == "", "the reason is not asked")
        await pilot.press(*"late box scores", "enter")
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog), "no plan")
        await pilot.press("enter")
        await until(pilot, lambda: words_in(file) == ["hold"], "nothing was written")
        await pilot.press("escape")
        await until(pilot, lambda: name_of(app) == "gates", "the plan stays")
        await pilot.press("R")
        await until(pilot, lambda: line_of_gate(app).startswith("BLOCK"), f"the page says {line_of_gate(app)}")
        assert "held by an operator" in line_of_gate(app)

    drive(console_on(file, tmp_path), steps)


def test_the_gates_page_loads_the_words_about_gates_itself(desk: Desk) -> None:
    assert not desk.look(Scope.at(NOW), GATE_CHECKS).reason(GATE_OVERRIDES)


def test_a_look_that_did_not_ask_who_holds_a_gate_shows_no_gate_as_open(desk: Desk) -> None:
    look = desk.look(Scope.at(NOW))
    assert look.reason(GATE_OVERRIDES)
    said = " ".join(rows(date_view(look, Scope.at(NOW), Policy(), Options(118))))
    assert "whether somebody holds a gate is not known: it was not loaded" in said
    assert "PROCEED" not in said


def test_where_it_is_not_known_who_holds_a_gate_nothing_is_green(desk: Desk) -> None:
    look = unread(desk.look(Scope.at(NOW), GATE_CHECKS), GATE_OVERRIDES)
    page = items(gates_view(look, Scope.at(NOW), Policy(), Options(118)))
    heads = [item.line for item in page if "by the data alone" in "".join(span.text for span in item.line)]
    assert len(heads) == 8
    assert {line[0].tone for line in heads} == {Tone.UNKNOWN}
