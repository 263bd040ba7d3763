"""What a scope must say so that the commands which its report offers look at the same warehouse and the same moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from console.first_view import moment_shown
from console.settings import DEMO_INSTEAD

if TYPE_CHECKING:
    from checks.model import Scope
    from console.settings import Settings


def place_to_name(settings: Settings) -> str:
    """Return the warehouse as commands must name it; "" where they read it anyway, because it is the configured one."""
    sources = {setting.source for setting in settings.chosen if setting.name == "warehouse"}
    return settings.warehouse if sources & {"command line", DEMO_INSTEAD} else ""


def scope_of(settings: Settings, scope: Scope, at: datetime | None) -> Scope:
    """Return a scope that knows its place, and whether its moment, `at` (aware UTC), was chosen."""
    is_chosen = at is not None and at != moment_shown(settings, None)
    return replace(scope, place=place_to_name(settings), is_chosen=is_chosen)
