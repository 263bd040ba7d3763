"""Several facts in one query: fewer requests, and one charge for starting a query instead of many.

Each fact's rows travel as JSON, with their place in the fact's own order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from checks.facts.fact import Fact, Window
from checks.facts.lineage import LINEAGE
from console.warehouse.bigquery import sql as text
from console.warehouse.bigquery.bounds import CONCURRENCY
from console.warehouse.bigquery.query import Question

TABLES_A_QUERY = 8
"""Most tables that a query of several facts names: when it fails for one fact, all of them have to be asked again."""

ALONE = frozenset({LINEAGE.name})
"""Facts that are a query of their own, because they decide how long a report takes."""

Group = tuple[Fact[Any], ...]


def batches(facts: Iterable[Fact[Any]], apart: Collection[str] = ()) -> tuple[Group, ...]:
    """Return the facts in groups, one query each, those that read the most tables first.

    Facts that read the same tables share a query where they can: BigQuery bills at least 10 MB for each table of a query. The
    facts named in `apart`, which failed before, stand alone, so that they make no others fail; only when that were more queries
    than may run at once do they share one.
    """
    known = sorted(facts, key=lambda fact: -len(fact.tables))
    alone = [(fact,) for fact in known if fact.name in ALONE]
    troubled = [fact for fact in known if fact.name in apart and fact.name not in ALONE]
    shared: list[list[Fact[Any]]] = []
    for fact in known:
        if fact.name not in apart and fact.name not in ALONE:
            _place(shared, fact)
    room = max(1, CONCURRENCY - len(alone) - len(shared))
    singles = troubled if len(troubled) <= room else troubled[: room - 1]
    rest = tuple(troubled[len(singles) :])
    groups = [*alone, *map(tuple, shared), *((fact,) for fact in singles), *([rest] if rest else [])]
    return tuple(sorted(groups, key=lambda group: -len(tables_of(group))))


def _place(groups: list[list[Fact[Any]]], fact: Fact[Any]) -> None:
    """Put a fact into the group that reads the most of its tables already and has room for the others."""
    fitting = [group for group in groups if len(tables_of([*group, fact])) <= TABLES_A_QUERY]
    if fitting:
        min(fitting, key=lambda group: len(set(fact.tables) - set(tables_of(group)))).append(fact)
    else:
        groups.append([fact])


def tables_of(facts: Iterable[Fact[Any]]) -> tuple[str, ...]:
    """Return the tables that a query of these facts names, each once."""
    return tuple(dict.fromkeys(table for fact in facts for table in fact.tables))


def batch_sql(queries: Sequence[tuple[str, str]]) -> str:
    """Return one query of several, given as (fact's name, its GoogleSQL): columns fact, n (place in the fact's order), row."""
    return "\nUNION ALL\n".join(_part(name, text.with_own_dates(sql, name)) for name, sql in queries)


def _part(name: str, sql: str) -> str:
    body, order = text.split_order(sql)
    return (
        f"SELECT '{name}' AS fact, ROW_NUMBER() OVER (ORDER BY {order}) AS n, TO_JSON_STRING(t) AS `row`\n"
        f"FROM (\n{body}\n) AS t"
    )


def question(
    batch: Sequence[tuple[Fact[Any], Window]], queries: Sequence[tuple[str, str]], as_of: datetime
) -> Question:
    """Return the question that a batch asks."""
    sql = batch_sql(queries)
    values: dict[str, datetime | date] = {"as_of": as_of}
    for fact, window in batch:
        values |= {f"{fact.name}_first": window.first, f"{fact.name}_last": window.last}
    used = {name: value for name, value in values.items() if f"@{name}" in sql}
    return Question(tuple(fact.name for fact, _ in batch), sql, used, len(tables_of(fact for fact, _ in batch)))


def sorted_out(rows: Iterable[Sequence[Any]]) -> Mapping[str, list[str]]:
    """Return the JSON rows of each fact in the fact's order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name, number, row in rows:
        found.setdefault(name, []).append((number, row))
    return {name: [row for _, row in sorted(numbered)] for name, numbered in found.items()}
