"""Refuses to put a value into a column of another type, as BigQuery does; DuckDB would turn a STRING into JSON in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tests.bigquery_double.catalog import Table
from tests.bigquery_double.dialect import duckdb_sql
from tests.bigquery_double.errors import invalid_query
from tests.bigquery_double.statement import Statement

_NAMES = {
    "BIGINT": "INT64",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "DOUBLE": "FLOAT64",
    "HUGEINT": "INT64",
    "INTEGER": "INT64",
    "JSON": "JSON",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "VARCHAR": "STRING",
}
"""The types whose assignment is judged; what DuckDB calls otherwise is left alone."""

_WIDER = {("INT64", "NUMERIC"), ("INT64", "FLOAT64"), ("NUMERIC", "FLOAT64")}
_OF_CONSTANTS = {("STRING", "DATE"), ("STRING", "TIMESTAMP"), ("FLOAT64", "NUMERIC")}
"""What only a literal or a parameter may become without a cast."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Values that go into columns: the SQL that has their types, and for each the column and whether it is constant."""

    sql: str
    columns: tuple[tuple[str, str], ...]
    constants: tuple[bool, ...]
    says: str


def assignments(statement: Statement, target: Table) -> tuple[Assignment, ...]:
    """Return what a statement that changes rows puts into columns."""
    return tuple(_assignments(statement, target))


def _assignments(statement: Statement, target: Table) -> Iterator[Assignment]:
    tree = statement.tree
    for update in tree.find_all(exp.Update):
        names = [item.this.name for item in update.expressions]
        values = [item.expression for item in update.expressions]
        says = "Value of type {given} cannot be assigned to {column}, which has type {wanted}"
        yield _assignment(values, names, target, _around(tree), says)
    for insert in tree.find_all(exp.Insert):
        if isinstance(insert.this, exp.Var):
            continue
        columns = insert.this.expressions if isinstance(insert.this, exp.Schema | exp.Tuple) else ()
        names = [column.name for column in columns] or [name for name, _ in target.columns]
        says = "{value} has type {given} which cannot be inserted into column {column}, which has type {wanted}"
        if isinstance(insert.expression, exp.Select):
            select, values = insert.expression, insert.expression.expressions
            yield _of(select, values, names, target, says.replace("{value}", "Query column {place}"))
        for row in _rows(insert.expression):
            yield _assignment(row, names, target, _around(tree), says.replace("{value}", "Value"))


def _rows(values: exp.Expression) -> Iterator[list[exp.Expression]]:
    """Yield the values of each row of a VALUES clause."""
    if isinstance(values, exp.Tuple):
        yield values.expressions
    elif isinstance(values, exp.Values):
        for row in values.expressions:
            yield row.expressions


def _around(tree: exp.Expression) -> list[exp.Expression]:
    """Return the tables whose columns a value may name."""
    if isinstance(tree, exp.Merge):
        return [tree.this, tree.args["using"]]
    if isinstance(tree, exp.Update):
        joined = tree.args.get("from_")
        return [tree.this, *([joined.this] if joined is not None else [])]
    return []


def _assignment(
    values: Sequence[exp.Expression], names: Sequence[str], target: Table, around: list[exp.Expression], says: str
) -> Assignment:
    select = exp.Select(expressions=[exp.alias_(value.copy(), f"v{place}") for place, value in enumerate(values)])
    for place, table in enumerate(around):
        select = select.join(table.copy(), join_type="cross") if place else select.from_(table.copy())
    return _of(select, values, names, target, says)


def _of(
    select: exp.Expression, values: Sequence[exp.Expression], names: Sequence[str], target: Table, says: str
) -> Assignment:
    columns = tuple((name, target.type_of(name) or "") for name in names)
    return Assignment(duckdb_sql(select), columns, tuple(_is_constant(value) for value in values), says)


def _is_constant(value: exp.Expression) -> bool:
    inner = value.this if isinstance(value, exp.Alias) else value
    return isinstance(inner, exp.Literal) or (isinstance(inner, exp.Cast) and isinstance(inner.this, exp.Parameter))


def require_assignable(assignment: Assignment, types: Sequence[str]) -> None:
    """Raise ApiError for a value whose type, in DuckDB's words, is not that of its column."""
    given = zip(assignment.columns, assignment.constants, types, strict=False)
    for place, ((column, wanted), is_constant, kind) in enumerate(given, start=1):
        pair = (_name(kind), _name(wanted))
        if "" in pair or pair[0] == pair[1] or pair in _WIDER or (is_constant and pair in _OF_CONSTANTS):
            continue
        raise invalid_query(assignment.says.format(given=pair[0], wanted=pair[1], column=column, place=place))


def _name(duckdb_type: str) -> str:
    return "NUMERIC" if duckdb_type.startswith("DECIMAL") else _NAMES.get(duckdb_type, "")
