"""Finds out what a snapshot has to copy, from the syntax trees of the facts' queries. Used at build time only: it needs sqlglot.

The result is kept in the repository as `console/warehouse/snapshot/reads.toml`, so that a column which nothing reads is never
copied, and one that a fact begins to read is not forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.warehouse.portable import partition_columns
from console.warehouse.schema import definitions

if TYPE_CHECKING:
    from sqlglot import exp

HEADER = (
    "# Generated from checks/facts/*.sql by `python -m console.warehouse.translate`: do not edit.\n"
    "# What a snapshot copies: of each table the columns that a fact's query names, and of JSON only the values that it\n"
    "# takes out (`json`; `row_json` where the query looks into the whole row, because older deployments lack the column).\n"
    "# `facts` says how many days before and after its window each fact reads.\n"
)

VIEW, VIEWED, STORED = "nba_raw.v_game_id_mappings", "nba_raw.v_nbac_schedule_latest", "nba_raw.nbac_schedule"
"""The one view that people ask besides the facts. It shows the columns of the view below it, which are those of the table."""

_WORD = re.compile(r"\w+")


class UnreadableError(Exception):
    """A query reads a table in a way from which nobody can tell which columns it needs; the message says which and how."""


@dataclass(slots=True)
class _Reads:
    """What is read of one table, gathered over all queries."""

    columns: set[str] = field(default_factory=set)
    json: set[str] = field(default_factory=set)
    row_json: set[str] = field(default_factory=set)
    facts: dict[str, tuple[int, int]] = field(default_factory=dict)


def generate_reads(queries: Iterable[tuple[str, str]]) -> str:
    """Return the text of `reads.toml` for the facts' queries, given as (fact's name, GoogleSQL).

    Raises UnreadableError for a query from which the columns cannot be told.
    """
    import sqlglot  # noqa: PLC0415 - development only, and slow to import

    found: dict[str, _Reads] = {}
    for name, sql in queries:
        tree = sqlglot.parse_one(sql, read="bigquery")
        for table in (node for node in tree.walk() if node.key == "table" and node.db):
            _gather(name, table, found.setdefault(f"{table.db}.{table.name}", _Reads()))
    found[STORED].columns |= _columns_of_view()
    order = {item.name: place for place, item in enumerate(definitions())}
    return HEADER + "".join(_entry(name, found[name]) for name in sorted(found, key=order.__getitem__))


def _gather(fact: str, table: exp.Expression, reads: _Reads) -> None:
    """Add what one query reads of a table that it names."""
    select, alias, name = table.parent_select, table.alias_or_name, f"{table.db}.{table.name}"
    if any(part.key == "star" and part.parent is select for part in select.walk()):
        raise UnreadableError(f"{fact}: SELECT * of {name} does not say which columns are needed")
    for column in (part for part in select.walk() if part.key == "column"):
        if column.table == alias:
            _gather_column(fact, name, column, reads)
        elif column.name == alias and not column.table:
            reads.row_json.add(_path_in_row(fact, name, column))
    reads.facts[fact] = _days_around(select, alias, partition_columns().get(name))


def _gather_column(fact: str, table: str, column: exp.Expression, reads: _Reads) -> None:
    path = _json_path(column.parent)
    if path is not None:
        reads.json.add(f"{column.name}.{path}")
    elif dict(_definition(table))[column.name] == "JSON":
        raise UnreadableError(f"{fact}: {table}.{column.name} is read whole: take single values out with JSON_VALUE")
    else:
        reads.columns.add(column.name)


def _path_in_row(fact: str, table: str, row: exp.Expression) -> str:
    """Return `column` or `column.key` of JSON_VALUE(TO_JSON_STRING(row), '$.column.key')."""
    path = _json_path(row.parent.parent) if row.parent.key == "jsonformat" else None
    if path is None:
        raise UnreadableError(
            f"{fact}: the whole row of {table} is read, other than by JSON_VALUE(TO_JSON_STRING(…), …)"
        )
    return path


def _json_path(node: exp.Expression | None) -> str | None:
    """Return `a.b` for JSON_VALUE(…, '$.a.b'), None for anything else."""
    if node is None or node.key != "jsonextractscalar":
        return None
    keys = [part for part in node.expression.expressions if part.key != "jsonpathroot"]
    return ".".join(str(part.this) for part in keys) if all(part.key == "jsonpathkey" for part in keys) else None


def _days_around(select: exp.Expression, alias: str, column: str | None) -> tuple[int, int]:
    """Return how many days before @first and after @last the query reads; the lint has seen to it that both are bounded."""
    where = select.args.get("where")
    if column is None or where is None:
        return 0, 0
    for part in where.this.flatten() if where.this.key == "and" else (where.this,):
        if part.key == "between" and part.this.sql("bigquery").replace(f"{alias}.", "").upper() == column.upper():
            return -_days(part.args["low"]), _days(part.args["high"])
    return 0, 0


def _days(bound: exp.Expression) -> int:
    """Return the days by which a bound lies behind its parameter: -3 of DATE_SUB(@first, INTERVAL 3 DAY)."""
    signs = {"dateadd": 1, "datesub": -1}
    return sum(signs[part.key] * int(part.expression.name) for part in bound.walk() if part.key in signs)


def _columns_of_view() -> set[str]:
    """Return the stored columns that VIEW needs: every word of both definitions' queries that is one and that VIEW names."""
    bodies = {item.name: item.statement.partition("\nAS\n")[2] for item in definitions() if item.is_view}
    chosen = bodies[VIEWED].partition("\nFROM ")[2]
    stored = {name for name, _ in _definition(STORED)}
    return stored & {*_WORD.findall(bodies[VIEW]), *_WORD.findall(chosen)}


def _definition(table: str) -> tuple[tuple[str, str], ...]:
    return next(item.columns for item in definitions() if item.name == table)


def _entry(name: str, reads: _Reads) -> str:
    return "\n".join(_lines(name, reads)) + "\n"


def _lines(name: str, reads: _Reads) -> Iterator[str]:
    yield from ("", "[[table]]", f'name = "{name}"')
    if (partition := partition_columns().get(name)) is not None:
        yield f'partition = "{partition}"'
    yield "columns = [" + ", ".join(f'"{column}"' for column, _ in _definition(name) if column in reads.columns) + "]"
    for key, paths in (("json", reads.json), ("row_json", reads.row_json)):
        if paths:
            yield f"{key} = [" + ", ".join(f'"{path}"' for path in sorted(paths)) + "]"
    facts = ", ".join(f"{fact} = [{before}, {after}]" for fact, (before, after) in sorted(reads.facts.items()))
    yield f"facts = {{ {facts} }}"
