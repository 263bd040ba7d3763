"""The keys that act: each shows exactly what it would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events

from checks.model import Subject
from screens.dialogs.preview import PreviewDialog
from screens.navigation import active_panel
from screens.ports import Look, Preview, Rehearsal

if TYPE_CHECKING:
    from screens.app import CourtsideApp


def rehearse(app: CourtsideApp, name: str) -> None:
    """Show what an action would do to the selected rows, or to the one under the cursor."""
    panel = active_panel(app)
    look = panel.look if panel is not None else None
    if panel is None or look is None:
        app.say("nothing is loaded yet, so there is nothing to act on")
        return
    subjects = tuple(dict.fromkeys(item.subject for item in panel.chosen() if item.subject is not None))
    if not subjects and name != "summary":
        app.say(f"nothing to {name} here: stand on a row about a game, a queue entry or a finding")
        return
    app.in_background(partial(_ask, app, partial(_preview, app.session.rehearsal, name, subjects, look)))


def _preview(rehearsal: Rehearsal, name: str, subjects: Sequence[Subject], look: Look) -> Preview:
    if name == "summary":
        return rehearsal.summary(look)
    by_name = {"requeue": rehearsal.requeue, "acknowledge": rehearsal.acknowledge, "silence": rehearsal.silence}
    return by_name[name](subjects, look)


def _ask(app: CourtsideApp, preview_of: Callable[[], Preview]) -> None:
    """Make the preview in the thread and show it in the screen's."""
    preview = preview_of()
    app.post_message(events.Callback(callback=partial(show, app, preview)))


def show(app: CourtsideApp, preview: Preview) -> None:
    """Show a preview, unless one is open."""
    if not isinstance(app.screen, PreviewDialog):
        app.push_screen(PreviewDialog(preview, app.session))
