"""What a console shows when it opens: which moment, and how many game dates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.model import Scope
    from console.settings import Settings

DEFAULT_DAYS = 2
"""Tonight's games, and last night's, whose box scores and grading are due now."""
DEMO_DAYS = 6
"""The demo shows the dates from the first of its week to the day the outage was found."""


def moment_shown(settings: Settings, at: datetime | None) -> datetime | None:
    """Return the fixed moment to show (aware UTC), None for now; the demo has the moment that its story is told from."""
    if at is None and settings.is_demo:
        from console.warehouse.demo import DEMO_AS_OF  # noqa: PLC0415  # only the demo needs it

        return DEMO_AS_OF
    return at


def days_shown(settings: Settings) -> int:
    """Return how many game dates to show."""
    return settings.days or (DEMO_DAYS if settings.is_demo else DEFAULT_DAYS)


def first_scope(settings: Settings, at: datetime | None, now: datetime) -> Scope:
    """Return what the console looks at first."""
    from checks.model import Scope  # noqa: PLC0415  # the first frame needs no scope
    from console.aim import scope_of  # noqa: PLC0415  # as above

    return scope_of(settings, Scope.at(moment_shown(settings, at) or now, days=days_shown(settings)), at)
