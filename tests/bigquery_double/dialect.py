"""Writes BigQuery's syntax tree as DuckDB's SQL, so that it means the same where a plain translation would not.

What is known to differ and is not made alike here is refused: a double that answers otherwise than BigQuery is worse than one
that does not answer. What an engine's own rules decide (a cast's rounding, an overflow) is left to the lint of the facts.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from console.warehouse.translate import range_of_instants
from tests.bigquery_double.errors import not_implemented

_REFUSED = {
    "bracket": "an array's element",
    "farmfingerprint": "FARM_FINGERPRINT",
    "format": "FORMAT",
    "intdiv": "DIV",
    "safeadd": "SAFE_ADD",
    "strtotime": "PARSE_TIMESTAMP",
    "unixtotime": "TIMESTAMP_MILLIS and its kin",
    "version": "FOR SYSTEM_TIME",
}

_MICROSECONDS = {
    "DAY": 86_400_000_000,
    "HOUR": 3_600_000_000,
    "MINUTE": 60_000_000,
    "SECOND": 1_000_000,
    "MILLISECOND": 1_000,
    "MICROSECOND": 1,
}


def duckdb_sql(tree: exp.Expression, target_columns: tuple[str, ...] = ()) -> str:
    """Return the statement in DuckDB's SQL; `target_columns` are those of the table that it changes. Raises ApiError."""
    holder = tree.copy()
    _name_columns(holder)
    if holder.key in ("update", "merge"):
        _prepare_change(holder, target_columns)
    for node in reversed(list(holder.walk())):
        _refuse(node)
        rewrite = _REWRITES.get(node.key)
        if rewrite is None:
            continue
        made = rewrite(node)
        if node is holder:
            holder = made
        elif made is not node:
            node.replace(made)
    try:
        return str(holder.sql(dialect="duckdb", comments=False, unsupported_level=ErrorLevel.RAISE))
    except UnsupportedError as error:
        raise not_implemented(str(error)) from error


def _refuse(node: exp.Expression) -> None:
    """Raise ApiError for what DuckDB answers differently."""
    what = _REFUSED.get(node.key)
    if node.key == "datetimediff":
        what = "DATETIME_DIFF"
    elif node.key == "datediff" and node.args["unit"].sql().upper() != "DAY":
        what = "DATE_DIFF in another unit than DAY"
    elif node.key == "extract" and node.name.upper() not in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"):
        what = f"EXTRACT({node.name.upper()} …)"
    elif node.key == "unnest" and node.args.get("offset"):
        what = "UNNEST … WITH OFFSET"
    elif node.key == "timetostr" and node.args.get("zone"):
        what = "FORMAT_TIMESTAMP with a zone"
    if what:
        raise not_implemented(what)


def _name_columns(tree: exp.Expression) -> None:
    """Name the columns of a result that have no name as BigQuery does: f0_, f1_ …"""
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if not isinstance(select, exp.Select):
        return
    named = (exp.Alias, exp.Column, exp.Star, exp.Dot)
    unnamed = [item for item in select.expressions if not isinstance(item, named)]
    for number, item in enumerate(unnamed):
        item.replace(exp.alias_(item.copy(), f"f{number}_"))


def _prepare_change(tree: exp.Expression, target_columns: tuple[str, ...]) -> None:
    """Write the assignments of UPDATE and MERGE without the target's alias, and INSERT ROW in full."""
    for update in tree.find_all(exp.Update):
        for item in update.expressions:
            item.this.set("table", None)
    for insert in tree.find_all(exp.Insert):
        if isinstance(insert.this, exp.Var) and insert.this.name.upper() == "ROW":
            _write_row(insert, tree.args["using"], target_columns)


def _write_row(insert: exp.Expression, source: exp.Expression, target_columns: tuple[str, ...]) -> None:
    given = [item.alias_or_name for item in source.this.expressions] if isinstance(source, exp.Subquery) else []
    if len(given) != len(target_columns):
        raise not_implemented("INSERT ROW from a source that does not name as many columns as the target has")
    insert.set("this", exp.Tuple(expressions=[exp.column(name, quoted=True) for name in target_columns]))
    values = [exp.column(name, table=source.alias, quoted=True) for name in given]
    insert.set("expression", exp.Tuple(expressions=values))


def _count_if(node: exp.Expression) -> exp.Expression:
    one = exp.If(this=node.this.copy(), true=exp.Literal.number(1))
    return exp.Count(this=exp.Case(ifs=[one]))


def _divide(node: exp.Expression) -> exp.Expression:
    """Let a division by zero fail, as it does in BigQuery."""
    refusal = exp.Literal.string(f"division by zero: {node.sql('bigquery')}")
    failing = exp.Anonymous(this="ERROR", expressions=[refusal])
    is_zero = exp.EQ(this=exp.paren(node.expression.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_zero, true=failing)], default=node.copy())


def _timestamp_diff(node: exp.Expression) -> exp.Expression:
    """Count whole units between two instants, cut towards zero; DuckDB counts the boundaries that are crossed."""
    unit = node.args["unit"].sql().upper()
    if unit not in _MICROSECONDS:
        raise not_implemented(f"TIMESTAMP_DIFF by {unit}")
    later, earlier = (
        exp.Anonymous(this="EPOCH_US", expressions=[side.copy()]) for side in (node.this, node.expression)
    )
    between = exp.paren(exp.Sub(this=later, expression=earlier))
    return exp.paren(exp.IntDiv(this=between, expression=exp.Literal.number(_MICROSECONDS[unit])))


def _as_date(node: exp.Expression) -> exp.Expression:
    """Let a shifted date be a date; DuckDB makes a timestamp of it."""
    return exp.cast(node.copy(), "DATE")


def _numeric(node: exp.Expression) -> exp.Expression:
    """Give NUMERIC its 38 digits and 9 decimals."""
    if node.this == exp.DataType.Type.DECIMAL and not node.expressions:
        return exp.DataType.build("DECIMAL(38, 9)", dialect="duckdb")
    return node


def _float(node: exp.Expression) -> exp.Expression:
    """Let a number with a point be a FLOAT64; DuckDB makes a decimal of it."""
    is_decimal = not node.is_string and "." in node.name
    return exp.cast(node.copy(), "DOUBLE", dialect="duckdb") if is_decimal else node


def _between(node: exp.Expression) -> exp.Expression:
    """Compare days as instants, by which DuckDB can skip what it need not read."""
    made = range_of_instants(node)
    return node if made is node else exp.paren(made)


_REWRITES: dict[str, Callable[[exp.Expression], exp.Expression]] = {
    "between": _between,
    "countif": _count_if,
    "datatype": _numeric,
    "dateadd": _as_date,
    "datesub": _as_date,
    "div": _divide,
    "literal": _float,
    "timestampdiff": _timestamp_diff,
}
