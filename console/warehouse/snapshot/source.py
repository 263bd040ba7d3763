"""Where a snapshot is copied from: a BigQuery project or an embedded file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from console.warehouse.protocol import WarehouseError
from console.warehouse.snapshot.plan import TableCopy

Page = Sequence[tuple[Any, ...]]
"""Rows as they go over the wire: instants as whole microseconds since 1970 UTC."""

_NUMBERS = frozenset({"NUMERIC", "BIGNUMERIC", "FLOAT64", "INT64"})


class SnapshotSource(Protocol):
    """What tables are copied from."""

    @property
    def name(self) -> str:
        """What others may know it by; no path, no address, no account."""

    def prices(self, copies: Sequence[TableCopy]) -> tuple[int, ...]:
        """Return the bytes that copying each table is billed. Raises WarehouseError."""

    def pages(self, copy: TableCopy) -> Iterator[Page]:
        """Yield the rows of one table, whose price was asked before, by what `copy_sql` asks for. Raises WarehouseError."""


def refuse_changed_columns(copy: TableCopy, found: Mapping[str, str]) -> None:
    """Raise WarehouseError when a column is not there or has a type that the copy does not hold; `found` is types by name."""
    types = copy.read.types()
    for name in copy.read.columns:
        kind = found.get(name)
        is_number = types[name] in ("NUMERIC", "FLOAT64") and kind in _NUMBERS
        if kind != types[name] and not is_number:
            how = "not there" if kind is None else f"{kind} now"
            raise WarehouseError(
                f"{copy.name} cannot be copied: {name} is {how}, courtside reads {types[name]};"
                " `courtside doctor` names every such column"
            )
