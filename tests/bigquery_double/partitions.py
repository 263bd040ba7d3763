"""Which tables a statement touches: the columns it reads of each, and the predicates that choose its partitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from tests.bigquery_double.catalog import Catalog, Table
from tests.bigquery_double.statement import Statement

_COMPARISONS = ("eq", "gt", "gte", "lt", "lte")
_CHANGES = ("update", "delete", "merge")


@dataclass(frozen=True, slots=True)
class TableUse:
    """One place where a statement names a table.

    `predicate` is what constrains the partition column by constants, without the table's alias; None when nothing does.
    `is_read` is False for the target of an INSERT.
    """

    table: Table
    columns: frozenset[str]
    predicate: exp.Expression | None
    is_read: bool


def table_uses(statement: Statement, catalog: Catalog) -> tuple[TableUse, ...]:
    """Return every use of a stored table, views being opened already."""
    return tuple(
        _use(node, table)
        for node in statement.tree.find_all(exp.Table)
        if node.db and (table := catalog.table(f"{node.db}.{node.name}")) is not None
    )


def _use(node: exp.Expression, table: Table) -> TableUse:
    owner = _owner(node)
    predicate = None
    if table.partitioning is not None:
        predicate = _predicate(owner, node.alias_or_name, table.partitioning.column)
    return TableUse(table, _columns(owner, node.alias_or_name, table), predicate, owner.key != "insert")


def _owner(node: exp.Expression) -> exp.Expression:
    """Return the SELECT or the change to which a table belongs."""
    return node.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Merge, exp.Insert)


def _columns(owner: exp.Expression, alias: str, table: Table) -> frozenset[str]:
    """Return the columns that are read; a change, a star and the row as a whole read all of them."""
    all_columns = frozenset(name for name, _ in table.columns)
    if owner.key in _CHANGES or any(isinstance(item, exp.Star) for item in owner.expressions):
        return all_columns
    found = set()
    for column in owner.find_all(exp.Column):
        if column.table not in ("", alias):
            continue
        is_row = column.name == alias and not column.table and table.type_of(alias) is None
        if is_row or isinstance(column.this, exp.Star):
            return all_columns
        found.add(column.name.lower())
    return frozenset(name for name in all_columns if name.lower() in found)


def _predicate(owner: exp.Expression, alias: str, column: str) -> exp.Expression | None:
    """Return the conditions that constrain the column, here or in the only query around that could be pushed down here."""
    found = [part.copy() for part in _conditions(owner) if _constrains(part, alias, column)]
    if found:
        whole = exp.and_(*found)
        for name in whole.find_all(exp.Column):
            name.set("table", None)
        return whole
    return _pushed_down(owner, alias, column)


def _conditions(owner: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the conditions that must all hold."""
    where = owner.args.get("where")
    roots = [where.this] if where is not None else []
    roots += [join.args["on"] for join in owner.args.get("joins") or () if join.args.get("on") and not join.side]
    if owner.key == "merge":
        roots.append(owner.args["on"])
    for root in roots:
        yield from root.flatten() if root.key == "and" else (root,)


def _pushed_down(owner: exp.Expression, alias: str, column: str) -> exp.Expression | None:
    """Return the predicate of the query around, when this one hands the column on as it is and keeps every row."""
    kept = owner.key == "select" and not any(
        owner.args.get(clause) for clause in ("group", "having", "qualify", "limit", "distinct")
    )
    if not kept or not isinstance(owner.parent, exp.Subquery | exp.CTE) or owner.find(exp.Window):
        return None
    name = _handed_on(owner, alias, column)
    outer = _consumers(owner.parent)
    if name is None or len(outer) != 1:
        return None
    node, outer_alias = outer[0]
    found = _predicate(_owner(node), outer_alias, name)
    for mention in found.find_all(exp.Column) if found is not None else ():
        mention.set("this", exp.to_identifier(column))
    return found


def _handed_on(select: exp.Expression, alias: str, column: str) -> str | None:
    """Return under which name a SELECT shows the column of the table, or None when it does not."""
    for item in select.expressions:
        source = item.this if isinstance(item, exp.Alias) else item
        if isinstance(source, exp.Star):
            return column
        if isinstance(source, exp.Column) and source.table in ("", alias):
            if isinstance(source.this, exp.Star):
                return column
            if source.name.lower() == column:
                return str(item.alias_or_name)
    return None


def _consumers(derived: exp.Expression) -> list[tuple[exp.Expression, str]]:
    """Return where a subquery or a common table expression is read, with its alias there."""
    if isinstance(derived, exp.Subquery):
        return [(derived, derived.alias)] if isinstance(derived.parent, exp.From | exp.Join) else []
    return [
        (table, table.alias_or_name)
        for table in derived.root().find_all(exp.Table)
        if not table.db and table.name == derived.alias
    ]


def _constrains(node: exp.Expression, alias: str, column: str) -> bool:
    """True when the condition compares the partition column alone with constants."""
    if node.key == "paren":
        return _constrains(node.this, alias, column)
    if node.key in ("and", "or"):
        sides = [_constrains(side, alias, column) for side in (node.left, node.right)]
        return any(sides) if node.key == "and" else all(sides)
    if node.key == "between":
        return _is_partition(node.this, alias, column) and _is_constant(node.args["low"], node.args["high"])
    if node.key == "in":
        listed = [*node.expressions, *filter(None, (node.args.get("unnest"),))]
        return _is_partition(node.this, alias, column) and bool(listed) and _is_constant(*listed)
    if node.key not in _COMPARISONS:
        return False
    left, right = node.left, node.right
    return (_is_partition(left, alias, column) and _is_constant(right)) or (
        _is_partition(right, alias, column) and _is_constant(left)
    )


def _is_partition(node: exp.Expression, alias: str, column: str) -> bool:
    """True for the column itself and for its UTC day."""
    if node.key in ("date", "timestamptrunc", "tsordstodate") and not node.args.get("zone"):
        return _is_partition(node.this, alias, column)
    return node.key == "column" and node.name.lower() == column and node.table in ("", alias)


def _is_constant(*nodes: exp.Expression) -> bool:
    return not any(part.key in ("column", "select") for node in nodes for part in node.walk())
