"""Opens the built demo for tests, and names days of its week."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb


def january(day: int) -> date:
    return date(2026, 1, day)


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


APPEARED = "TRY_CAST(replace(minutes, ':', '.') AS DOUBLE) > 0"
"""A box score's player who did play."""
