"""The text of a fact's GoogleSQL as it is sent: with the project's dataset prefix, and prepared to stand in a batch.

The files are ours and linted, so plain text rules suffice: the outermost ORDER BY begins the last line that starts with those
words, and a table stands behind FROM or JOIN.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from console.warehouse.protocol import WarehouseError

_PARAMETER = re.compile(r"@(as_of|first|last)\b")
_LEADING_COMMENT = re.compile(r"\A(?:--[^\n]*\n)+")
_ORDER_BY = "\nORDER BY "


@cache
def google_sql(name: str) -> str:
    """Return the hand-written query of a fact. Raises WarehouseError when the installation lacks it."""
    try:
        return files("checks.facts").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise WarehouseError(f"the query of the fact {name} cannot be read, reinstall courtside: {error}") from error


def with_prefix(sql: str, tables: tuple[str, ...], prefix: str) -> str:
    """Return `sql` reading the named tables from datasets whose names begin with `prefix`; texts that name a table stay."""
    for table in tables if prefix else ():
        sql = re.sub(rf"\b(?<=FROM |JOIN ){re.escape(table)}\b", f"{prefix}{table}", sql)
    return sql


def split_order(sql: str) -> tuple[str, str]:
    """Return the query without its head comment and its outermost ORDER BY, and the columns that it is ordered by.

    Raises ValueError for a query that has no order.
    """
    body, found, order = _LEADING_COMMENT.sub("", sql).rpartition(_ORDER_BY)
    if not found:
        raise ValueError("the query has no ORDER BY at the beginning of a line")
    return body, order.strip()


def parameters(sql: str) -> frozenset[str]:
    """Return the parameters that `sql` mentions, without their @."""
    return frozenset(_PARAMETER.findall(sql))


def with_own_dates(sql: str, name: str) -> str:
    """Return `sql` with @first and @last as @<name>_first and @<name>_last; all queries of a batch share @as_of."""
    return _PARAMETER.sub(lambda match: match[0] if match[1] == "as_of" else f"@{name}_{match[1]}", sql)
