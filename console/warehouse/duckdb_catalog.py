"""What is in an open DuckDB file: its tables and columns, with the types under BigQuery's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.warehouse.protocol import ColumnInfo, TableInfo
from console.warehouse.schema import definitions

if TYPE_CHECKING:
    import duckdb

_TYPES = {
    "VARCHAR": "STRING",
    "BIGINT": "INT64",
    "INTEGER": "INT64",
    "SMALLINT": "INT64",
    "TINYINT": "INT64",
    "DOUBLE": "FLOAT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "TIMESTAMP": "DATETIME",
    "BLOB": "BYTES",
}
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s?\d+\)")
_MENTIONED = re.compile(r"\w+")


def bigquery_type(duckdb_type: str) -> str:
    """Return BigQuery's name for a type; types that have the same name in both, or only in DuckDB, keep theirs."""
    if duckdb_type.endswith("[]"):
        return f"ARRAY<{bigquery_type(duckdb_type[:-2])}>"
    if _DECIMAL.fullmatch(duckdb_type):
        return "NUMERIC"
    return _TYPES.get(duckdb_type, duckdb_type)


def existing(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[ColumnInfo, ...]]:
    """Return the columns of every table and view of the file by name, `dataset.table`. Raises duckdb.Error."""
    found: dict[str, list[ColumnInfo]] = {}
    for name, column, kind in connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        found.setdefault(name, []).append(ColumnInfo(column, bigquery_type(kind)))
    return {name: tuple(columns) for name, columns in found.items()}


def describe(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> tuple[TableInfo, ...]:
    """Return what is known of each named table; views have no row count. Raises duckdb.Error."""
    found = existing(connection)
    views = {
        name
        for (name,) in connection.execute(
            "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    }
    return tuple(
        TableInfo(name, found.get(name, ()), _count(connection, name) if name in found and name not in views else None)
        for name in tables
    )


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))
    row = connection.execute(f"SELECT COUNT(*) FROM {quoted}").fetchone()  # noqa: S608 - a name of the catalog, quoted
    return int(row[0]) if row else 0


def is_foreign(connection: duckdb.DuckDBPyConnection) -> bool:
    """True when the file holds none of the pipeline's tables. Raises duckdb.Error."""
    found = existing(connection)
    return not any(definition.name in found for definition in definitions())


def missing_tables(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the named tables that are not there, in their order. Raises duckdb.Error."""
    found = existing(connection)
    return tuple(name for name in tables if name not in found)


def missing_columns(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...], message: str) -> tuple[str, ...]:
    """Return the defined columns, `table.column`, that the named tables lack and DuckDB's message mentions.

    Raises duckdb.Error.
    """
    mentioned = set(_MENTIONED.findall(message))
    found = existing(connection)
    return tuple(
        f"{definition.name}.{column}"
        for definition in definitions()
        if definition.name in tables
        for column, _ in definition.columns
        if column in mentioned and column not in {info.name for info in found.get(definition.name, ())}
    )
