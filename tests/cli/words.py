"""The command line on a warehouse of its own in which much is wrong, with an operator whose clock is set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.builders import at
from tests.cli.conftest import Courtside, Result

NOW = at("2026-01-25T18:00:20")
"""The morning after the January week's last games, in which much is wrong."""


@dataclass
class Operator:
    """Somebody at a terminal; all share the warehouse's file."""

    courtside: Courtside
    file: Path
    now: datetime = NOW

    def __call__(self, *words: str, **how: Any) -> Result:
        return self.courtside(*words, "--warehouse", str(self.file), now=self.now, **{"width": 200, **how})

    def document(self, *words: str, **how: Any) -> Any:
        return self(*words, "--json", **how).document

    def said(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def drop(self, table: str) -> None:
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"DROP TABLE nba_orchestration.{table}")
