"""How a panel is shown, what is copied from it, and the theme."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from screens.lines import text_of
from screens.navigation import active_panel, focus_again
from screens.table import Item
from screens.text.report import brief_lines
from screens.themes import next_theme, styles_of

if TYPE_CHECKING:
    from screens.app import CourtsideApp
    from screens.ports import Look

_WIDE = 10_000
"""Columns for text that is copied, which nobody wraps."""


def open_filter(app: CourtsideApp) -> Awaitable[None] | None:
    """Open the line that filters the panel in use; it takes the next key when what is returned has been waited for."""
    from screens.dialogs.filter_line import FilterLine  # noqa: PLC0415  # a field to type in is not needed before

    panel = active_panel(app)
    if panel is None:
        app.say("there is nothing to filter here")
    elif not app.screen.query(FilterLine):
        return app.screen.mount(FilterLine(panel, partial(focus_again, app), plain=app.session.ascii))
    return None


def next_sort(app: CourtsideApp) -> None:
    """Sort the panel in use by its next column; after the last by its own order."""
    panel = active_panel(app)
    columns = panel.table.columns if panel is not None else ()
    if panel is None or not columns:
        app.say(f"{panel.spec.title if panel is not None else 'this'} has one order only")
        return
    orders = ("", *columns)
    at = orders.index(panel.options.sort) if panel.options.sort in orders else 0
    panel.set_options(sort=orders[(at + 1) % len(orders)])
    app.say("")  # that another panel cannot be sorted is no word about this one


def change_theme(app: CourtsideApp) -> None:
    """Show the next theme and remember it."""
    if not app.session.color:
        app.say("no colours were asked for (NO_COLOR), so there is one theme only")
        return
    name = app.theme_name = next_theme(app.theme_name)
    app.dress(styles_of(name, color=True))
    app.in_background(partial(app.session.memory.prefer, "theme", name))
    app.say(f"theme: {name}")


def copy_row(app: CourtsideApp) -> None:
    """Copy the row, or the finding that it stands for, to the clipboard of the terminal (OSC 52)."""
    panel = active_panel(app)
    item = panel.current if panel is not None else None
    if panel is None or item is None:
        app.say("there is no row to copy")
        return
    app.copy_to_clipboard(_text(item, panel.look))
    app.say("copied, where the terminal allows it")


def _text(item: Item, look: Look | None) -> str:
    """Return what is copied: a finding in a sentence, anything else as its line stands."""
    wanted = item.target.name if item.target is not None and item.target.screen == "finding" else ""
    for finding in look.report.findings if look is not None and wanted else ():
        if finding.fingerprint == wanted:
            return " ".join(text_of(spans) for spans in brief_lines(finding, _WIDE)).strip()
    return text_of(item.line).strip()
