"""Going deeper and coming back: panels, detail screens, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.detail.detail import Detail
from screens.overview import Overview
from screens.panels.lines_view import LinesView
from screens.panels.panel import Panel, Spec
from screens.table import Target

if TYPE_CHECKING:
    from screens.app import CourtsideApp


def active_panel(app: CourtsideApp) -> Panel | None:
    """Return the panel that keys are about: the one in use, also while a prompt or nothing has the focus."""
    screen = app.screen
    if isinstance(screen, Overview):
        return screen.current
    return next(iter(screen.query(Panel)), None)


def open_spec(app: CourtsideApp, spec: Spec) -> None:
    """Open a detail screen."""
    app.push_screen(Detail(spec))


def open_target(app: CourtsideApp, target: Target | None) -> None:
    """Open what a row is about."""
    from screens.detail.registry import DETAILS  # noqa: PLC0415  # has all detail screens, which opening needs none of

    if target is None:
        app.say("there is nothing behind this row")
    elif opener := DETAILS.get(target.screen):
        open_spec(app, opener(target, app.session))
    else:
        app.say(f"there is no screen for a {target.screen}")


def open_named(app: CourtsideApp, name: str) -> None:
    """Open a screen that is about the console as a whole, unless it is open."""
    if not _is_open(app, name):
        open_target(app, Target(name, ""))


def open_why(app: CourtsideApp) -> None:
    """Open the root causes in full."""
    from screens.detail.why import why_spec  # noqa: PLC0415  # not before the key

    if not _is_open(app, "why"):
        open_spec(app, why_spec(Target("why", ""), app.session))


def open_gates(app: CourtsideApp) -> None:
    """Open the gates of the dates."""
    from screens.detail.gates import gates_spec  # noqa: PLC0415  # not before the key

    if not _is_open(app, "gates"):
        open_spec(app, gates_spec(Target("gates", ""), app.session))


def open_help(app: CourtsideApp) -> None:
    """Open the help, with the keys of the widget in use."""
    from screens.detail.help import help_spec, own_keys  # noqa: PLC0415  # not before the key

    if not _is_open(app, "help"):
        open_spec(app, help_spec(app.session, own_keys(app.screen)))


def open_check_run(app: CourtsideApp) -> None:
    """Run the checks, with progress; earlier runs of this session are kept."""
    from screens.detail.check_run import CheckRunScreen, Runs  # noqa: PLC0415  # not before the key

    app.runs = app.runs or Runs()
    app.push_screen(CheckRunScreen(app.session, app.scope(), app.runs))


def _is_open(app: CourtsideApp, name: str) -> bool:
    return isinstance(app.screen, Detail) and app.screen.spec.id == name


def back(app: CourtsideApp) -> None:
    """Clear the panel's filter; else restore a maximised panel; else go back a screen."""
    panel, screen = active_panel(app), app.screen
    if panel is not None and panel.options.filter:
        panel.set_options(filter="")
    elif isinstance(screen, Overview):
        screen.maximise(maximised=False)
    else:
        app.pop_screen()


def maximise(app: CourtsideApp) -> None:
    """Give the panel in use all the room, or restore the others; a detail screen has it all already."""
    if isinstance(app.screen, Overview):
        app.screen.maximise(maximised=not app.screen.board.is_maximised)


def focus_panel(app: CourtsideApp, number: int) -> None:
    """Use a panel by its number; from any other screen, back on the overview."""
    if isinstance(app.screen_stack[0], Overview) and number <= len(app.screen_stack[0].panels):
        overview = app.screen_stack[0]
        while len(app.screen_stack) > 1:
            app.pop_screen()
        overview.use(overview.panels[number - 1])


def move_focus(app: CourtsideApp, by: int) -> None:
    """Use the next panel, or the one before; also one that had no room."""
    if isinstance(app.screen, Overview):
        panels = app.screen.panels
        app.screen.use(panels[(panels.index(app.screen.current) + by) % len(panels)])


def focus_again(app: CourtsideApp) -> None:
    """Give the focus back to the panel in use."""
    panel: LinesView | None = active_panel(app)
    if panel is not None:
        panel.focus(scroll_visible=False)
