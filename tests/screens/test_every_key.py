"""Every action of the keymap, pressed on every screen: nothing breaks, and what can be seen is what it says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot

from checks.model import Scope
from console.desk import Desk
from screens import navigation, replay
from screens.app import CourtsideApp
from screens.detail.check_run import CheckRunScreen
from screens.detail.detail import Detail
from screens.dialogs.filter_line import FilterLine
from screens.dialogs.go_to import GoTo
from screens.keymap import ACTIONS, Action, keys_of
from screens.overview import Overview
from screens.panels.findings_panel import FindingsPanel
from screens.panels.lines_view import LinesView
from screens.table import Target
from tests.builders import at
from tests.screens.stubs import Source, drive, keybar_text, loaded, session_on, until

MOMENT = at("2026-01-25T16:00")
"""The queue's row is there, the game of the 24th is known to be not played, the silence is over."""
GAME_DATE = date(2026, 1, 24)


@pytest.fixture(scope="module")
def sunday(desk: Desk) -> Source:
    return Source(desk.look(Scope.at(MOMENT)))


def target(screen: str, name: str = "", day: date | None = None) -> Callable[[CourtsideApp], None]:
    return lambda app: navigation.open_target(app, Target(screen, name, day))


def open_finding(app: CourtsideApp) -> None:
    assert app.standing.latest is not None
    assert app.standing.latest.look is not None
    (gap, *_) = (f for f in app.standing.latest.look.report.findings if f.check == "orchestration.gap")
    navigation.open_target(app, Target("finding", gap.fingerprint))


OPENED: Mapping[str, Callable[[CourtsideApp], None]] = {
    "overview": lambda _: None,
    "date": target("date", GAME_DATE.isoformat(), GAME_DATE),
    "doctor": target("doctor"),
    "finding": open_finding,
    "game": target("game", "GSW@MIN", GAME_DATE),
    "gates": navigation.open_gates,
    "help": navigation.open_help,
    "operations": target("operations"),
    "queue": target("queue"),
    "run_checks": navigation.open_check_run,
    "timeline": target("timeline"),
    "why": navigation.open_why,
    "workflow": target("workflow", "betting_lines"),
}


def name_of(app: CourtsideApp) -> str:
    """Return the name of the screen at the top, as OPENED has it."""
    screen = app.screen
    if isinstance(screen, Detail):
        return screen.spec.id
    return {Overview: "overview", CheckRunScreen: "run_checks"}.get(type(screen), type(screen).__name__)


def list_of(app: CourtsideApp) -> LinesView:
    """Return the list in use."""
    if isinstance(app.screen, Overview):
        return app.screen.current
    return next(iter(app.screen.query(LinesView)), LinesView())


@dataclass(frozen=True)
class Seen:
    """What keys change."""

    screen: str
    depth: int
    panel: str
    cursor: int
    count: int
    selected: frozenset[str]
    unfolded: frozenset[str]
    sort: str
    maximised: bool
    focused: str
    theme: str
    moment: datetime
    last_date: date | None
    step: int
    playing: bool
    paused: bool
    runs: int
    clipboard: str
    said: str


def look_at(app: CourtsideApp) -> Seen:
    view, board = list_of(app), app.screen_stack[0]
    assert isinstance(board, Overview)
    return Seen(
        screen=name_of(app),
        depth=len(app.screen_stack),
        panel=board.current.spec.key,
        cursor=view.cursor,
        count=view.table.count,
        selected=view.selected,
        unfolded=view.unfolded if isinstance(view, FindingsPanel) else frozenset(),
        sort=getattr(getattr(view, "options", None), "sort", ""),
        maximised=board.board.is_maximised,
        focused=str(app.screen.focused and app.screen.focused.id),
        theme=app.theme_name,
        moment=app.moment.now(),
        last_date=app.last_date,
        step=app.moment.step_minutes,
        playing=app.moment.playing,
        paused=app.pause.by_hand,
        runs=app.runs.count if app.runs else 0,
        clipboard=app.clipboard,
        said=keybar_text(app) if app.screen.query("#keybar") else "",
    )


Effect = Callable[[Seen, CourtsideApp], bool]


def changes(**wanted: object) -> Effect:
    """Say that these are so afterwards."""
    return lambda _, app: all(getattr(look_at(app), name) == value for name, value in wanted.items())


def moves(place: Callable[[Seen], int]) -> Effect:
    return lambda before, app: look_at(app).cursor == min(max(place(before), 0), max(before.count - 1, 0))


def says(words: str) -> Effect:
    return lambda _, app: words in keybar_text(app)


def either(*effects: Effect) -> Effect:
    return lambda before, app: any(effect(before, app) for effect in effects)


def nothing(before: Seen, app: CourtsideApp) -> bool:
    """Say that all is as before."""
    return look_at(app) == before


def opens_or_says(before: Seen, app: CourtsideApp) -> bool:
    return len(app.screen_stack) > before.depth or "nothing behind" in keybar_text(app) or before.count == 0


def selects(before: Seen, app: CourtsideApp) -> bool:
    return before.count == 0 or len(look_at(app).selected) == 1


def toggles(before: Seen, app: CourtsideApp) -> bool:
    return look_at(app).unfolded != before.unfolded


def prompts(kind: type[FilterLine | GoTo]) -> Effect:
    return lambda _, app: len(app.screen.query(kind)) == 1 and app.screen.focused is app.screen.query_one(kind).field


PREVIEW = changes(screen="PreviewDialog")

