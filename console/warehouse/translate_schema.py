"""Writes DuckDB's form of the table definitions. Used at build time only: it needs sqlglot, a development dependency.

The result is kept in the repository under `console/warehouse/duckdb_sql/schema`, one file for each GoogleSQL file, with the
same statements in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.warehouse.schema import SOURCES, source_text, statements

if TYPE_CHECKING:
    from sqlglot import exp

FOLDER = "schema"
"""The folder inside `duckdb_sql` to which the generated files belong."""

_HEADER = (
    "-- Generated from console/warehouse/schema/{source} by `python -m console.warehouse.translate`: do not edit.\n"
)


def generate_schema() -> dict[str, str]:
    """Return the text of each generated file by its path relative to `console/warehouse/duckdb_sql`."""
    return {f"{FOLDER}/{source}": _generate(source) for source in SOURCES}


def _generate(source: str) -> str:
    translated = (_translate(statement) for statement in statements(source_text(source)))
    return _HEADER.format(source=source) + "".join(f"\n{statement};\n" for statement in translated)


def _translate(statement: str) -> str:
    """Return one GoogleSQL definition in DuckDB's SQL. Raises sqlglot's ParseError when it is not GoogleSQL."""
    import sqlglot  # noqa: PLC0415 - development only, and slow to import

    tree = sqlglot.parse_one(statement, read="bigquery")
    tree.set("properties", None)  # partitions and their filters: DuckDB has neither
    return str(tree.transform(_widen_numeric).sql(dialect="duckdb", pretty=True, comments=False))


def _widen_numeric(node: exp.Expression) -> exp.Expression:
    """Give NUMERIC the 38 digits and 9 decimals that BigQuery gives it; DuckDB's plain DECIMAL has 18 and 3."""
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.DECIMAL and not node.expressions:
        return exp.DataType.build("DECIMAL(38, 9)", dialect="duckdb")
    return node
