"""Reads whole tables of an embedded file, for a snapshot of less than all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from console.warehouse import duckdb_catalog
from console.warehouse.duckdb_file import DuckDBFile, Patience, first_line
from console.warehouse.protocol import WarehouseError
from console.warehouse.snapshot.plan import TableCopy
from console.warehouse.snapshot.source import Page, refuse_changed_columns
from console.warehouse.snapshot.sql import DUCKDB, copy_sql

_PAGE_ROWS = 10_000


class EmbeddedExtraction:
    """A `SnapshotSource` on a DuckDB file, which is opened for one table at a time."""

    def __init__(self, path: Path, name: str, patience: Patience | None = None) -> None:
        self._file = DuckDBFile(path, patience or Patience())
        self._name = name

    @property
    def name(self) -> str:
        """The file's name without its folder, or `demo`."""
        return self._name

    def prices(self, copies: Sequence[TableCopy]) -> tuple[int, ...]:
        """Return nothing billed for each table."""
        return tuple(0 for _ in copies)

    def pages(self, copy: TableCopy) -> Iterator[Page]:
        """Yield the rows of one table. Raises WarehouseError."""
        import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

        connection = self._file.open(read_only=True)
        try:
            found = duckdb_catalog.existing(connection).get(copy.name, ())
            refuse_changed_columns(copy, {column.name: column.type for column in found})
            cursor = connection.execute(copy_sql(copy, DUCKDB), dict(copy.parameters()) or None)
            while rows := cursor.fetchmany(_PAGE_ROWS):
                yield rows
        except duckdb.Error as error:
            raise WarehouseError(f"{self._file.path} cannot be copied: {first_line(str(error))}") from error
        finally:
            connection.close()