EFFECTS: Mapping[str, Effect] = {
    "help": changes(screen="help"),
    "back": changes(screen="overview", depth=1),
    "list.open": opens_or_says,
    "list.down": moves(lambda before: before.cursor + 1),
    "list.up": moves(lambda before: before.cursor - 1),
    "list.page_down": lambda before, app: look_at(app).cursor > before.cursor or before.cursor >= before.count - 1,
    "list.page_up": lambda before, app: look_at(app).cursor < before.cursor or before.cursor == 0,
    "list.first": moves(lambda _: 0),
    "list.last": moves(lambda before: before.count - 1),
    "list.select": selects,
    **dict.fromkeys(("findings.fold", "findings.unfold", "findings.fold_here", "findings.fold_all"), nothing),
    "why": changes(screen="why"),
    "filter": prompts(FilterLine),
    "requeue": either(PREVIEW, says("nothing to requeue here")),
    "run_checks": changes(screen="run_checks"),
    "acknowledge": either(PREVIEW, says("nothing to acknowledge here")),
    "silence": either(PREVIEW, says("nothing to silence here")),
    "summary": PREVIEW,
    "gates": changes(screen="gates"),
    "timeline": changes(screen="timeline"),
    "operations": changes(screen="operations"),
    "doctor": changes(screen="doctor"),
    "sort": either(lambda before, app: look_at(app).sort != before.sort, says("one order only")),
    "maximise": nothing,
    "copy": either(lambda before, app: app.clipboard != before.clipboard, says("no row to copy")),
    "go_to_time": prompts(GoTo),
    "earlier_date": changes(last_date=date(2026, 1, 24)),
    "later_date": says("is the last date known at this moment"),
    "step_back": changes(moment=MOMENT - timedelta(minutes=15)),
    "step_on": changes(moment=MOMENT + timedelta(minutes=15)),
    "play": changes(playing=True),
    "speed": changes(step=60),
    "refresh": says("refreshing everything"),
    "pause": changes(paused=True),
    "next_panel": nothing,
    "previous_panel": nothing,
    **{f"panel.{n}": changes(screen="overview", depth=1, panel=str(n)) for n in range(1, 7)},
    "theme": lambda before, app: app.theme_name != before.theme,
    "palette": lambda _, app: isinstance(app.screen, CommandPalette) and app.screen.is_mounted,
}
"""What is seen after an action, on any screen that has no other."""

ELSEWHERE: Mapping[tuple[str, str], Effect] = {
    ("overview", "findings.fold"): toggles,
    ("overview", "findings.unfold"): toggles,
    ("overview", "findings.fold_all"): toggles,
    ("overview", "maximise"): changes(maximised=True),
    ("overview", "next_panel"): changes(panel="2", focused="transitions"),
    ("overview", "previous_panel"): changes(panel="6", focused="queue"),
    ("overview", "list.open"): changes(screen="finding"),
    **{("overview", name): PREVIEW for name in ("requeue", "acknowledge", "silence")},
    **{("queue", name): PREVIEW for name in ("requeue", "acknowledge", "silence")},
    ("queue", "sort"): lambda before, app: look_at(app).sort != before.sort,
    ("run_checks", "filter"): says("nothing to filter here"),
    ("run_checks", "sort"): says("one order only"),
    ("run_checks", "copy"): says("no row to copy"),
    ("run_checks", "run_checks"): lambda before, app: look_at(app).runs == before.runs + 1,
    ("run_checks", "next_panel"): changes(focused="runs"),
    ("run_checks", "previous_panel"): changes(focused="runs"),
    **{
        ("run_checks", name): says("nothing is loaded yet") for name in ("requeue", "acknowledge", "silence", "summary")
    },
}
"""By screen and action: what is seen there instead."""


def assert_sane(app: CourtsideApp, what: str) -> None:
    """The overview is at the bottom, and no screen that there is one of is open twice."""
    assert app.is_running, what
    assert isinstance(app.screen_stack[0], Overview), what
    names = [screen.spec.id for screen in app.screen_stack if isinstance(screen, Detail)]
    alone = [name for name in names if name not in {"date", "game", "finding", "workflow", "queue"}]
    assert len(alone) == len(set(alone)), f"{what}: {names}"


async def reached(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, without waiting until all is quiet; fails with `what` after five seconds."""
    give_up = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < give_up, what
        await asyncio.sleep(0.002)


async def stand_on(app: CourtsideApp, name: str) -> None:
    """Leave everything, and open a screen as it is when it is opened first, with the cursor on its second row."""
    for prompt in (*app.screen.query(FilterLine), *app.screen.query(GoTo)):
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
    await reached(lambda: not app.refresher.is_busy and not app.screen.query("FilterLine, GoTo"), "not at rest")
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

    drive(CourtsideApp(session_on(sunday, at=MOMENT)), steps)


@pytest.mark.parametrize("name", OPENED)
def test_quitting_ends_the_console_from_everywhere(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await stand_on(app, name)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(CourtsideApp(session_on(sunday, at=MOMENT)), steps)


OTHER_KEYS = [f"{held}f{n}" for held, n in product(("", "shift+", "ctrl+"), range(1, 25))]
REMAPPED = {action.id: key for action, key in zip(ACTIONS, OTHER_KEYS, strict=False)}


@pytest.mark.parametrize("name", ["overview", "queue", "run_checks"])
def test_every_action_can_have_another_key(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        for action in TRIED:
            await press_and_see(app, name, action)
        await stand_on(app, name)
        await pilot.press(REMAPPED["quit"])
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(CourtsideApp(session_on(sunday, at=MOMENT, keys=REMAPPED)), steps)


@pytest.mark.parametrize("name", ["overview", "queue", "run_checks"])
def test_a_key_that_was_given_up_does_nothing(sunday: Source, name: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await stand_on(app, name)
        before = look_at(app)
        for key in (key for action in ACTIONS for key in keys_of(action, {})):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert look_at(app) == before

    drive(CourtsideApp(session_on(sunday, at=MOMENT, keys=REMAPPED)), steps)
