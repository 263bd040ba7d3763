"""What a warehouse was asked: a record of each query, in the dialect that ran."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime

_KEPT = 200
"""More than any command asks: a report is at most 8 queries, and each of its facts alone is some 20."""


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """One query that the warehouse ran; `facts` are those that it asked for, `seconds` is as the operator waited.

    `rows` is None when no answer came: it failed or was stopped, and may have been billed all the same. Bytes are None where
    the warehouse counts none.
    """

    facts: tuple[str, ...]
    sql: str
    parameters: tuple[tuple[str, datetime | date], ...]
    seconds: float
    rows: int | None
    bytes_processed: int | None = None
    bytes_billed: int | None = None
    cache_hit: bool = False


class Records:
    """The newest records, added from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[QueryRecord] = deque(maxlen=_KEPT)

    def add(self, record: QueryRecord) -> None:
        """Keep one more."""
        with self._lock:
            self._records.append(record)

    @property
    def newest(self) -> tuple[QueryRecord, ...]:
        """Those that are kept, oldest first."""
        with self._lock:
            return tuple(self._records)
