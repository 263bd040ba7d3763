"""A fact of the tests' own, and the small warehouse that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from checks.facts.fact import Fact, Partition, Window
from console.warehouse.duckdb_file import Patience
from console.warehouse.embedded import EmbeddedWarehouse

AS_OF = datetime(2026, 1, 24, 12, tzinfo=UTC)
WINDOW = Window(date(2026, 1, 23), date(2026, 1, 24))
IMPATIENT = Patience(seconds=0.2)


@dataclass(frozen=True, slots=True)
class Line:
    player: str
    taken_at: datetime
    points: float


LINES = Fact(name="lines", row=Line, tables=("nba_raw.odds_api_player_points_props",), partition=Partition.GAME_DATE)
LINES_SQL = """
SELECT player_lookup, epoch_us(snapshot_timestamp), points_line
FROM nba_raw.odds_api_player_points_props
WHERE game_date BETWEEN $first AND $last AND snapshot_timestamp <= $as_of
ORDER BY snapshot_timestamp
"""
ENDLESS_SQL = "SELECT 'x', 1, SUM(a.range + b.range) FROM range(100000000) a, range(10000000) b"


def warehouse(path: Path, sql: str = LINES_SQL, patience: Patience = IMPATIENT) -> EmbeddedWarehouse:
    return EmbeddedWarehouse(path, sql=lambda _: sql, patience=patience)


def filled(path: Path) -> Path:
    """Make a warehouse with all tables and three lines: of the window, of a date before it, and of later than AS_OF."""
    made = EmbeddedWarehouse(path)
    made.apply_schema()
    with made.write() as connection:
        connection.execute("""
            INSERT INTO nba_raw.odds_api_player_points_props (game_date, player_lookup, points_line, snapshot_timestamp)
            VALUES ('2026-01-24', 'lukadoncic', 31.5, '2026-01-24 06:00:00-05:00'),
                   ('2026-01-22', 'lukadoncic', 29.5, '2026-01-22 11:00:00+00:00'),
                   ('2026-01-24', 'lukadoncic', 33.5, '2026-01-24 12:00:01+00:00')
        """)
    return path
