"""What asking costs: a record of each query, their sum in this process, and the gate of a daily budget."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum
from functools import cache

from console.warehouse.bigquery.bounds import MEBIBYTE, MINIMUM_BYTES_A_TABLE

GIBIBYTE = 1 << 30
"""What BigQuery's prices and its 10 MB minimum mean by their units: powers of two."""

WARNING_SHARE = 0.8
"""Share of the daily budget from which on the operator is warned."""

_RECORDS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """One query that the server ran; `fact` names the facts that it asked for, `seconds` is as the operator waited.

    A query that was stopped is counted too, without rows: it may have been billed.
    """

    fact: str
    bytes_billed: int
    cache_hit: bool
    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What this process has used since it started; `seconds` is the sum over queries, many of which ran at the same time."""

    bytes_billed: int = 0
    cache_hits: int = 0
    queries: int = 0
    seconds: float = 0.0

    def plus(self, record: QueryRecord) -> Usage:
        """Return the usage with one more query."""
        return Usage(
            self.bytes_billed + record.bytes_billed,
            self.cache_hits + record.cache_hit,
            self.queries + 1,
            self.seconds + record.seconds,
        )


class Meter:
    """Adds up what is used, from any thread; keeps the newest records."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._usage = Usage()
        self._records: deque[QueryRecord] = deque(maxlen=_RECORDS_KEPT)

    def add(self, record: QueryRecord) -> None:
        """Count one query."""
        with self._lock:
            self._usage = self._usage.plus(record)
            self._records.append(record)

    @property
    def usage(self) -> Usage:
        """The sum so far."""
        with self._lock:
            return self._usage

    @property
    def records(self) -> tuple[QueryRecord, ...]:
        """The newest queries, oldest first."""
        with self._lock:
            return tuple(self._records)


@cache
def process_meter() -> Meter:
    """Return the one meter of this process."""
    return Meter()


def estimated_bill(bytes_processed: int, tables: int) -> int:
    """Return the bytes billed for a query over `tables` tables where the service has not said it.

    On-demand prices: rounded up to the next MB, at least 10 MB for each table.
    """
    rounded = -(-bytes_processed // MEBIBYTE) * MEBIBYTE
    return max(rounded, tables * MINIMUM_BYTES_A_TABLE)


class BudgetState(Enum):
    """What a budget allows."""

    OK = "ok"
    WARN = "warn"
    """Refresh more slowly."""
    EXHAUSTED = "exhausted"
    """Refresh only when somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A day's budget: `daily_gb` in GB of 2^30 bytes, `spent_today` in bytes billed since midnight UTC.

    Raises ValueError for a budget that is not above 0, or spending below 0.
    """

    daily_gb: float
    spent_today: int

    def __post_init__(self) -> None:
        if not self.daily_gb > 0 or self.spent_today < 0:
            raise ValueError(f"a budget of {self.daily_gb} GB with {self.spent_today} bytes spent cannot be")

    @property
    def share(self) -> float:
        """Share of the day's budget that is spent; above 1 when it is overdrawn."""
        return self.spent_today / (self.daily_gb * GIBIBYTE)

    @property
    def state(self) -> BudgetState:
        """What the budget allows now."""
        if self.share >= 1:
            return BudgetState.EXHAUSTED
        return BudgetState.WARN if self.share >= WARNING_SHARE else BudgetState.OK

    @property
    def sentence(self) -> str:
        """The state as the operator reads it."""
        spent = f"{self.spent_today / GIBIBYTE:.2f} of {self.daily_gb:g} GB of today's BigQuery budget"
        return {
            BudgetState.OK: f"{spent} spent",
            BudgetState.WARN: f"{spent} spent ({self.share:.0%}): refreshing more slowly",
            BudgetState.EXHAUSTED: f"{spent} spent: refreshing only when asked, until 00:00 UTC",
        }[self.state]
