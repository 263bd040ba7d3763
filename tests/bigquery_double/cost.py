"""What a query reads and what it is billed: the bytes of the columns named, in the partitions that its predicates leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from tests.bigquery_double.dialect import duckdb_sql
from tests.bigquery_double.errors import ApiError
from tests.bigquery_double.partitions import TableUse

MEGABYTE = 1 << 20
LEAST_PER_TABLE = 10 * MEGABYTE
"""Billed at least, for each table referenced and for each query, https://cloud.google.com/bigquery/pricing."""

_FIXED = {"BIGINT": 8, "BOOLEAN": 1, "DATE": 8, "DOUBLE": 8, "TIME": 8, "TIMESTAMP": 8, "TIMESTAMP WITH TIME ZONE": 8}
_NUMERIC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes of one query."""

    processed: int
    billed: int


@dataclass(frozen=True, slots=True)
class Measure:
    """The query that adds up the bytes of one table."""

    table: str
    sql: str


def measures(uses: Iterable[TableUse]) -> tuple[Measure, ...]:
    """Return how to measure each table that a statement reads; a table that it names twice is read once."""
    by_table: dict[str, list[TableUse]] = {}
    for use in uses:
        if use.is_read:
            by_table.setdefault(use.table.name, []).append(use)
    return tuple(_measure(name, found) for name, found in by_table.items())


def _measure(name: str, uses: list[TableUse]) -> Measure:
    dataset, _, table = name.partition(".")
    columns = sorted(frozenset[str]().union(*(use.columns for use in uses)))
    sizes = [_size(column, uses[0].table.type_of(column) or "") for column in columns]
    sql = f'SELECT COALESCE(SUM({" + ".join(sizes) or "0"}), 0) FROM "{dataset}"."{table}"'
    predicates = [use.predicate for use in uses if use.predicate is not None]
    if len(predicates) == len(uses):
        sql += f" WHERE {_condition(exp.or_(*predicates))}"
    return Measure(name, sql)


def _condition(predicate: exp.Expression) -> str:
    select = duckdb_sql(exp.Select(expressions=[exp.Literal.number(1)]).where(predicate))
    return select.partition(" WHERE ")[2]


def _size(column: str, kind: str) -> str:
    """Return the SQL for a value's bytes, https://cloud.google.com/bigquery/pricing#data; a NULL has none."""
    name = f'"{column}"'
    if kind in _FIXED:
        return f"IF({name} IS NULL, 0, {_FIXED[kind]})"
    if kind.startswith("DECIMAL"):
        return f"IF({name} IS NULL, 0, {_NUMERIC_BYTES})"
    if kind == "VARCHAR[]":
        return f"COALESCE(2 * LEN({name}) + STRLEN(ARRAY_TO_STRING({name}, '')), 0)"
    return f"COALESCE(2 + STRLEN(CAST({name} AS VARCHAR)), 0)"


def cost_of(found: Iterable[Measure], measure: Callable[[str], int]) -> Cost:
    """Return the bytes of a query; `measure` runs the SQL of one measurement."""
    sizes: Mapping[str, int] = {item.table: measure(item.sql) for item in found}
    billed = sum(max(LEAST_PER_TABLE, -(-size // MEGABYTE) * MEGABYTE) for size in sizes.values())
    return Cost(sum(sizes.values()), billed)


def require_affordable(cost: Cost, maximum_bytes_billed: int | None) -> None:
    """Raise ApiError when a query would be billed more than it may be."""
    if maximum_bytes_billed is not None and cost.billed > maximum_bytes_billed:
        raise ApiError(
            "bytesBilledLimitExceeded",
            f"Query exceeded limit for bytes billed: {maximum_bytes_billed}. {cost.billed} or higher required.",
        )
