"""Every action of the keymap, pressed on every screen: nothing breaks, and what can be seen is what it says."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from textual import events
from textual.pilot import Pilot

from checks.model import Scope
from console.desk import Desk
from screens import navigation, replay
from screens.app import CourtsideApp
from screens.detail.detail import Detail
from screens.dialogs.filter_line import FilterLine
from screens.dialogs.questions import Questions
from screens.keymap import ACTIONS, Action, keys_of
from screens.overview import Overview
from screens.panels.findings_panel import FindingsPanel
from tests.screens.effects import EFFECTS, ELSEWHERE, MOMENT, look_at
from tests.screens.looks import with_gate_words
from tests.screens.opened import GAME_DATE, OPENED, list_of, name_of, reached
from tests.screens.stubs import Source, drive, loaded, session_on, until

SIZE = (80, 24)


@pytest.fixture(scope="module")
def sunday(desk: Desk) -> Source:
    return Source(
        with_gate_words(desk, desk.look(Scope.at(MOMENT, last=GAME_DATE, days=1, lookback=timedelta(hours=12))))
    )


def assert_sane(app: CourtsideApp, what: str) -> None:
    """The overview is at the bottom, and no screen that there is one of is open twice."""
    assert app.is_running, what
    assert isinstance(app.screen_stack[0], Overview), what
    names = [screen.spec.id for screen in app.screen_stack if isinstance(screen, Detail)]
    alone = [name for name in names if name not in {"date", "game", "finding", "workflow", "queue"}]
    assert len(alone) == len(set(alone)), f"{what}: {names}"


async def stand_on(app: CourtsideApp, name: str) -> None:
    """Leave everything, and open a screen as it is when it is opened first, with the cursor on its second row."""
    for prompt in (*app.screen.query(FilterLine), *app.screen.query(Questions)):
        prompt.close()
    navigation.focus_panel(app, 1)
    overview = app.screen
    assert isinstance(overview, Overview)
    overview.maximise(maximised=False)
    findings = overview.current
    assert isinstance(findings, FindingsPanel)
    findings.unfolded, findings.selected = frozenset(), frozenset()
    findings.set_options(filter="", sort="")
    app.pause.by_hand = False
    replay.go_to(app, MOMENT)
    app.moment = CourtsideApp(app.session).moment
    await reached(lambda: not app.refresher.is_busy and not app.screen.query("FilterLine, Questions"), "not at rest")
    OPENED[name](app)
    await reached(lambda: name_of(app) == name and app.screen.focused is not None, f"{name} does not open")
    await reached(lambda: not app.refresher.is_busy and list_of(app).size.width > 0, f"{name} is not loaded")
    list_of(app).cursor = min(1, max(list_of(app).table.count - 1, 0))
    app.say("")


async def press_and_see(app: CourtsideApp, name: str, action: Action) -> None:
    await stand_on(app, name)
    before, effect = look_at(app), ELSEWHERE.get((name, action.id), EFFECTS[action.id])
    app.post_message(events.Key(keys_of(action, app.session.keys)[0], None))  # the pilot would wait until all is quiet
    what = f"{action.id} on {name}"
    await reached(lambda: effect(before, app), f"{what} has no effect: {before}")
    await reached(lambda: app.screen.focused is not None, f"after {what} the next key has nowhere to go")
    assert_sane(app, what)


TRIED = tuple(action for action in ACTIONS if action.id != "quit")


@pytest.mark.parametrize("name", OPENED)
def test_every_key_does_what_it_says(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        for action in TRIED:
            await press_and_see(app, name, action)

    drive(CourtsideApp(session_on(sunday, at=MOMENT)), steps, size=SIZE)


@pytest.mark.parametrize("name", OPENED)
def test_quitting_ends_the_console_from_everywhere(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await stand_on(app, name)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(CourtsideApp(session_on(sunday, at=MOMENT)), steps, size=SIZE)


OTHER_KEYS = [f"{held}f{n}" for held, n in product(("", "shift+", "ctrl+"), range(1, 25))]
REMAPPED = {action.id: key for action, key in zip(ACTIONS, OTHER_KEYS, strict=False)}


@pytest.mark.parametrize("name", ["overview", "run_checks"])
def test_every_action_can_have_another_key(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        for action in TRIED:
            await press_and_see(app, name, action)
        await stand_on(app, name)
        await pilot.press(REMAPPED["quit"])
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(CourtsideApp(session_on(sunday, at=MOMENT, keys=REMAPPED)), steps, size=SIZE)


@pytest.mark.parametrize("name", ["overview", "run_checks"])
def test_a_key_that_was_given_up_does_nothing(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await stand_on(app, name)
        before = look_at(app)
        for key in (key for action in ACTIONS for key in keys_of(action, {})):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert look_at(app) == before

    drive(CourtsideApp(session_on(sunday, at=MOMENT, keys=REMAPPED)), steps, size=SIZE)


def test_word_of_a_focus_that_a_later_key_has_taken_on_changes_nothing(sunday: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        overview = app.screen
        assert isinstance(overview, Overview)
        overview.on_descendant_focus(events.DescendantFocus(overview.panel("transitions")))
        assert overview.current is overview.focused is overview.panel("findings")

    drive(CourtsideApp(session_on(sunday, at=MOMENT)), steps, size=SIZE)
