"""Whether anything may be changed: what the settings say, and what is safe where they say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.settings import Settings

DEMO_IS_READ_ONLY = (
    "the demo is read-only: it tells the same story to everybody on this machine; "
    "act on a copy of it with `courtside demo --armed`, or give a warehouse of your own"
)
PRODUCTION_IS_READ_ONLY = (
    "read-only, as production is until the settings say otherwise: `read_only = false`, or COURTSIDE_READ_ONLY=false"
)
ON_A_COPY = (
    "this is a throw-away copy of the demo: what you do changes it and nothing else, nobody is told, no processor is called, "
    "and it is gone when you leave"
)
NOTHING_IS_POSTED = "nothing is posted from a copy of the demo: give a warehouse of your own to post from"


def why_read_only(settings: Settings, *, is_production: bool) -> str:
    """Return why nothing may be changed under these settings, or ""."""
    if settings.is_demo:
        return DEMO_IS_READ_ONLY
    if settings.read_only is None:
        return PRODUCTION_IS_READ_ONLY if is_production else ""
    return as_settings_say(settings)


def as_settings_say(settings: Settings) -> str:
    """Return why nothing may be changed where somebody has set so, not even what concerns this machine alone, or ""."""
    return (
        f"read-only, as the settings say (read_only, {settings.source_of('read_only')})" if settings.read_only else ""
    )


def unkept(trouble: object) -> str:
    """Return why nothing is done while the journal cannot keep it; `trouble` is what is the matter with it."""
    why = trouble
    if isinstance(trouble, OSError) and trouble.strerror:
        why = f"{trouble.filename}: {trouble.strerror}" if trouble.filename else trouble.strerror
    return f"nothing can be done that is not in the journal: {why}"
