"""Rows on their way to a warehouse table, as one line of the JSON that load jobs take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from checks.times import format_instant

LARGEST_ROW = 1 << 20
"""Bytes of a row; a larger one is a mistake, not a row of ours."""


class UnfitRowError(ValueError):
    """A row that no table could take."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row to append: values by column, and the key under which it is delivered once, however often it is put.

    A JSON column takes what JSON has, as it is: a load job makes a JSON string of a text. Instants are aware.
    """

    key: str
    values: Mapping[str, Any]


def row_line(row: OutboxRow) -> str:
    """Return the row as one line of JSON. Raises UnfitRowError.

    What is None is left out: a null that a load job names for a JSON column is a JSON null and not NULL.
    """
    given = {name: value for name, value in row.values.items() if value is not None}
    try:
        line = json.dumps(given, allow_nan=False, ensure_ascii=True, separators=(",", ":"), default=_text)
    except (TypeError, ValueError) as error:
        raise UnfitRowError(f"the row {row.key} cannot be written as JSON: {error}") from error
    if len(line) > LARGEST_ROW:
        raise UnfitRowError(f"the row {row.key} has {len(line):,} bytes, the most is {LARGEST_ROW:,}")
    return line


def _text(value: object) -> str:
    """Return what JSON has no type for as BigQuery reads it. Raises TypeError, and ValueError for a naive instant."""
    if isinstance(value, datetime):
        return format_instant(value, "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a column")


def job_id(place: str, table: str, row_ids: Iterable[str], attempt: int) -> str:
    """Return the id of the job that delivers these rows: always the same one, and that of no other batch or attempt.

    An attempt is a job that ended without loading anything; its id is used up.
    """
    digest = hashlib.sha256(json.dumps([place, table, attempt, *row_ids]).encode()).hexdigest()
    return f"courtside_{digest[:48]}"


def halves(numbers: Sequence[tuple[int, str]]) -> tuple[Sequence[tuple[int, str]], ...]:
    """Return the rows of a batch in two halves, of which one may be good."""
    middle = len(numbers) // 2
    return numbers[:middle], numbers[middle:]
