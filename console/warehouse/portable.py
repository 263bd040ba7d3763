"""Refuses GoogleSQL that does not mean the same on BigQuery and on DuckDB. Used at build time only: it needs sqlglot.

What is refused by name was measured to differ, silently or not, between Google's reference engine and DuckDB after
translation; what is in `_PROVED` was measured to agree. Everything else is refused as unproved: prove it, then add it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from console.warehouse.schema import definitions

if TYPE_CHECKING:
    from sqlglot import exp

PARAMETERS = frozenset({"as_of", "first", "last"})
"""The only parameters of a fact's query."""

_PARTITION = re.compile(r"^PARTITION BY ([^;\n]+)", re.MULTILINE)

_REFUSED = {
    "timestampdiff": "TIMESTAMP_DIFF counts differently: subtract UNIX_MICROS",
    "datetimediff": "DATETIME_DIFF counts differently: use DATE_DIFF by DAY",
    "countif": "COUNTIF is NULL on empty input: use COUNT(IF(…, 1, NULL))",
    "currentdate": "CURRENT_DATE asks the engine's clock: use @as_of",
    "currenttimestamp": "CURRENT_TIMESTAMP asks the engine's clock: use @as_of",
    "currentdatetime": "CURRENT_DATETIME asks the engine's clock: use @as_of",
    "currenttime": "CURRENT_TIME asks the engine's clock: use @as_of",
    "format": "FORMAT() prints differently: format in Python",
    "div": "bare / fails on zero in one engine only: use SAFE_DIVIDE",
    "intdiv": "DIV loses the parentheses of its operands",
    "arrayagg": "ARRAY_AGG does not translate: use QUALIFY ROW_NUMBER() …",
    "merge": "MERGE does not translate: write both forms by hand",
    "bracket": "an array's element is out of range in one engine only",
    "version": "FOR SYSTEM_TIME does not translate",
    "strtotime": "PARSE_TIMESTAMP differs: parse in Python",
    "unixtotime": "TIMESTAMP_MILLIS and its kin lose their zone",
    "safeadd": "SAFE_ADD does not translate",
    "farmfingerprint": "FARM_FINGERPRINT does not translate",
    "datetrunc": "DATE_TRUNC returns a timestamp in DuckDB",
}
"""Why a kind of expression is refused, by sqlglot's name of it."""

# fmt: off
_PROVED = frozenset({
    "and", "arraytostring", "avg", "case", "cast", "coalesce", "concat", "count", "date", "dateadd", "datediff", "datesub",
    "generatedatearray", "groupconcat", "if", "jsonextractscalar", "jsonformat", "lag", "logicalor", "lower", "max", "min",
    "or", "replace", "round", "rownumber", "safedivide", "sum", "timestamp", "timetostr", "trycast", "tsordstodate",
    "unixmicros",
})
# fmt: on
"""Functions whose translation was measured to agree, by sqlglot's name."""


def problems(sql: str, source: str) -> tuple[str, ...]:
    """Return what in `sql` is not portable, each as a sentence that starts with `source`, the file's name.

    Raises sqlglot's ParseError when the text is not one GoogleSQL statement.
    """
    import sqlglot  # noqa: PLC0415 - development only, and slow to import

    trees = sqlglot.parse(sql, read="bigquery")
    if len(trees) != 1 or trees[0] is None:
        return (f"{source}: one statement is portable, a script of {len(trees)} is not",)
    tree = trees[0]
    said = [*_constructs(tree), *_tables(tree), *_parameters(tree), *_partitions(tree)]
    return tuple(f"{source}: {sentence}" for sentence in dict.fromkeys(said))


def _constructs(tree: exp.Expression) -> Iterator[str]:
    """Yield a sentence for each expression that is refused, or that nobody has proved."""
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    for node in tree.walk():
        judge = _IN_ONE_FORM.get(node.key)
        if node.key in _REFUSED:
            yield _REFUSED[node.key]
        elif judge is not None:
            yield from judge(node)
        elif isinstance(node, exp.Anonymous):
            yield f"{node.name.upper()} is not known to be portable"
        elif isinstance(node, exp.Func) and node.key not in _PROVED:
            yield f"{node.sql_name()} is not known to be portable"


def _mod(node: exp.Expression) -> Iterator[str]:
    if node.this.key != "datediff":
        yield "MOD is proved of DATE_DIFF(…, DAY) only"


def _shifted_date(node: exp.Expression) -> Iterator[str]:
    if node.parent.key != "cast" or node.parent.args["to"].sql() != "DATE":
        yield "DATE_ADD and DATE_SUB return a timestamp in DuckDB: wrap them in CAST(… AS DATE)"


