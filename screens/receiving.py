"""Hands what a refresh brought to the panels that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.model import Scope
from checks.policy import Policy
from screens.detail.detail import Detail
from screens.feed import Feed, Loaded
from screens.overview import FULL, Overview
from screens.panels.panel import Panel
from screens.specs import PANELS
from screens.unloaded import Unloaded

if TYPE_CHECKING:
    from screens.app import CourtsideApp
    from screens.spending import Spending


def feeds(now: float) -> list[Feed]:
    """Return the overview's feeds; only the full report is due at once, for it fills the other panels too."""
    return [
        Feed(
            spec.id,
            spec.checks,
            spec.cadence,
            now if spec.id == FULL else now + spec.cadence,
            scope_of=spec.scope_of,
        )
        for spec in PANELS
    ]


def receive(app: CourtsideApp, message: Loaded) -> None:
    """Show what came back on every panel that it serves."""
    if not app.refresher.ended(message):
        return
    full = message.feed == FULL
    before = app.standing.spending
    app.standing.note(message, full=full)
    panels = _served(app, message)
    for panel in panels:
        if message.look is None or message.policy is None:
            panel.fail(message.reason)
        else:
            panel.update_look(message.look, message.scope, message.policy)
    if full and message.look is not None:
        names = {panel.spec.id for panel in panels}
        app.refresher.put_off([feed for name, feed in app.refresher.feeds.items() if name in names and name != FULL])
    app.show_header()
    _tell_pace(app, before)


def _tell_pace(app: CourtsideApp, before: Spending | None) -> None:
    """Say that the budget changes how refreshing goes on, where it does: who plays the past is never slowed."""
    spending = app.standing.spending
    if spending is not None and app.moment.is_live and (notice := spending.notice(before, app.session.clock())):
        app.say(notice)


def _served(app: CourtsideApp, message: Loaded) -> list[Panel]:
    """Return the panels that a message is for; what the full report fails on, all panels fail on."""
    full = message.feed == FULL
    panels: list[Panel] = []
    for screen in app.screen_stack:
        if isinstance(screen, Overview):
            panels += [
                panel for panel in screen.panels if panel.spec.id == message.feed or (full and _fits(panel, app))
            ]
        elif isinstance(screen, Detail) and (screen.feed == message.feed or (full and not screen.feed)):
            panels += screen.query(Panel)  # none yet while the screen is being opened, which fills it itself
    return panels


def _fits(panel: Panel, app: CourtsideApp) -> bool:
    """Return whether a panel is about what the console is about, so that the full report's facts are its facts."""
    scope = app.scope()
    return panel.spec.scope_of(scope) == scope


def fill(app: CourtsideApp, detail: Detail) -> None:
    """Show on a detail screen what the full report knows of it; nothing where the screen is about other dates."""
    latest = app.standing.latest
    scope: Scope = detail.spec.scope_of(app.scope())
    if latest is not None and latest.look is not None and latest.policy is not None:
        if not detail.feed or scope == latest.scope:
            detail.panel.update_look(latest.look, latest.scope, latest.policy)
    elif not detail.feed:
        known = Unloaded(app.recalled.report) if app.recalled is not None else Unloaded.nothing(scope)
        detail.panel.update_look(known, known.report.scope, Policy())
