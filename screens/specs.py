"""The panels there are: number, title, view, checks and cadence. A new panel is one line here and its place on the board.

A view is imported when there is something to show, so that the first frame comes before it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from screens.panels.panel import Spec
from screens.views.needs import FUNNEL_CHECKS, GAMES_CHECKS, GAPS_CHECKS, QUEUE_CHECKS, TRANSITIONS_CHECKS

if TYPE_CHECKING:
    from checks.model import Scope
    from checks.policy import Policy
    from screens.ports import Look
    from screens.table import Table
    from screens.views.options import Options, View


def _spec(name: str, key: str, title: str, checks: tuple[str, ...], cadence: float) -> Spec:
    """Return the spec of the panel whose view is `<name>_view` in the module of that name."""

    def view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
        module = import_module(f"screens.views.{name}")
        return cast("View", getattr(module, f"{name}_view"))(look, scope, policy, options)

    return Spec(name, key, title, view, checks, cadence)


def preload() -> None:
    """Import all views now, so that nothing has to be imported when there is something to show."""
    for spec in PANELS:
        import_module(f"screens.views.{spec.id}")


PANELS: tuple[Spec, ...] = (
    _spec("findings", "1", "Findings", (), 60.0),
    _spec("transitions", "2", "Phase transitions", TRANSITIONS_CHECKS, 60.0),
    _spec("gaps", "3", "Orchestration gaps", GAPS_CHECKS, 30.0),
    _spec("funnel", "4", "Reconciliation", FUNNEL_CHECKS, 120.0),
    _spec("games", "5", "Games", GAMES_CHECKS, 120.0),
    _spec("queue", "6", "Retry queue", QUEUE_CHECKS, 30.0),
)
"""Cadences are in seconds: what changes by the hour is asked by the half minute, what changes by the game less often."""
