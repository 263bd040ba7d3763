"""Which kind of warehouse the settings name; everything that is not known to be harmless is production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.session import Environment

if TYPE_CHECKING:
    from console.settings import Settings


def environment_of(settings: Settings) -> Environment:
    """Return the badge of the warehouse; a name that cannot be read is production too."""
    if settings.is_demo:
        return Environment.DEMO
    if "://" not in settings.warehouse:
        return Environment.EMBEDDED
    from console.warehouse.bigquery.target import parse_target  # noqa: PLC0415  # an embedded warehouse has no target
    from console.warehouse.protocol import WarehouseError  # noqa: PLC0415

    try:
        return Environment.STAGING if parse_target(settings.warehouse).is_staging else Environment.PRODUCTION
    # courtside: ignore[silent_exceptions] what cannot be told is treated as production, the careful side
    except WarehouseError:
        return Environment.PRODUCTION
