"""Whether anything may be changed: what the settings say, and what is safe where they say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.settings import Settings

DEMO_IS_READ_ONLY = (
    "the demo is read-only: it tells the same story to everybody on this machine; "
    "give a warehouse of your own to act on"
)
PRODUCTION_IS_READ_ONLY = (
    "read-only, as production is until the settings say otherwise: `read_only = false`, or COURTSIDE_READ_ONLY=false"
)


def why_read_only(settings: Settings, *, is_production: bool) -> str:
    """Return why nothing may be changed under these settings, or ""."""
    if settings.is_demo:
        return DEMO_IS_READ_ONLY
    if settings.read_only is None:
        return PRODUCTION_IS_READ_ONLY if is_production else ""
    return (
        f"read-only, as the settings say (read_only, {settings.source_of('read_only')})" if settings.read_only else ""
    )
