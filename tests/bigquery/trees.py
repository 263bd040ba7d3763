"""What a query's syntax tree says of the partitioned tables that it reads."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from console.warehouse.schema import definitions


def _partition_columns() -> Mapping[str, str]:
    """Return the column, or the date taken of it, that each partitioned table is partitioned by, from the definitions' trees."""
    found = {}
    for item in definitions():
        by = sqlglot.parse_one(item.statement, read="bigquery").find(exp.PartitionedByProperty)
        if by is not None:
            found[item.name] = by.this.sql("bigquery")
    return found


PARTITION_COLUMNS = _partition_columns()


def name_of(table: exp.Expression) -> str:
    """Return `dataset.table`."""
    return f"{table.args['db'].name}.{table.name}" if table.args.get("db") else str(table.name)


def partitioned_tables(tree: exp.Expression) -> list[exp.Table]:
    """Return every place where a query names a partitioned table."""
    return [node for node in tree.find_all(exp.Table) if name_of(node) in PARTITION_COLUMNS]


def partition_bounds(table: exp.Table) -> tuple[set[str], set[str]]:
    """Return the parameters of the low and the high end between which a table's partition column must lie; none, no sets.

    Only a condition that must hold counts, beside the table, and whose ends are made of parameters and constants.
    """
    column = PARTITION_COLUMNS[name_of(table)]
    where = table.parent_select.args.get("where")
    for part in _conditions(where.this) if where is not None else ():
        if isinstance(part, exp.Between) and part.this.sql("bigquery").replace(f"{table.alias}.", "") == column:
            low, high = part.args["low"], part.args["high"]
            if not list(low.find_all(exp.Column)) + list(high.find_all(exp.Column)):
                return _parameters(low), _parameters(high)
    return set(), set()


def _conditions(node: exp.Expression) -> list[exp.Expression]:
    return list(node.flatten()) if isinstance(node, exp.And) else [node]


def _parameters(node: exp.Expression) -> set[str]:
    return {found.name for found in node.find_all(exp.Parameter)}
