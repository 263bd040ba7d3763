"""The instants that stand in tables of an embedded file: between two of them no answer about a moment changes.

Every fact looks at its tables' timestamps only to compare them with `@as_of` (tests/replaying holds each of them to it).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.warehouse.duckdb_errors import explain
from console.warehouse.duckdb_file import DuckDBFile, Patience

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = """
    SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
    WHERE data_type LIKE 'TIMESTAMP%'
"""


def microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970 (UTC)."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def instants_of(path: Path, tables: Collection[str], first: datetime, last: datetime) -> Mapping[str, frozenset[int]]:
    """Return the instants from `first` to `last` (aware UTC) in the tables of a file, as microseconds since 1970.

    A table that is not there has none. Raises WarehouseError.
    """
    import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

    found: dict[str, set[int]] = {table: set() for table in tables}
    file = DuckDBFile(path, Patience())
    connection = file.open(read_only=True)
    try:
        for table, column in connection.execute(_COLUMNS).fetchall():
            if table in found:
                quoted = '"."'.join(table.split("."))
                asked = (
                    f'SELECT DISTINCT epoch_us("{column}") FROM "{quoted}" '  # noqa: S608  # names that the file itself gave
                    f'WHERE epoch_us("{column}") BETWEEN ? AND ?'
                )
                rows = connection.execute(asked, (microseconds(first), microseconds(last))).fetchall()
                found[table].update(int(row[0]) for row in rows)
    except duckdb.Error as error:
        raise explain(error, connection, file, "the instants of its tables", tuple(tables)) from error
    finally:
        connection.close()
    return {table: frozenset(instants) for table, instants in found.items()}
