"""Keys: what each does on the overview and on a detail screen, and how they are remapped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from checks.model import Scope
from screens.app import CourtsideApp
from screens.detail.detail import Detail
from screens.dialogs.filter_line import FilterLine
from screens.dialogs.go_to import GoTo
from screens.dialogs.preview import PreviewDialog
from screens.dialogs.questions import Questions
from screens.handlers import HANDLERS
from screens.keymap import ACTIONS, BY_ID, keys_of, labels_of, refusals
from screens.overview import Overview
from screens.panels.findings_panel import FindingsPanel
from screens.panels.lines_view import LinesView
from screens.panels.panel import Panel
from tests.builders import at
from tests.screens.stubs import MOMENT, Source, drive, header_text, keybar_text, loaded, screen_text, session_on, until

Says = Callable[[CourtsideApp], bool]


def spec_id(app: CourtsideApp) -> str:
    return app.screen.spec.id if isinstance(app.screen, Detail) else ""


def panel_in_use(app: CourtsideApp) -> Panel:
    return app.screen.current if isinstance(app.screen, Overview) else app.screen.query_one(Panel)


def shows(name: str) -> Says:
    return lambda app: type(app.screen).__name__ == name or spec_id(app) == name


ON_A_FINDING = ("requeue", "acknowledge", "silence", "withdraw")
"""What acts on what the first row of the overview is; the others act on rows of the queue, or on gates."""
ON_ROWS_AND_GATES = {"cancel": "cancel", "resolve": "resolve", "retry": "retry", "hold": "hold"} | {
    "gate_hold": "hold",
    "gate_release": "release",
}


def refuses(word: str) -> Says:
    return lambda app: f"nothing to {word} here" in keybar_text(app)


DOES: dict[str, Says] = {
    **{name: refuses(word) for name, word in ON_ROWS_AND_GATES.items()},
    "help": shows("help"),
    "why": shows("why"),
    "gates": shows("gates"),
    "run_checks": shows("CheckRunScreen"),
    "requeue": shows("PreviewDialog"),
    "acknowledge": shows("PreviewDialog"),
    "withdraw": shows("PreviewDialog"),
    "silence": lambda app: len(app.screen.query(Questions)) == 1,
    "rest": lambda app: "nothing to go on with here" in keybar_text(app),
    "summary": shows("PreviewDialog"),
    "filter": lambda app: len(app.screen.query(FilterLine)) == 1,
    "go_to_time": lambda app: len(app.screen.query(GoTo)) == 1,
    "copy": lambda app: app.clipboard != "",
    "earlier_date": lambda app: app.scope().last.isoformat() == "2026-01-23",
    "later_date": lambda app: "last date" in keybar_text(app),
    "step_back": lambda app: app.moment.now() == at("2026-01-25T01:15"),
    "step_on": lambda app: app.moment.now() == at("2026-01-25T01:45"),
    "play": lambda app: app.moment.playing and "playing" in header_text(app),
    "speed": lambda app: "1 h 00 min" in keybar_text(app),
    "refresh": lambda app: "refreshing" in keybar_text(app),
    "pause": lambda app: "paused" in header_text(app),
    "theme": lambda app: "theme:" in keybar_text(app),
    "palette": shows("CommandPalette"),
}
"""What can be seen after an action, on the overview as on a detail screen."""

ON_THE_OVERVIEW: dict[str, Says] = {
    "maximise": lambda app: isinstance(app.screen, Overview) and app.screen.board.is_maximised,
    "next_panel": lambda app: panel_in_use(app).spec.key == "2",
    "previous_panel": lambda app: panel_in_use(app).spec.key == "6",
    "back": lambda app: isinstance(app.screen, Overview),
    **{f"panel.{n}": (lambda app, n=n: panel_in_use(app).spec.key == str(n)) for n in range(1, 7)},  # type: ignore[misc]
}
ON_A_DETAIL: dict[str, Says] = {
    "back": lambda app: isinstance(app.screen, Overview),
    "panel.3": lambda app: isinstance(app.screen, Overview) and panel_in_use(app).spec.key == "3",
}
NEEDS_THE_REGISTRY = {"timeline", "operations", "doctor", "checklist", "audit"}
OF_NO_EFFECT_HERE = {"sort", "quit"}


def press_and_see(source: Source, keys: tuple[str, ...], sees: Says) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: sees(app), f"{keys} had no effect")

    drive(CourtsideApp(session_on(source)), steps)


@pytest.mark.parametrize("name", [*DOES, *ON_THE_OVERVIEW])
def test_each_key_does_what_it_says_on_the_overview(source: Source, name: str) -> None:
    press_and_see(source, (BY_ID[name].keys.split(",")[0],), {**DOES, **ON_THE_OVERVIEW}[name])


@pytest.mark.parametrize("name", [*(name for name in DOES if name not in ON_A_FINDING), *ON_A_DETAIL])
def test_each_key_does_what_it_says_on_a_detail_screen(source: Source, name: str) -> None:
    first = "question_mark" if name == "why" else "w"
    press_and_see(source, (first, BY_ID[name].keys.split(",")[0]), {**DOES, **ON_A_DETAIL}[name])


@pytest.mark.parametrize("name", ON_A_FINDING)
def test_keys_that_act_say_so_where_there_is_nothing_to_act_on(source: Source, name: str) -> None:
    press_and_see(source, ("w", BY_ID[name].keys), refuses(name))


@pytest.mark.parametrize("name", sorted(NEEDS_THE_REGISTRY))
def test_screens_about_the_whole_console_open_or_say_that_there_are_none(source: Source, name: str) -> None:
    press_and_see(source, (BY_ID[name].keys,), lambda app: spec_id(app) == name or "no screen" in keybar_text(app))


def test_every_action_is_tried_by_a_test() -> None:
    tried = {*DOES, *ON_THE_OVERVIEW, *NEEDS_THE_REGISTRY, *OF_NO_EFFECT_HERE}
    assert {action.id for action in ACTIONS if action.on == "app"} == tried


def test_quitting_ends_the_console(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(CourtsideApp(session_on(source)), steps)


def test_sorting_a_panel_of_one_order_says_so(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("1", "x")
        assert "one order only" in keybar_text(app)

    drive(CourtsideApp(session_on(source)), steps)


@pytest.mark.parametrize(
    ("keys", "row"), [(("j",), 1), (("down", "down"), 2), (("G", "home"), 0), (("end", "k", "up"), -3)]
)
def test_vi_keys_and_arrows_move_the_cursor(source: Source, keys: tuple[str, ...], row: int) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("w", *keys)
        panel = panel_in_use(app)
        assert panel.cursor == (row if row >= 0 else panel.table.count + row)

    drive(CourtsideApp(session_on(source)), steps)


def test_every_action_of_the_application_has_a_handler_and_none_is_left_over() -> None:
    assert set(HANDLERS) == {action.id for action in ACTIONS if action.on == "app" and action.id != "palette"}


@pytest.mark.parametrize(("widget", "on"), [(LinesView, "list"), (FindingsPanel, "findings")])
def test_the_keymap_knows_the_keys_of_the_widgets(widget: type[LinesView], on: str) -> None:
    theirs = {(b.id, b.key) for b in widget.BINDINGS if isinstance(b, Binding)}
    assert theirs == {(action.id, action.keys) for action in ACTIONS if action.on == on}


def test_no_two_actions_share_a_key() -> None:
    assert refusals({}) == []


def test_a_remapped_key_works_and_the_old_one_does_not(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("w")
        assert isinstance(app.screen, Overview)
        await pilot.press("W")
        await pilot.pause()
        assert spec_id(app) == "why"

    drive(CourtsideApp(session_on(source, keys={"why": "W"})), steps)


def test_help_and_key_bar_show_the_keys_as_they_are_remapped(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert " ! requeue" in keybar_text(app)
        await pilot.press("question_mark", "slash", *"requeue:")
        await pilot.pause()
        assert "!" in screen_text(app)

    drive(CourtsideApp(session_on(source, keys={"requeue": "!"})), steps)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"requeu": "r"}, "keys.requeu: there is no such action"),
        ({"requeue": ""}, "keys.requeue: no key is given"),
        ({"requeue": "q"}, "keys.requeue: q is the key of quit already"),
        ({"why": "?"}, "keys.why: ? is the key of help already"),
        ({"list.open": "w"}, "keys.list.open: w is the key of why already"),
    ],
)
def test_keys_that_cannot_be_are_refused_in_a_sentence(keys: dict[str, str], says: str) -> None:
    (said,) = refusals(keys)
    assert said.startswith(says)


def test_two_actions_may_exchange_their_keys() -> None:
    assert refusals({"requeue": "q", "quit": "r"}) == []


def test_keys_are_written_as_people_write_them() -> None:
    assert labels_of(BY_ID["help"], {}) == "?"
    assert labels_of(BY_ID["palette"], {}) == "Ctrl+p :"
    assert keys_of(BY_ID["help"], {"help": "?, f1"}) == ("question_mark", "f1")


def test_the_key_bar_offers_a_way_back_only_where_there_is_one(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "Esc back" not in keybar_text(app)
        assert "? help" in keybar_text(app)
        await pilot.press("w")
        await pilot.pause()
        assert "Esc back" in keybar_text(app)

    drive(CourtsideApp(session_on(source)), steps, size=(80, 24))


def test_the_palette_finds_actions_by_some_of_their_letters(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("colon", *"rootcaus")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: spec_id(app) == "why", "the palette ran nothing")

    drive(CourtsideApp(session_on(source)), steps)


def test_enter_on_a_row_with_nothing_behind_it_says_so(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("w", "enter")
        await until(pilot, lambda: "nothing behind" in keybar_text(app), "nothing was said")

    drive(CourtsideApp(session_on(source)), steps)


def test_a_preview_closes_with_esc_and_gives_the_panel_back(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog), "no preview")
        assert "applying is not available" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert panel_in_use(app).has_focus

    drive(CourtsideApp(session_on(source)), steps)


def test_scope_follows_the_session(source: Source) -> None:
    assert CourtsideApp(session_on(source, days=3)).scope() == Scope.at(MOMENT, days=3)
