"""The rows of a snapshot: as they are stored, and what is said of them to find out later whether they are still the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from console.warehouse.snapshot.plan import JsonPath, TableRead

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows there are, and the sum of their hashes: the same for the same rows in any order, with any page size."""

    rows: int = 0
    total: int = 0

    def plus(self, rows: Iterable[Sequence[Any]]) -> Digest:
        """Return the digest with some more rows."""
        count, total = self.rows, self.total
        for row in rows:
            text = json.dumps(row, default=str, ensure_ascii=False, separators=(",", ":"))
            total += int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")
            count += 1
        return Digest(count, total % _MODULUS)

    @property
    def hash(self) -> str:
        """The sum as 64 hex digits."""
        return f"{self.total:064x}"


def stored_columns(read: TableRead, rows: Sequence[Sequence[Any]]) -> tuple[list[Any], ...]:
    """Return rows of the copying query column by column, as the file takes them: the columns that `read` names, in order."""
    plain = len(read.columns)
    columns = [_storable(list(column)) for column in zip(*rows, strict=True)]
    stored = columns[:plain]
    for name in read.stored_columns()[plain:]:
        found = [
            (path, column) for path, column in zip(read.paths, columns[plain:], strict=True) if path.column == name
        ]
        stored.append(_merged(found))
    return tuple(stored)


def _storable(column: list[Any]) -> list[Any]:
    """Return NUMERIC values as their digits: a list of decimals would be given the type of its first."""
    return [str(value) if isinstance(value, Decimal) else value for value in column]


def _merged(found: Sequence[tuple[JsonPath, list[Any]]]) -> list[Any]:
    """Return one column out of the values that were taken out of it."""
    path, values = found[0]
    if not path.keys:
        return values
    return [
        _document(list(zip((path for path, _ in found), row, strict=True))) for row in zip(*_values(found), strict=True)
    ]


def _values(found: Sequence[tuple[JsonPath, list[Any]]]) -> list[list[Any]]:
    return [values for _, values in found]


def _document(values: Sequence[tuple[JsonPath, Any]]) -> str | None:
    """Return the JSON object that holds the values at their paths, None when there is none."""
    whole: dict[str, Any] = {}
    for path, value in values:
        if value is not None:
            place = whole
            for key in path.keys[:-1]:
                place = place.setdefault(key, {})
            place[path.keys[-1]] = value
    return json.dumps(whole, ensure_ascii=False) if whole else None
