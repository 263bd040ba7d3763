"""The query that reads one table for a snapshot, in GoogleSQL and in DuckDB's SQL.

Both give the table's stored columns in their order; of a JSON column with paths they give one column for each path, as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.warehouse.snapshot.plan import JsonPath, TableCopy


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two engines write differently: names, parameters, one value out of JSON, and what an instant is given as."""

    quote: Callable[[str], str]
    parameter: str
    json_value: Callable[[JsonPath], str]
    instant: str


def copy_sql(copy: TableCopy, dialect: Dialect, prefix: str = "") -> str:
    """Return the query; with `prefix` it reads from datasets whose names begin with it."""
    read, types = copy.read, copy.read.types()
    columns = [
        dialect.instant.format(column) if types[name] == "TIMESTAMP" else column
        for name in read.columns
        for column in [f"t.{dialect.quote(name)}"]
    ]
    values = [*columns, *(dialect.json_value(path) for path in read.paths)]
    listed = ",\n".join(f"  {value} AS c{number}" for number, value in enumerate(values))
    sql = f"SELECT\n{listed}\nFROM {prefix}{read.name} AS t"
    if copy.since is None:
        return sql
    column = f"t.{dialect.quote(read.partition)}"
    return f"{sql}\nWHERE {column} >= {dialect.parameter}since AND {column} < {dialect.parameter}until"


def _google_json(path: JsonPath) -> str:
    if path.in_row:
        return f"JSON_VALUE(TO_JSON_STRING(t), '$.{'.'.join((path.column, *path.keys))}')"
    return f"JSON_VALUE(t.`{path.column}`, '$.{'.'.join(path.keys)}')"


def _duckdb_json(path: JsonPath) -> str:
    if path.in_row:
        return f"json_extract_string(to_json(t), '$.{'.'.join((path.column, *path.keys))}')"
    return f"json_extract_string(t.\"{path.column}\", '$.{'.'.join(path.keys)}')"


GOOGLE = Dialect(lambda name: f"`{name}`", "@", _google_json, "{}")
DUCKDB = Dialect(lambda name: f'"{name}"', "$", _duckdb_json, "epoch_us({})")
