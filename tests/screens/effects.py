"""What is seen after each action of the keymap, on each screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from textual.command import CommandPalette

from screens.app import CourtsideApp
from screens.dialogs.filter_line import FilterLine
from screens.dialogs.go_to import GoTo
from screens.dialogs.questions import Questions
from screens.overview import Overview
from screens.panels.findings_panel import FindingsPanel
from tests.builders import at
from tests.screens.opened import list_of, name_of
from tests.screens.stubs import keybar_text

MOMENT = at("2026-01-25T16:00")
"""The queue's row is there, the game of the 24th is known to be not played, the silence is over."""


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


def prompts(kind: type[FilterLine | Questions]) -> Effect:
    return lambda _, app: len(app.screen.query(kind)) == 1 and app.screen.focused is app.screen.query_one(kind).field


PREVIEW = changes(screen="PreviewDialog")
ASKS = prompts(Questions)
AT_ONCE = ("requeue", "acknowledge", "withdraw")
ON_ROWS = ("cancel", "retry")
"""What is planned at once, on whatever a row is about, and on rows of the queue."""
ASKED = ("silence",)
ASKED_ON_ROWS = ("resolve", "hold")
ASKED_ON_GATES = ("gate_hold", "gate_release")
"""What asks for a time or a reason first."""

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
    **{name: either(PREVIEW, says(f"nothing to {name} here")) for name in (*AT_ONCE, *ON_ROWS)},
    **{name: either(ASKS, says(f"nothing to {name} here")) for name in (*ASKED, *ASKED_ON_ROWS)},
    **{name: either(ASKS, says(f"nothing to {name[5:]} here")) for name in ASKED_ON_GATES},
    "rest": says("nothing to go on with here"),
    "run_checks": changes(screen="run_checks"),
    "summary": PREVIEW,
    "gates": changes(screen="gates"),
    "timeline": changes(screen="timeline"),
    "operations": changes(screen="operations"),
    "checklist": changes(screen="checklist"),
    "audit": changes(screen="audit"),
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
    ("audit", "list.open"): changes(screen="code"),
    **{("overview", name): PREVIEW for name in AT_ONCE},
    **{("overview", name): ASKS for name in ASKED},
    **{("queue", name): PREVIEW for name in (*AT_ONCE, *ON_ROWS)},
    **{("queue", name): ASKS for name in (*ASKED, *ASKED_ON_ROWS)},
    **{("gates", name): ASKS for name in ASKED_ON_GATES},
    ("queue", "sort"): lambda before, app: look_at(app).sort != before.sort,
    ("run_checks", "filter"): says("nothing to filter here"),
    ("run_checks", "sort"): says("one order only"),
    ("run_checks", "copy"): says("no row to copy"),
    ("run_checks", "run_checks"): lambda before, app: look_at(app).runs == before.runs + 1,
    ("run_checks", "next_panel"): changes(focused="runs"),
    ("run_checks", "previous_panel"): changes(focused="runs"),
    **{
        ("run_checks", name): says("nothing is loaded yet")
        for name in (*AT_ONCE, *ON_ROWS, *ASKED, *ASKED_ON_ROWS, *ASKED_ON_GATES, "summary")
    },
}
"""By screen and action: what is seen there instead."""
