"""Google's reference engine: the hand-written GoogleSQL of a fact, run as BigQuery would run it.

ZetaSQL compiled to WebAssembly. Tables are written into the query as literals, in place of their names; everything else of it is
what stands in `checks/facts`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import wasmtime
from zetasql.core import wasm_client

_UNIX_EPOCH = date(1970, 1, 1)


class _CachedConfig(wasmtime.Config):
    """Keeps the compiled module between runs: 0.3 s instead of 12 s, and 250 MB instead of 1 GB."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = True


@cache
def _engine() -> tuple[Any, Any, Any]:
    """Return the query class, the catalogue of built-in functions, and the analyser's options."""
    wasm_client.Config = _CachedConfig
    from zetasql.api import CatalogBuilder, PreparedQuery
    from zetasql.types import AnalyzerOptions, LanguageOptions, ZetaSQLBuiltinFunctionOptions

    language = LanguageOptions.maximum_features()
    functions = ZetaSQLBuiltinFunctionOptions(language_options=language)
    catalogue = CatalogBuilder("reference").with_builtin_functions(functions).build()
    return PreparedQuery, catalogue, AnalyzerOptions(language_options=language, default_timezone="UTC")


def run(sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query that has no column of instants: the engine's package cannot read them."""
    query_class, catalogue, options = _engine()
    query = query_class.builder().set_sql(sql).set_analyzer_options(options).set_catalog(catalogue).prepare()
    try:
        table = query.execute().content.table_data
        return [tuple(_value(cell) for cell in row.cell) for row in (table.row if table else [])]
    finally:
        query.close()


def _value(cell: Any) -> Any:
    for kind in ("int64_value", "string_value", "bool_value", "double_value"):
        if (value := getattr(cell, kind, None)) is not None:
            return value
    if (days := getattr(cell, "date_value", None)) is not None:
        return _UNIX_EPOCH + timedelta(days=days)
    return None


def with_microseconds(sql: str, instants: Collection[str]) -> str:
    """Return `sql` with the named columns of its outermost SELECT as whole microseconds, as the generated form has them.

    The outermost SELECT is the last one that begins a line; each of its columns stands on a line of its own.
    """
    head, select, tail = (
        sql.rpartition("\nSELECT\n") if "\nSELECT\n" in sql else ("", "SELECT\n", sql.partition("SELECT\n")[2])
    )

    def wrapped(match: re.Match[str]) -> str:
        return f"  UNIX_MICROS({match[1]}) AS {match[2]}" if match[2] in instants else match[0]

    return head + select + re.sub(r"^  (\S.*) AS (\w+)(?=,?$)", wrapped, tail, flags=re.MULTILINE)


def with_tables(sql: str, tables: Iterable[tuple[str, Sequence[tuple[str, str]], Sequence[Sequence[Any]]]]) -> str:
    """Return `sql` with each table's name replaced by its rows; a table is its name, (column, type) pairs, and rows."""
    for name, columns, rows in tables:
        body = _rows_as_sql(columns, rows)
        before, *uses = re.split(rf"\b(?<=FROM |JOIN ){re.escape(name)}\b", sql)
        sql = f"({body})".join((before, *uses))
    return sql


def with_parameters(sql: str, as_of: datetime, first: date, last: date) -> str:
    """Return `sql` with the three parameters as literals."""
    micros = int((as_of - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    sql = sql.replace("@as_of", literal(micros, "TIMESTAMP"))
    return sql.replace("@first", literal(first, "DATE")).replace("@last", literal(last, "DATE"))


def _rows_as_sql(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        nulls = ", ".join(f"CAST(NULL AS {kind}) AS `{name}`" for name, kind in columns)
        return f"SELECT {nulls} FROM UNNEST([1]) WHERE FALSE"
    selects = (
        ", ".join(f"{literal(value, kind)} AS `{name}`" for value, (name, kind) in zip(row, columns, strict=True))
        for row in rows
    )
    return " UNION ALL ".join(f"SELECT {select}" for select in selects)


def literal(value: Any, kind: str) -> str:  # noqa: PLR0911  # one way of writing per type
    """Return a value as GoogleSQL writes it."""
    if value is None:
        return f"CAST(NULL AS {kind})"
    if kind == "TIMESTAMP":
        return f"TIMESTAMP_MICROS({value})"
    if kind == "JSON":
        return f"PARSE_JSON({_text(value)})"
    if kind == "ARRAY<STRING>":
        return f"ARRAY<STRING>[{', '.join(_text(item) for item in value)}]"
    if kind == "FLOAT64":
        return f"CAST({value} AS FLOAT64)"
    if kind == "STRING":
        return _text(value)
    if kind == "DATE":
        return f"DATE '{value}'"
    if kind == "NUMERIC":
        return f"NUMERIC '{value}'"
    return str(value).upper()


def _text(value: str) -> str:
    return json.dumps(value)
