"""What DuckDB refuses, said as BigQuery would say it."""

from __future__ import annotations

import re

import duckdb

from tests.bigquery_double.errors import ApiError, invalid_query

_SAYINGS = (
    (r'Referenced column "(?P<name>[^"]+)" not found', "Unrecognized name: {name}{place}"),
    (r'Referenced table "(?P<name>[^"]+)" not found', "Unrecognized name: {name}{place}"),
    (r"Referenced update column (?P<name>\w+) not found", "Unrecognized name: {name}{place}"),
    (
        r'Table "(?P<alias>[^"]+)" does not have a column named "(?P<name>[^"]+)"',
        "Name {name} not found inside {alias}{place}",
    ),
    (r'does not have a column with name "(?P<name>[^"]+)"', "Column {name} is not present in table {target}{place}"),
    (r"Function with name (?P<name>\S+) does not exist", "Function not found: {name}{place}"),
    (r"NOT NULL constraint failed: (?:\S+\.)?(?P<name>\w+)", "Required field {name} cannot be null"),
    (
        r"cannot affect the same target row more than once",
        "UPDATE/MERGE must match at most one source row for each target row",
    ),
)
"""How DuckDB says it, and how BigQuery does; a sentence without a counterpart stays DuckDB's."""


def refusal(error: duckdb.Error, sql: str, target: str = "") -> ApiError:
    """Return the refusal of the GoogleSQL `sql`, whose translation DuckDB did not run; `target` is what it changes."""
    message = str(error)
    if isinstance(error, duckdb.InterruptException):
        return ApiError("stopped", "Job execution was cancelled: User requested cancellation")
    for pattern, saying in _SAYINGS:
        found = re.search(pattern, message)
        if found is not None:
            words = {"target": target, **found.groupdict()}
            written, place = _written(sql, words.get("name", ""))
            return invalid_query(saying.format(**{**words, "name": written}, place=place))
    return invalid_query(message.split("\n", 1)[0].partition(": ")[2] or message)


def _written(sql: str, name: str) -> tuple[str, str]:
    """Return a name as a query writes it, and ` at [line:column]`; the name alone when it does not stand there."""
    found = re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE) if name else None
    if found is None:
        return name, ""
    before = sql[: found.start()]
    return found[0], f" at [{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}]"
