"""Query parameters and types as they stand in a request, turned into DuckDB's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from tests.bigquery_double.errors import ApiError, invalid_query

DUCKDB_TYPES = {
    "BOOL": "BOOLEAN",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "DATETIME": "TIMESTAMP",
    "FLOAT": "DOUBLE",
    "FLOAT64": "DOUBLE",
    "INT64": "BIGINT",
    "INTEGER": "BIGINT",
    "JSON": "JSON",
    "NUMERIC": "DECIMAL(38, 9)",
    "STRING": "VARCHAR",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMPTZ",
}
"""DuckDB's type for each scalar type of BigQuery, under both of the names that BigQuery gives it."""

_LARGEST_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: its type in DuckDB's words and its value. Positional ones are named by their place."""

    name: str
    type: str
    value: object


def parse_parameters(sent: list[dict[str, Any]]) -> tuple[Parameter, ...]:
    """Return the parameters of a request. Raises ApiError for a type or a value that BigQuery would refuse."""
    return tuple(
        Parameter(
            item.get("name", f"positional_{place}").lower(),
            _type(item["parameterType"]),
            _value(item["parameterType"], item.get("parameterValue", {}), item.get("name", str(place))),
        )
        for place, item in enumerate(sent, start=1)
    )


def _type(sent: Mapping[str, Any]) -> str:
    kind = sent["type"]
    if kind == "ARRAY":
        return f"{_type(sent['arrayType'])}[]"
    if kind == "STRUCT":
        members = ", ".join(f'"{member["name"]}" {_type(member["type"])}' for member in sent["structTypes"])
        return f"STRUCT({members})"
    if kind not in DUCKDB_TYPES:
        raise ApiError("invalid", f"Invalid value for type: {kind} is not a valid value")
    return DUCKDB_TYPES[kind]


def _value(kind: Mapping[str, Any], sent: Mapping[str, Any], name: str) -> object:
    if kind["type"] == "ARRAY":
        return [_value(kind["arrayType"], item, name) for item in sent.get("arrayValues", ())]
    if kind["type"] == "STRUCT":
        members = {member["name"]: member["type"] for member in kind["structTypes"]}
        values = sent.get("structValues", {})
        return {member: _value(of, values.get(member, {}), name) for member, of in members.items()}
    text = sent.get("value")
    if text is None:
        return None
    try:
        return from_text(kind["type"], str(text))
    except ValueError as error:
        raise invalid_query(f"Invalid value for parameter '{name}': Bad {kind['type']} value {text!r}") from error


def from_text(kind: str, text: str) -> object:
    """Return the value that a text means as a type of BigQuery. Raises ValueError."""
    return _READERS[DUCKDB_TYPES[kind]](text)


def _boolean(text: str) -> bool:
    known = {"true": True, "false": False}
    if text.lower() not in known:
        raise ValueError(f"not a BOOL: {text}")
    return known[text.lower()]


def _integer(text: str) -> int:
    number = int(text)
    if not -_LARGEST_INT64 <= number < _LARGEST_INT64:
        raise ValueError(f"out of range of INT64: {text}")
    return number


def _instant(text: str) -> datetime:
    """Return an instant; a text without a zone is UTC, as in BigQuery."""
    moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _numeric(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ValueError(f"not a NUMERIC: {text}") from error


def _json(text: str) -> str:
    json.loads(text)
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "BOOLEAN": _boolean,
    "DATE": date.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
    "DOUBLE": float,
    "BIGINT": _integer,
    "JSON": _json,
    "DECIMAL(38, 9)": _numeric,
    "VARCHAR": str,
    "TIME": time.fromisoformat,
    "TIMESTAMPTZ": _instant,
}