def _date_diff(node: exp.Expression) -> Iterator[str]:
    unit = node.args["unit"].sql().upper()
    if unit != "DAY":
        yield f"DATE_DIFF by {unit} counts differently: use DAY"


def _extract(node: exp.Expression) -> Iterator[str]:
    if node.name.upper() not in ("YEAR", "MONTH", "DAY"):
        yield f"EXTRACT({node.name.upper()}) differs: for weekdays use MOD(DATE_DIFF(d, DATE '1970-01-04', DAY), 7)"


def _format(node: exp.Expression) -> Iterator[str]:
    if node.this.key != "tsordstodate":
        yield "FORMAT_TIMESTAMP drops its zone: format local times in Python"


def _unnest(node: exp.Expression) -> Iterator[str]:
    if node.args.get("offset"):
        yield "UNNEST … WITH OFFSET is off by one"


def _qualify(node: exp.Expression) -> Iterator[str]:
    if not any(node.parent.args.get(clause) for clause in ("where", "group", "having")):
        yield "QUALIFY needs WHERE, GROUP BY or HAVING beside it in GoogleSQL: write WHERE TRUE"


def _cast(node: exp.Expression) -> Iterator[str]:
    kind = node.args["to"].sql("bigquery")
    if kind in ("NUMERIC", "BIGNUMERIC"):
        yield f"{kind} has other digits in DuckDB: cast to FLOAT64"
    if kind == "INT64" and node.this.key != "round":
        yield "casts to INT64 round differently: cast to FLOAT64, or use CAST(ROUND(x) AS INT64)"


_IN_ONE_FORM: dict[str, Callable[[exp.Expression], Iterator[str]]] = {
    "mod": _mod,
    "dateadd": _shifted_date,
    "datesub": _shifted_date,
    "datediff": _date_diff,
    "extract": _extract,
    "timetostr": _format,
    "unnest": _unnest,
    "qualify": _qualify,
    "cast": _cast,
    "trycast": _cast,
}
"""Constructs that are portable in one form only, and who judges the form."""


def _tables(tree: exp.Expression) -> Iterator[str]:
    """Yield a sentence for each name of a table that is not `dataset.table`, and for each table read twice."""
    stored = [node for node in tree.walk() if node.key == "table" and node.db]
    for table in stored:
        if table.catalog:
            yield f"{table.catalog}.{table.db}.{table.name} names a project: leave it to the connection"
        if table.name.endswith("*"):
            yield f"{table.db}.{table.name} is a wildcard table"
        if "INFORMATION_SCHEMA" in f"{table.db}.{table.name}".upper():
            yield "INFORMATION_SCHEMA differs between the engines: ask Warehouse.inspect"
    for name, times in Counter(f"{table.db}.{table.name}" for table in stored).items():
        if times > 1:
            yield f"{name} is read {times} times: read it once"


def _parameters(tree: exp.Expression) -> Iterator[str]:
    for name in sorted(parameters(tree) - PARAMETERS):
        yield f"@{name} is no parameter of a fact: they are @as_of, @first and @last"


def _partitions(tree: exp.Expression) -> Iterator[str]:
    """Yield a sentence for each partitioned table that is read without a constant bound on both ends of its partitions."""
    partitions = partition_columns()
    for table in (node for node in tree.walk() if node.key == "table"):
        column = partitions.get(f"{table.db}.{table.name}")
        if column and not _is_bounded(table.parent_select, table.alias_or_name, column):
            yield f"{table.db}.{table.name} is read without {column} BETWEEN @first AND @last, or a widened form of it"


def partition_columns() -> dict[str, str]:
    """Return the partition column (or the date taken of it) of each partitioned table, from the tables' definitions."""
    found = ((item.name, _PARTITION.search(item.statement)) for item in definitions())
    return {name: match[1] for name, match in found if match}


def _is_bounded(select: exp.Expression, alias: str, column: str) -> bool:
    """Return whether one of the conditions that must all hold is `column BETWEEN` two constants of @first and @last."""
    where = select.args.get("where")
    if where is None:
        return False
    conditions = where.this.flatten() if where.this.key == "and" else (where.this,)
    return any(
        part.key == "between"
        and part.this.sql("bigquery").replace(f"{alias}.", "").upper() == column.upper()
        and _is_constant(part.args["low"], "first")
        and _is_constant(part.args["high"], "last")
        for part in conditions
    )


def _is_constant(node: exp.Expression, parameter: str) -> bool:
    """Return whether `node` is made of that parameter and of no column."""
    return parameters(node) == {parameter} and all(part.key != "column" for part in node.walk())


def parameters(tree: exp.Expression) -> set[str]:
    """Return the names of the parameters in `tree`."""
    return {node.name for node in tree.walk() if node.key == "parameter"}
