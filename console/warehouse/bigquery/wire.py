"""From what BigQuery's client or a JSON text holds to the wire form of a fact's row, refusing a column of another type."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checks.facts.fact import Fact
from checks.facts.rows import Column, RowError, columns
from console.warehouse.protocol import ColumnInfo, WarehouseError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_STANDARD_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}

_READABLE: dict[object, tuple[str, ...]] = {
    datetime: ("TIMESTAMP",),
    date: ("DATE",),
    str: ("STRING",),
    int: ("INT64",),
    float: ("FLOAT64", "NUMERIC", "BIGNUMERIC", "INT64"),
    bool: ("BOOL",),
}
"""The column types from which each type of a row can be read without loss of meaning; the first is the one we ask for."""

_NUMBERS_AS_TEXT = frozenset({"NaN", "Infinity", "-Infinity"})


def standard_type(api_type: str, mode: str | None) -> str:
    """Return GoogleSQL's name of a type that the service's schemas call `api_type`."""
    name = _STANDARD_NAMES.get(api_type, api_type)
    return f"ARRAY<{name}>" if mode == "REPEATED" else name


def refuse_changed_columns(fact: Fact[Any], found: Sequence[ColumnInfo]) -> None:
    """Raise WarehouseError when a column came back with a type that the fact's row cannot be read from."""
    wanted = _columns(fact)
    if len(found) != len(wanted):
        raise WarehouseError(f"{fact.name} came back with {len(found)} columns, not {len(wanted)}: reinstall courtside")
    for column, answer in zip(wanted, found, strict=True):
        readable = _READABLE[_plain(column)]
        if answer.type not in readable:
            raise WarehouseError(
                f"{fact.name} cannot be read: {column.name} is {answer.type} now, courtside reads {readable[0]};"
                " `courtside doctor` names the table's column"
            )


def to_wire(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return rows of the client as they go over the wire: instants as whole microseconds."""
    return [tuple(microseconds(value) if isinstance(value, datetime) else value for value in row) for row in rows]


def microseconds(moment: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_json(fact: Fact[Any], texts: Iterable[str]) -> list[tuple[Any, ...]]:
    """Return rows that BigQuery's TO_JSON_STRING wrote, as they go over the wire.

    Raises RowError when a value is not of the column's type.
    """
    readers = tuple((column.name, _JSON_READERS[_plain(column)]) for column in _columns(fact))
    return [_row(fact.name, readers, text, number) for number, text in enumerate(texts, 1)]


def _row(fact: str, readers: tuple[tuple[str, Callable[[Any], Any]], ...], text: str, number: int) -> tuple[Any, ...]:
    values: list[Any] = []
    name = ""
    try:
        found = json.loads(text)
        for name, read in readers:
            value = found[name]
            values.append(None if value is None else read(value))
    except (TypeError, ValueError, KeyError) as error:
        raise RowError(f"{fact}.{name or 'row'} cannot be read in row {number}: {error}") from error
    return tuple(values)


def _instant(value: Any) -> int:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return microseconds(moment)


def _date(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    """Read an INT64: a number, or beyond 2^53 its digits in a string."""
    if isinstance(value, str):
        return int(value)
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or (isinstance(value, str) and value not in _NUMBERS_AS_TEXT and not _is_decimal(value)):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _is_decimal(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


_JSON_READERS: dict[object, Callable[[Any], Any]] = {
    datetime: _instant,
    date: _date,
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
}


def _columns(fact: Fact[Any]) -> tuple[Column, ...]:
    row: type = fact.row
    return columns(row)


def _plain(column: Column) -> object:
    """Return the type that a column has on the wire: a list of names is one text."""
    return str if typing.get_origin(column.type) is tuple else column.type
