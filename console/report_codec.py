"""A report as JSON-ready values and back, without loss: what the journal keeps.

The form follows the type hints of the frozen dataclasses, so that a new field of a report needs no line here: an enum is its
name, an instant RFC 3339 in UTC, a date ISO, a duration minutes, a tuple a list. `console.document` is another thing: the
published form for other programs, which may leave things out.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from checks.model import Report
from checks.times import format_instant

Value = TypeVar("Value")

_MINUTE = timedelta(minutes=1)


class CodecError(ValueError):
    """A value that a report cannot hold; the message names the field."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{where or 'the value'} {reason}")
        self.reason = reason
        self.where = where

    def inside(self, name: str) -> CodecError:
        """Return this error as seen from the value that holds it as its field or item `name`."""
        joint = "" if not self.where or self.where.startswith("[") else "."
        return CodecError(self.reason, f"{name}{joint}{self.where}")


def encode_report(report: Report) -> dict[str, object]:
    """Return a report as JSON-ready values. Raises CodecError for a number that is not finite and a time without a zone."""
    return cast("dict[str, object]", encode(report))


def decode_report(raw: object) -> Report:
    """Return the report of JSON-ready values. Raises CodecError that names the field which is not as it was written."""
    return decode(Report, raw)


def text_of_report(report: Report) -> str:
    """Return a report as JSON text on one line. Raises CodecError as `encode_report`."""
    return json.dumps(encode_report(report), separators=(",", ":"), allow_nan=False)


def report_of_text(text: str) -> Report:
    """Return the report of JSON text. Raises CodecError also for what is no JSON."""
    try:
        return decode_report(json.loads(text))
    except json.JSONDecodeError as error:
        raise CodecError(f"is no JSON: {error}", "the report") from error


def encode(value: object) -> object:
    """Return any value made of the types of a report as JSON-ready values. Raises CodecError."""
    if isinstance(value, tuple):
        return [_encode_part(item, "[{}]", at) for at, item in enumerate(value)]
    if is_dataclass(value):
        return {name: _encode_part(getattr(value, name), "{}", name) for name in _names(cast("Any", type(value)))}
    return _encode_scalar(value)


def _encode_part(value: object, form: str, name: object) -> object:
    try:
        return encode(value)
    except CodecError as error:
        raise error.inside(form.format(name)) from None


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the fields that make a value what it is; those that do not count when values are compared are not kept."""
    return tuple(item.name for item in fields(kind) if item.compare)


def _encode_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.name
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return format_instant(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = value / _MINUTE
        return int(minutes) if minutes.is_integer() else minutes
    raise CodecError(f"cannot be kept: {value!r}")


def decode(kind: type[Value], raw: object) -> Value:
    """Return the value of type `kind` that `encode` made `raw` of. Raises CodecError."""
    return cast("Value", _reader(cast("Any", kind))(raw))


_Read = Callable[[Any], object]


@cache
def _reader(kind: Any) -> _Read:
    """Return the function that reads values of a type; made once per type."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _tuple_reader(_reader(typing.get_args(kind)[0]))
    if origin in (types.UnionType, typing.Union):
        kinds = typing.get_args(kind)
        readers = [_reader(one) for one in kinds if one is not types.NoneType]
        return _union_reader(readers, optional=types.NoneType in kinds)
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind)
    found = _SCALARS.get(kind)
    if found is None:
        raise CodecError("is of no type of a report", str(kind))
    return found


def _record_reader(kind: type) -> _Read:
    hints = typing.get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in _names(kind)}

    def read(raw: Any) -> object:
        if not isinstance(raw, dict):
            raise _refused(f"an object of {kind.__name__}", raw)
        if raw.keys() != readers.keys():
            raise _misfit(kind, raw.keys(), readers.keys())
        values = {}
        for name, one in readers.items():
            try:
                values[name] = one(raw[name])
            except CodecError as error:
                raise error.inside(name) from None
        return kind(**values)

    return read


def _misfit(kind: type, found: typing.AbstractSet[str], wanted: typing.AbstractSet[str]) -> CodecError:
    if missing := sorted(wanted - found):
        return CodecError("is missing", missing[0])
    return CodecError(f"is no field of {kind.__name__}", min(found - wanted))


def _tuple_reader(one: _Read) -> _Read:
    def read(raw: Any) -> object:
        if not isinstance(raw, list):
            raise _refused("a list", raw)
        values = []
        for at, value in enumerate(raw):
            try:
                values.append(one(value))
            except CodecError as error:
                raise error.inside(f"[{at}]") from None
        return tuple(values)

    return read


def _union_reader(readers: list[_Read], *, optional: bool) -> _Read:
    def read(raw: Any) -> object:
        if raw is None and optional:
            return None
        refusals = []
        for one in readers:
            try:
                return one(raw)
            except CodecError as error:
                refusals.append(error)
        raise refusals[0]

    return read


def _enum_reader(kind: type[Enum]) -> _Read:
    members = dict(kind.__members__)

    def read(raw: Any) -> object:
        if not isinstance(raw, str) or raw not in members:
            raise _refused(f"one of {', '.join(members)}", raw)
        return members[raw]

    return read


def _text(raw: Any) -> object:
    if not isinstance(raw, str):
        raise _refused("a text", raw)
    return raw


def _switch(raw: Any) -> object:
    if not isinstance(raw, bool):
        raise _refused("true or false", raw)
    return raw


def _integer(raw: Any) -> object:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise _refused("a whole number", raw)
    return raw


def _number(raw: Any) -> object:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not math.isfinite(raw):
        raise _refused("a finite number", raw)
    return raw


def _instant(raw: Any) -> object:
    if not isinstance(raw, str) or not raw.endswith("Z"):
        raise _refused("a time in UTC that ends in Z", raw)
    try:
        return datetime.fromisoformat(raw).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refused("a time in UTC", raw) from None


def _date(raw: Any) -> object:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise _refused("a date", raw) from None


def _minutes(raw: Any) -> object:
    try:
        return cast("float", _number(raw)) * _MINUTE
    except OverflowError:
        raise _refused("a number of minutes", raw) from None


_SCALARS: Mapping[Any, _Read] = {
    str: _text,
    bool: _switch,
    int: _integer,
    float: _number,
    datetime: _instant,
    date: _date,
    timedelta: _minutes,
}


def _refused(wanted: str, raw: object) -> CodecError:
    return CodecError(f"must be {wanted}, not {repr(raw)[:60]}")
