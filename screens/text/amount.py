"""Amounts for people: counted things, and bytes in the units of BigQuery's prices, powers of two under the names MB and GB."""

from __future__ import annotations

MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30
"""What BigQuery's prices and its 10 MB minimum mean by their units: powers of two."""


def gigabytes(count: int) -> str:
    """Return bytes as GB of 2^30: `0.23`, `1,234.50`."""
    return f"{count / GIBIBYTE:,.2f}"


def megabytes(count: int) -> str:
    """Return bytes as MB of 2^20: `240.0`, `1,234.5`."""
    return f"{count / MEBIBYTE:,.1f}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 row`, `1,234 rows`; `many` is for a plural without a mere s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
