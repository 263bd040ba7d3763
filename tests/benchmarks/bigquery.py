"""One report through the BigQuery double over a slow network, against the same report straight from the embedded file.

Every request is answered 150 ms late. The cost is measured once on the January week and then behind one, ten and a hundred
seasons of history: requests and bytes billed must not grow, and seconds only by what DuckDB, behind the double, takes.

Run by hand: `python -m tests.benchmarks.bigquery [seasons …]`.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import google.cloud.bigquery  # noqa: F401 - half a second of import, which is start-up's and measured there

from checks.model import Report, Scope
from checks.policy import Policy
from console.desk import Desk
from console.warehouse import clients
from console.warehouse.bigquery.cost import Meter
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.demo.build import build_demo
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse
from screens.text.amount import MEBIBYTE
from tests.benchmarks.seasons import GAMES_A_SEASON, build_seasons
from tests.benchmarks.table import print_table, say
from tests.bigquery_double import BigQueryDouble, Delay

AS_OF = datetime(2026, 1, 25, 12, tzinfo=UTC)
LAST = date(2026, 1, 24)
DELAY_SECONDS = 0.150
ROUNDS = 5
HEADER = ("warehouse", "requests", "MB read", "MB billed", "rows loaded", "seconds (least-most)")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one report came to; bytes and requests are None where there are none."""

    seconds: float
    rows: int
    requests: int | None = None
    bytes_processed: int | None = None
    bytes_billed: int | None = None


def scope(number: int) -> Scope:
    """Return the scope of a round: each is as of a minute of its own, so that none is answered from the cache."""
    return Scope.at(AS_OF + timedelta(minutes=number), days=2, last=LAST)


def one_report(warehouse: Warehouse, number: int) -> tuple[float, Report]:
    """Return the seconds that loading, judging and closing took, and the report. Raises SystemExit when a fact failed."""
    started = time.perf_counter()
    with Desk(warehouse, Policy()) as desk:
        report = desk.report(scope(number))
    seconds = time.perf_counter() - started
    failed = [f"{outcome.fact}: {outcome.reason}" for outcome in report.facts if outcome.reason]
    if failed:
        raise SystemExit("not a report to be measured: " + "; ".join(failed))
    return seconds, report


def rows_of(report: Report) -> int:
    """Return how many rows the facts of a report have."""
    return sum(outcome.rows for outcome in report.facts)


def embedded(path: Path) -> Callable[[int], Cost]:
    """Return what measures one round from the file."""

    def measure(number: int) -> Cost:
        seconds, report = one_report(EmbeddedWarehouse(path), number)
        return Cost(seconds, rows_of(report))

    return measure


def through(double: BigQueryDouble) -> Callable[[int], Cost]:
    """Return what measures one round through a double."""

    def measure(number: int) -> Cost:
        double.forget()
        seconds, report = one_report(BigQueryWarehouse(BigQueryTarget(double.project), meter=Meter()), number)
        processed = sum(query.bytes_processed for query in double.queries)
        return Cost(seconds, rows_of(report), len(double.requests), processed, double.billed)

    return measure


@contextmanager
def opened(path: Path, delay_seconds: float) -> Iterator[BigQueryDouble]:
    """Give a double of a file in which every answer comes late, at the address that the project's client asks."""
    with BigQueryDouble(path) as double:
        os.environ[clients.EMULATOR] = double.url
        if delay_seconds:
            double.inject(Delay(delay_seconds), times=None)
        try:
            yield double
        finally:
            clients.close_clients()


def measured(measure: Callable[[int], Cost]) -> list[Cost]:
    """Return the costs of all rounds, after one that warms up: connections, the double's own reading of each query."""
    return [measure(number) for number in range(ROUNDS + 1)][1:]


def cells(costs: list[Cost]) -> tuple[str, ...]:
    """Return the columns of the table behind the first: counts of the last round, seconds as median (least-most)."""
    last, seconds = costs[-1], [cost.seconds for cost in costs]
    return (
        "-" if last.requests is None else str(last.requests),
        "-" if last.bytes_processed is None else f"{last.bytes_processed / MEBIBYTE:.2f}",
        "-" if last.bytes_billed is None else f"{last.bytes_billed / MEBIBYTE:.0f}",
        str(last.rows),
        f"{statistics.median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})",
    )


def compare(path: Path, delays: tuple[float, ...] = (DELAY_SECONDS,)) -> list[tuple[str, ...]]:
    """Return the rows of the table for one file: DuckDB directly, then the double with each delay."""
    rows = [("DuckDB, the file", *cells(measured(embedded(path))))]
    for delay in delays:
        with opened(path, delay) as double:
            rows.append((f"the double, {delay * 1000:.0f} ms a request", *cells(measured(through(double)))))
    return rows


def main() -> None:
    """Build the files, one after the other, and print the tables."""
    counts = [int(argument) for argument in sys.argv[1:]] or [1, 10, 100]
    with tempfile.TemporaryDirectory() as folder:
        week = Path(folder) / "week.duckdb"
        build_demo(week)
        print_table(f"One report of the January week, median of {ROUNDS}", HEADER, compare(week, (0.0, DELAY_SECONDS)))
        rows = []
        for seasons in counts:
            path = Path(folder) / f"{seasons}.duckdb"
            say(f"building {seasons} seasons …")
            build_seasons(path, seasons)
            size = f"{path.stat().st_size / 1e6:,.0f}"
            rows += [(str(seasons), f"{seasons * GAMES_A_SEASON:,}", size, *row) for row in compare(path)]
            path.unlink()
        print_table(
            f"The same behind a history of seasons, median of {ROUNDS}", ("seasons", "games", "file MB", *HEADER), rows
        )


if __name__ == "__main__":
    main()
