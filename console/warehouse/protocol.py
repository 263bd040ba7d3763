"""What the console asks of a warehouse, whichever engine stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from checks.facts.fact import Fact, Window
from console.warehouse.record import QueryRecord

if TYPE_CHECKING:
    from console.warehouse.bigquery.cost import Meter

Row = TypeVar("Row")


class WarehouseError(Exception):
    """The warehouse could not answer; the message says what, where and what to do, in the operator's words."""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column as it is in the warehouse; the type is BigQuery's name."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table or view as it is; `columns` is empty when it does not exist."""

    name: str
    columns: tuple[ColumnInfo, ...]
    rows: int | None

    @property
    def exists(self) -> bool:
        """True when the table is there."""
        return bool(self.columns)


class Warehouse(Protocol):
    """A place that answers facts. Safe to use from several threads at once between `open` and `close`."""

    @property
    def name(self) -> str:
        """What people call it: `demo`, a file's path, a project."""

    @property
    def concurrency(self) -> int:
        """How many facts at once it answers fastest."""

    @property
    def records(self) -> tuple[QueryRecord, ...]:
        """The newest queries that were asked through this object, oldest first; closing forgets none."""

    @property
    def meter(self) -> Meter | None:
        """What adds up the bytes that are billed; None where asking costs nothing."""

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        """Return the fact's rows. Raises WarehouseError, or RowError for a value that a row cannot hold."""

    def sql(self, fact: Fact[Row]) -> str:
        """Return the query that answers a fact here, in this warehouse's own dialect."""

    def inspect(self, tables: tuple[str, ...]) -> tuple[TableInfo, ...]:
        """Return what is known of the named tables, in their order. Raises WarehouseError."""

    def cancel(self) -> None:
        """Stop what is running, from any thread; each stopped `load` raises WarehouseError."""

    def close(self) -> None:
        """Let go of everything. Idempotent."""
