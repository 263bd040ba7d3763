"""The two warehouses as one writes to them, and how a test looks at what is in their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from console.queue_changes import QUEUE, Entry, QueueKey, SeenRow
from console.warehouse.schema import definitions
from console.warehouse.writing import Writes

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
DAY = date(2026, 1, 24)
CONFLICTS = "nba_orchestration.streaming_conflict_log"
GAME = QueueKey("phase_2", "bdl_player_box_scores", DAY, "LAL@DAL")
OTHER_GAME = QueueKey("phase_2", "bdl_player_box_scores", DAY, "BOS@NYK")
PROCESSOR = QueueKey("phase_3", "player_game_summary", DAY)
COLUMNS = frozenset(dict(next(item for item in definitions() if item.name == QUEUE).columns))
OLDER = COLUMNS - {"resolution_notes", "metadata"}


@dataclass(frozen=True)
class Place:
    """One warehouse: its writing side, a way to put rows there beforehand, and to run DuckDB's SQL behind its back."""

    writes: Writes
    add: Callable[[str, Sequence[Mapping[str, Any]]], None]
    run: Callable[[str], Sequence[tuple[Any, ...]]]

    def queued(self, columns: str = "id, status") -> Sequence[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {QUEUE} ORDER BY id")

    def make_older(self) -> None:
        """Take away the columns that older deployments lack."""
        for column in ("resolution_notes", "metadata"):
            self.run(f"ALTER TABLE {QUEUE} DROP COLUMN {column}")


def row(id: str = "q1", key: QueueKey = GAME, status: str = "failed_permanent", **changes: Any) -> dict[str, Any]:
    """Return a row of the queue, three times tried."""
    values = {
        "id": id,
        "game_date": key.game_date,
        "phase": key.phase,
        "processor_name": key.processor_name,
        "retry_count": 3,
        "status": status,
        "metadata": {"game_key": key.game_key} if key.game_key else None,
        "updated_at": NOW,
    }
    return {**values, **changes}


def seen(id: str = "q1", status: str = "failed_permanent", retry_count: int | None = 3) -> SeenRow:
    return SeenRow(id, status, retry_count, NOW)


def entry(id: str = "new", **changes: Any) -> Entry:
    values = {"error_type": "missing_game", "error_message": "no box score", "next_retry_at": NOW, **changes}
    return Entry(id, **values)
