"""The cost of one date's report behind one, five and ten seasons of history: it must not grow.

Run by hand: `python -m tests.benchmarks.scale [seasons …]`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from checks.model import Report, Scope
from checks.policy import Policy
from console.desk import Desk
from console.warehouse.embedded import EmbeddedWarehouse
from tests.benchmarks.seasons import GAMES_A_SEASON, build_seasons
from tests.benchmarks.table import print_table, say, spread

SCOPE = Scope.at(datetime(2026, 1, 25, 12, tzinfo=UTC), days=2, last=date(2026, 1, 24))
ROUNDS = 7


def one_report(path: Path) -> tuple[float, Report]:
    """Return the seconds that opening, loading, judging and closing took, and the report."""
    started = time.perf_counter()
    with Desk(EmbeddedWarehouse(path), Policy()) as desk:
        report = desk.report(SCOPE)
    return time.perf_counter() - started, report


def main() -> None:
    """Build the histories, take turns between them, and print the table."""
    counts = [int(argument) for argument in sys.argv[1:]] or [1, 5, 10]
    with tempfile.TemporaryDirectory() as folder:
        files = {seasons: Path(folder) / f"{seasons}.duckdb" for seasons in counts}
        for seasons, path in files.items():
            say(f"building {seasons} seasons …")
            build_seasons(path, seasons)
        times: dict[int, list[float]] = {seasons: [] for seasons in counts}
        rows: dict[int, int] = {}
        for _ in range(ROUNDS):
            for seasons, path in files.items():
                seconds, report = one_report(path)
                times[seasons].append(seconds)
                rows[seasons] = sum(outcome.rows for outcome in report.facts)
        least = statistics.median(times[counts[0]])
        print_table(
            f"One report over two dates, median of {ROUNDS} (least-most)",
            ("seasons", "games", "file MB", "rows loaded", "report ms", "ratio"),
            [
                (
                    str(seasons),
                    f"{seasons * GAMES_A_SEASON:,}",
                    f"{path.stat().st_size / 1e6:.0f}",
                    str(rows[seasons]),
                    spread(times[seasons]),
                    f"{statistics.median(times[seasons]) / least:.2f}",
                )
                for seasons, path in files.items()
            ],
        )


if __name__ == "__main__":
    main()
