"""What each action of the keymap does. Imported with the first key, so that opening the console pays for none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from screens import acting, choosing, navigation, replay
from screens.deeds import DEEDS

if TYPE_CHECKING:
    from screens.app import CourtsideApp

Handler = Callable[["CourtsideApp"], object]


def _refresh(app: CourtsideApp) -> None:
    app.refresh_all()
    panel = navigation.active_panel(app)
    if panel is not None and panel.spec.again is not None:
        panel.spec.again()
    app.say("refreshing everything")


def _quit(app: CourtsideApp) -> None:
    app.exit()


HANDLERS: Mapping[str, Handler] = {
    "help": navigation.open_help,
    "back": navigation.back,
    "why": navigation.open_why,
    "gates": navigation.open_gates,
    "run_checks": navigation.open_check_run,
    "timeline": partial(navigation.open_named, name="timeline"),
    "operations": partial(navigation.open_named, name="operations"),
    "checklist": partial(navigation.open_named, name="checklist"),
    "audit": partial(navigation.open_named, name="audit"),
    "doctor": partial(navigation.open_named, name="doctor"),
    "maximise": navigation.maximise,
    "next_panel": partial(navigation.move_focus, by=1),
    "previous_panel": partial(navigation.move_focus, by=-1),
    **{f"panel.{n}": partial(navigation.focus_panel, number=n) for n in range(1, 7)},
    "filter": choosing.open_filter,
    "sort": choosing.next_sort,
    "theme": choosing.change_theme,
    "copy": choosing.copy_row,
    **{name: partial(acting.act, name=name) for name in DEEDS},
    "rest": acting.show_rest,
    "summary": acting.show_summary,
    "go_to_time": replay.ask_moment,
    "earlier_date": partial(replay.shift_date, by=-1),
    "later_date": partial(replay.shift_date, by=1),
    "step_back": partial(replay.step, steps=-1),
    "step_on": partial(replay.step, steps=1),
    "play": replay.play,
    "speed": replay.faster,
    "refresh": _refresh,
    "pause": replay.pause,
    "quit": _quit,
}
"""By action id; what lists do with their own keys is theirs."""
