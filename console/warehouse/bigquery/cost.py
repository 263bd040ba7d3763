"""What asking costs: the sum of this process, and the gate of a daily budget."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache

from console.warehouse.bigquery.bounds import MINIMUM_BYTES_A_TABLE
from console.warehouse.record import QueryRecord
from screens.text.amount import GIBIBYTE, MEBIBYTE, gigabytes

WARNING_SHARE = 0.8
"""Share of the daily budget from which on the operator is warned."""

SLOWER = 3.0
"""How many times its cadence a panel waits once the operator has been warned."""


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
            self.bytes_billed + (record.bytes_billed or 0),
            self.cache_hits + record.cache_hit,
            self.queries + 1,
            self.seconds + record.seconds,
        )


class Meter:
    """Adds up what is used, from any thread, and knows how much of it stands in a book that outlives the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._usage = Usage()
        self._settling = threading.Lock()
        self._settled = 0

    def add(self, record: QueryRecord) -> None:
        """Count one query."""
        with self._lock:
            self._usage = self._usage.plus(record)

    @property
    def usage(self) -> Usage:
        """The sum so far."""
        with self._lock:
            return self._usage

    @property
    def unsettled(self) -> int:
        """Bytes billed that no book has yet."""
        return self.usage.bytes_billed - self._settled

    def settle(self, book: Callable[[int], None]) -> None:
        """Give `book` the bytes billed that it has not had, if any; when it raises, they are left for the next time."""
        with self._settling:
            due = self.unsettled
            if due:
                book(due)
                self._settled += due


@cache
def process_meter(project: str) -> Meter:
    """Return the one meter of this process for what is billed to `project`."""
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
    """A day's budget: `daily_gb` in GB of 2^30 bytes, `spent_today` in bytes billed on `day`, a day of UTC.

    Raises ValueError for a budget that is not above 0, or spending below 0.
    """

    daily_gb: float
    spent_today: int
    day: date

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
    def slowness(self) -> float | None:
        """How many times its cadence a panel waits; None when it is refreshed only by hand."""
        return {BudgetState.OK: 1.0, BudgetState.WARN: SLOWER, BudgetState.EXHAUSTED: None}[self.state]

    @property
    def until(self) -> datetime:
        """The instant from which the next day's budget counts: midnight UTC."""
        return datetime.combine(self.day + timedelta(days=1), time(), tzinfo=UTC)

    @property
    def sentence(self) -> str:
        """The state as the operator reads it; the share is rounded down, so that no 100 % is said of what is not spent."""
        spent = f"{gigabytes(self.spent_today)} of {self.daily_gb:g} GB of today's BigQuery budget spent"
        return {
            BudgetState.OK: spent,
            BudgetState.WARN: f"{spent} ({int(self.share * 100)} %): the console refreshes more slowly until 00:00 UTC",
            BudgetState.EXHAUSTED: f"{spent}: the console refreshes only by hand until 00:00 UTC; commands still run",
        }[self.state]
