"""Results as BigQuery puts them on the wire: fields with type and mode, rows of `f` and `v`, every scalar a string."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyRelation
from duckdb.sqltypes import DuckDBPyType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_TYPES = {
    "bigint": "INTEGER",
    "blob": "BYTES",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "decimal": "NUMERIC",
    "double": "FLOAT",
    "float": "FLOAT",
    "hugeint": "INTEGER",
    "integer": "INTEGER",
    "smallint": "INTEGER",
    "time": "TIME",
    "timestamp": "DATETIME",
    "timestamp with time zone": "TIMESTAMP",
    "tinyint": "INTEGER",
    "ubigint": "INTEGER",
    "uinteger": "INTEGER",
    "uuid": "STRING",
    "varchar": "STRING",
}
"""The names that the REST interface gives the types; a NULL of no type is an INTEGER, as in BigQuery."""


def field(name: str, kind: DuckDBPyType, mode: str = "NULLABLE") -> dict[str, Any]:
    """Return a column as it stands in a schema."""
    if kind.id == "list":
        return field(name, _child(kind), "REPEATED")
    if kind.id == "struct":
        members = [field(member, of) for member, of in kind.children if isinstance(of, DuckDBPyType)]
        return {"name": name, "type": "RECORD", "mode": mode, "fields": members}
    return {"name": name, "type": "JSON" if str(kind) == "JSON" else _TYPES.get(kind.id, "INTEGER"), "mode": mode}


def _child(kind: DuckDBPyType) -> DuckDBPyType:
    found = kind.children[0][1]
    if not isinstance(found, DuckDBPyType):
        raise TypeError(f"{kind} has no child")
    return found


def fields(relation: DuckDBPyRelation) -> list[dict[str, Any]]:
    """Return the schema of a result."""
    return [field(name, kind) for name, kind in zip(relation.columns, relation.types, strict=True)]


def rows(schema: Sequence[dict[str, Any]], table: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer in their order."""
    columns = [
        [cell(column, value) for value in values.to_pylist()]
        for column, values in zip(schema, table.columns, strict=True)
    ]
    return [{"f": list(values)} for values in zip(*columns, strict=True)]


def cell(column: dict[str, Any], value: object) -> dict[str, Any]:
    """Return one value; a NULL array is an empty one, as in BigQuery."""
    if column["mode"] == "REPEATED":
        item = {**column, "mode": "NULLABLE"}
        return {"v": [cell(item, member) for member in _items(value)]}
    if value is None:
        return {"v": None}
    if column["type"] == "RECORD" and isinstance(value, dict):
        return {"v": {"f": [cell(member, value[member["name"]]) for member in column["fields"]]}}
    return {"v": text(value)}


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """Return a scalar's text. Raises TypeError for a value that no column of BigQuery has."""
    for kind, written in _WRITERS:
        if isinstance(value, kind):
            return written(value)
    raise TypeError(f"no column of BigQuery holds {value!r}")


def _float(value: float) -> str:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else str(value)


def _moment(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else str((value - _EPOCH) // _MICROSECOND)


def _decimal(value: Decimal) -> str:
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, _float),
    (Decimal, _decimal),
    (datetime, _moment),
    (date, date.isoformat),
    (time, time.isoformat),
    (bytes, _bytes),
)
"""How each kind of value is written; a bool is an int and a datetime a date to Python, so the order counts."""
