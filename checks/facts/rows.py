"""Turns what a warehouse returns into rows of a fact's type, and refuses what cannot be.

On the wire TIMESTAMP is whole microseconds since 1970 UTC and a list of names is one string with commas (player lookups and
workflow names have none); both warehouses return exactly that.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from checks.facts.fact import Fact

Row = TypeVar("Row")
Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RowError(ValueError):
    """A value that a row cannot hold; the message names the fact, the column and the row."""


def _moment(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)


def _names(value: str | None) -> tuple[str, ...]:
    return tuple(value.split(",")) if value else ()


_CONVERTERS: dict[object, Convert] = {
    datetime: _moment,
    date: lambda value: value if type(value) is date else date.fromisoformat(str(value)),
    str: str,
    int: int,
    float: float,
    bool: bool,
}


class Column(typing.NamedTuple):
    """One column a fact's query returns: its name, its Python type, and whether NULL may stand in it."""

    name: str
    type: object
    optional: bool


@cache
def columns(row: type) -> tuple[Column, ...]:
    """Return the columns of a row type in order; a nested dataclass `box` contributes `box_rows`, `box_listed`, …."""
    found: list[Column] = []
    hints = typing.get_type_hints(row)
    for item in fields(row):
        hint = hints[item.name]
        if is_dataclass(hint) and isinstance(hint, type):
            found.extend(Column(f"{item.name}_{inner.name}", inner.type, inner.optional) for inner in columns(hint))
            continue
        optional = isinstance(hint, types.UnionType) and type(None) in hint.__args__
        plain = next(a for a in hint.__args__ if a is not type(None)) if isinstance(hint, types.UnionType) else hint
        found.append(Column(item.name, plain, optional))
    return tuple(found)


@cache
def _plan(row: type) -> tuple[tuple[Convert, ...], tuple[int, ...], Callable[[Sequence[Any]], Any]]:
    """Return a converter for each column, the positions where NULL is refused, and the row's constructor."""
    cols = columns(row)
    converters = tuple(_converter(column) for column in cols)
    required = tuple(at for at, column in enumerate(cols) if not column.optional and not _is_names(column))
    return converters, required, _builder(row)


def _is_names(column: Column) -> bool:
    return typing.get_origin(column.type) is tuple


def _converter(column: Column) -> Convert:
    """Return the column's converter; no names at all (NULL from an empty aggregation) are an empty tuple."""
    if _is_names(column):
        return _names
    convert = _CONVERTERS[column.type]
    return (lambda value: None if value is None else convert(value)) if column.optional else convert


def _builder(row: type) -> Callable[[Sequence[Any]], Any]:
    """Return a function that makes a row of flat values, filling nested dataclasses from their own run of columns."""
    hints = typing.get_type_hints(row)
    parts: list[tuple[type | None, int]] = []
    for item in fields(row):
        hint = hints[item.name]
        parts.append((hint, len(columns(hint))) if is_dataclass(hint) and isinstance(hint, type) else (None, 1))
    if all(nested is None for nested, _ in parts):
        return lambda values: row(*values)

    def build(values: Sequence[Any]) -> Any:
        arguments: list[Any] = []
        at = 0
        for nested, width in parts:
            arguments.append(values[at] if nested is None else nested(*values[at : at + width]))
            at += width
        return row(*arguments)

    return build


def decode(fact: Fact[Row], raw: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    """Return `raw` as rows of `fact.row`.

    Raises RowError when a NULL stands where none may be, or a value has another type than the row's.
    """
    row: type = fact.row
    converters, required, build = _plan(row)
    rows: list[Row] = []
    for number, values in enumerate(raw, 1):
        if len(values) != len(converters):
            raise RowError(f"{fact.name} returned {len(values)} columns in row {number}, not {len(converters)}")
        for at in required:
            if values[at] is None:
                raise RowError(f"{fact.name}.{columns(row)[at].name} is NULL in row {number}, where none may be")
        try:
            rows.append(build([convert(value) for convert, value in zip(converters, values, strict=True)]))
        except (TypeError, ValueError, OverflowError) as error:
            raise RowError(f"{fact.name} returned a value of another type in row {number}: {error}") from error
    return tuple(rows)
