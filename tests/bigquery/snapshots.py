"""Command lines that take snapshots of the double, and ways to look at what came of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from console.cli.app import run
from console.cli.shell import Shell
from console.desk import open_desk
from console.settings import Homes
from console.warehouse.snapshot.plan import table_reads
from tests.bigquery_double import BigQueryDouble
from tests.builders import at
from tests.cli.conftest import Result

NOW = at("2026-01-26T07:00")
END = "2026-01-26T06:00Z"
BEGIN = "2026-01-19T05:00Z"
DAYS = ("--days", "8", "--at", END)
TABLES = len(table_reads())


@dataclass
class Console:
    """Runs command lines against the double, or against a file."""

    home: Path
    project: str
    now: datetime = NOW

    def __call__(self, *arguments: str, has_keyboard: bool = False, err: io.StringIO | None = None) -> Result:
        out, err = io.StringIO(), err or io.StringIO()
        shell = Shell(
            out=out,
            err=err,
            environment={},
            now=lambda: self.now,
            homes=lambda: Homes(self.home, self.home, self.home),
            open_desk=open_desk,
            has_keyboard=has_keyboard,
        )
        return Result(run(arguments, shell), out.getvalue(), err.getvalue())

    def snapshot(self, file: Path, *arguments: str, **options: Any) -> Result:
        place = f"bigquery://{self.project}"
        return self("snapshot", "--warehouse", place, "-o", str(file), *(arguments or (*DAYS, "--yes")), **options)


def copies(double: BigQueryDouble) -> list[str]:
    """Return the tables that were read, in order; dry runs read nothing."""
    return [query.tables[0] for query in double.queries if not query.is_dry_run and not query.error]


def rows_of(file: Path, sql: str) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()
