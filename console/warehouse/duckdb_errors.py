"""What to tell an operator when DuckDB, with the file open, cannot answer a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.warehouse import duckdb_catalog
from console.warehouse.duckdb_file import DuckDBFile, first_line, is_damage
from console.warehouse.duckdb_session import StoppedError
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    import duckdb


def explain(
    error: duckdb.Error, connection: duckdb.DuckDBPyConnection, file: DuckDBFile, what: str, tables: tuple[str, ...]
) -> WarehouseError:
    """Return the error that says why `what`, which reads `tables`, has no answer, and what to do."""
    import duckdb  # noqa: PLC0415 - loaded already when it has raised

    message = str(error)
    if isinstance(error, duckdb.InterruptException):
        return StoppedError(f"{what} was stopped before {file.path} had answered")
    if is_damage(message):
        return WarehouseError(file.damaged())
    try:
        lack = _lack(connection, what, tables, message)
    # A connection that failed for good answers nothing more: its first message stands
    except duckdb.Error:
        lack = None
    return WarehouseError(f"{file.path} {lack or f'cannot answer {what}: {first_line(message)}'}")


def _lack(connection: duckdb.DuckDBPyConnection, what: str, tables: tuple[str, ...], message: str) -> str | None:
    """Return which of the tables or columns that `what` reads is not there, or None when it is something else.

    Raises duckdb.Error.
    """
    absent = duckdb_catalog.missing_tables(connection, tables)
    if absent and duckdb_catalog.is_foreign(connection):
        return "is not a courtside warehouse: it has none of the pipeline's tables"
    if absent:
        return f"has no table {' and no '.join(absent)}, which {what} reads: `courtside schema apply` creates it"
    columns = duckdb_catalog.missing_columns(connection, tables, message)
    if columns:
        return f"has no column {' and no '.join(columns)}, which {what} reads: see `courtside doctor`"
    return None
