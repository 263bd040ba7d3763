"""Rows that come in as JSON, or from a test as Python values, put into a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from tests.bigquery_double.catalog import Table
from tests.bigquery_double.parameters import from_text
from tests.bigquery_double.store import Store

Row = Mapping[str, Any]


class RowError(ValueError):
    """A row that the table cannot take; the message is BigQuery's, `field` the column."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_row(table: Table, row: Row, *, json_is_text: bool, ignore_unknown: bool = False) -> dict[str, object]:
    """Return the row's values for DuckDB, by column.

    `json_is_text`: a string for a JSON column is parsed (insertAll) and not taken as a JSON string (a load job). A null that a
    load job names for a JSON column is a JSON null, and only a column that it leaves out is NULL. Raises RowError.
    """
    known = {field["name"].lower(): field for field in table.fields}
    unknown = [name for name in row if name.lower() not in known]
    if unknown and not ignore_unknown:
        raise RowError(unknown[0], f"no such field: {unknown[0]}.")
    given = {name.lower(): value for name, value in row.items()}
    found = {field["name"]: _value(field, given.get(name), json_is_text=json_is_text) for name, field in known.items()}
    for name, field in known.items():
        if field["type"] == "JSON" and name in given and given[name] is None and not json_is_text:
            found[field["name"]] = "null"
        if field["mode"] == "REQUIRED" and found[field["name"]] is None:
            raise RowError(name, f"Missing required field: {field['name']}.")
    return found


def _value(field: Mapping[str, Any], value: Any, *, json_is_text: bool) -> object:
    if field["mode"] == "REPEATED":
        item = {**field, "mode": "NULLABLE"}
        if value is not None and not isinstance(value, list | tuple):
            raise RowError(field["name"], f"Array specified for non-repeated field: {field['name']}.")
        return [_value(item, member, json_is_text=json_is_text) for member in value or ()]
    if value is None:
        return None
    if field["type"] == "RECORD":
        return {
            member["name"]: _value(member, value.get(member["name"]), json_is_text=json_is_text)
            for member in field["fields"]
        }
    if field["type"] == "JSON":
        return value if json_is_text and isinstance(value, str) else json.dumps(value)
    try:
        return _scalar(field["type"], value)
    except ValueError as error:
        raise RowError(field["name"], f"Could not convert value '{value}' to {field['type'].lower()}.") from error


def _scalar(kind: str, value: Any) -> object:
    """Return a scalar of JSON as a value of a type. Raises ValueError."""
    if isinstance(value, dict | list):
        raise ValueError("not a scalar")  # noqa: TRY004 - the caller handles values that do not fit alike
    if kind == "TIMESTAMP" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if kind == "STRING" or not isinstance(value, bool | int | float):
        return from_text(kind, str(value))
    return from_text(kind, json.dumps(value))


def insert_rows(store: Store, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Put rows into a table column by column. What DuckDB raises leaves as it is."""
    if not rows:
        return
    with store.writing, store.cursor() as cursor:
        _insert(cursor, table, rows)


def delete_rows(store: Store, table: Table) -> None:
    """Empty a table."""
    with store.writing, store.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quoted(table)}").fetchall()


def count_rows(store: Store, table: Table) -> int:
    """Return how many rows a table has, those in its streaming buffer too."""
    with store.cursor() as cursor:
        return int(cursor.execute(f"SELECT COUNT(*) FROM {_quoted(table)}").fetchall()[0][0])


def _insert(cursor: DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    names = ", ".join(f'"{name}"' for name, _ in table.columns)
    values = ", ".join(f"CAST(UNNEST(?) AS {kind})" for _, kind in table.columns)
    columns = [[row.get(name) for row in rows] for name, _ in table.columns]
    cursor.execute(f"INSERT INTO {_quoted(table)} ({names}) SELECT {values}", columns).fetchall()


def _quoted(table: Table) -> str:
    dataset, _, name = table.name.partition(".")
    return f'"{dataset}"."{name}"'


def python_row(table: Table, row: Row) -> dict[str, object]:
    """Return a test's row as DuckDB takes it: Python values as they are, dicts as JSON. Raises RowError."""
    unknown = [name for name in row if table.type_of(name) is None]
    if unknown:
        raise RowError(unknown[0], f"{table.name} has no column {unknown[0]}")
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in row.items()}


def parse_lines(content: bytes) -> Iterable[Row]:
    """Yield the rows of newline-delimited JSON. Raises RowError for a line that is not an object."""
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise RowError(
                "", f"JSON parsing error in row starting at position {number}: Parser terminated."
            ) from error
        if not isinstance(row, dict):
            raise RowError("", f"JSON parsing error in row starting at position {number}: Start of object expected.")
        yield row
