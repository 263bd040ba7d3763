"""Reads one GoogleSQL statement: its tables found, its views opened, its parameters typed, its clock the double's.

What comes out is still BigQuery's syntax tree, so that `partitions` can judge it; `dialect` turns it into DuckDB's SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.bigquery_double.catalog import Catalog
from tests.bigquery_double.errors import ApiError, invalid_query, not_found, not_implemented

CLOCK = "clock_of_the_double"
"""The parameter that stands for the time of the query."""

LISTED = re.compile(r"region-[a-z0-9-]+\.INFORMATION_SCHEMA\.JOBS_BY_PROJECT")
"""The one view of the service's own that the double has: `job_list`."""

_KINDS = {"select": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "merge": "MERGE"}
_DDL = frozenset({"TABLE", "VIEW", "SCHEMA"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `kind` is BigQuery's name of it, `target` the table that it changes or creates."""

    kind: str
    tree: exp.Expression
    target: str | None
    asks_clock: bool

    @property
    def is_dml(self) -> bool:
        """True when it changes rows."""
        return self.kind in ("INSERT", "UPDATE", "DELETE", "MERGE")

    @property
    def is_ddl(self) -> bool:
        """True when it makes a table, a view or a dataset."""
        return self.kind.startswith("CREATE_")


@lru_cache(maxsize=500)
def _parsed(sql: str) -> exp.Expression:
    """Return the tree of one statement; callers copy it. Raises ApiError."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="bigquery") if tree is not None]
    except SqlglotError as error:
        raise invalid_query(f"Syntax error: {str(error).splitlines()[0]}") from error
    if len(trees) != 1:
        raise not_implemented(f"a script of {len(trees)} statements")
    return trees[0]


class Reader:
    """Reads statements against the tables of one catalog."""

    def __init__(self, catalog: Catalog, location: str) -> None:
        self._catalog = catalog
        self._location = location

    def read(
        self, sql: str, types: Mapping[str, str], default_dataset: str | None, location: str | None = None
    ) -> Statement:
        """Return the statement; `types` are the parameters' types in DuckDB's words. Raises ApiError."""
        tree = _parsed(sql).copy()
        kind = self._kind(tree)
        target = self._target(tree, kind, default_dataset)
        if not kind.startswith("CREATE_"):
            tree = self._resolve(tree, default_dataset)
        if kind != "CREATE_SCHEMA":
            self._require_location(tree, location)
        asks_clock = _set_clock(tree)
        _set_parameters(tree, types)
        return Statement(kind, tree, target, asks_clock)

    def _kind(self, tree: exp.Expression) -> str:
        if tree.key in ("union", "except", "intersect", "subquery"):
            return "SELECT"
        if tree.key in _KINDS:
            return _KINDS[tree.key]
        if tree.key == "create" and tree.kind in _DDL and not (tree.kind == "TABLE" and tree.expression):
            return f"CREATE_{tree.kind}"
        raise not_implemented(tree.sql("bigquery")[:80])

    def _target(self, tree: exp.Expression, kind: str, default_dataset: str | None) -> str | None:
        if kind == "SELECT":
            return None
        table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        if kind == "CREATE_SCHEMA":
            return str(table.db or table.name)
        return self._name(table, default_dataset)

    def _name(self, table: exp.Expression, default_dataset: str | None) -> str:
        """Give a table its name without the project, and return it."""
        if table.catalog and table.catalog != self._catalog.project:
            name = f"{table.catalog}:{table.db}.{table.name}"
            raise not_found("Table", name, self._location)
        is_known = LISTED.fullmatch(f"{table.db}.{table.name}") is not None
        if "*" in table.name or ("INFORMATION_SCHEMA" in f"{table.db}.{table.name}".upper() and not is_known):
            raise not_implemented(f"{table.db}.{table.name}")
        if not (table.db or default_dataset):
            raise ApiError("invalid", f'Table "{table.name}" must be qualified with a dataset (e.g. dataset.table).')

        dataset = table.db or str(default_dataset)
        table.set("catalog", None)
        table.set("db", exp.to_identifier(dataset, quoted=True))
        table.set("this", exp.to_identifier(table.name, quoted=True))
        return f"{dataset}.{table.name}"

    def _resolve(self, tree: exp.Expression, default_dataset: str | None) -> exp.Expression:
        """Name every table in full and put views' queries in place of their names."""
        local = {item.alias for item in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            if not table.db and table.name in local:
                continue
            name = self._name(table, default_dataset)
            view = self._catalog.view(name)
            if view is not None:
                query = self._resolve(_parsed(view).copy(), None)
                table.replace(exp.Subquery(this=query, alias=exp.TableAlias(this=_alias(table))))
            elif self._catalog.table(name) is None:
                raise absent(self._catalog, name, self._location)
        return tree

    def _require_location(self, tree: exp.Expression, location: str | None) -> None:
        """Raise ApiError when a query that runs somewhere else names a dataset."""
        table = next((table for table in tree.find_all(exp.Table) if table.db), None)
        if table is not None and location not in (None, self._catalog.location(table.db)):
            raise not_found("Dataset", f"{self._catalog.project}:{table.db}", str(location))


def absent(catalog: Catalog, name: str, location: str = "") -> ApiError:
    """Return the refusal for a table that is not there, or whose dataset is not."""
    dataset = name.partition(".")[0]
    if not catalog.has_dataset(dataset):
        return not_found("Dataset", f"{catalog.project}:{dataset}", location)
    return not_found("Table", f"{catalog.project}:{name}", location)


def location_of(create: exp.Expression, asked: str | None) -> str:
    """Return where a CREATE SCHEMA puts its dataset, "" where it does not say; `asked` is where it runs. Raises ApiError."""
    if create.args.get("kind") != "SCHEMA":
        return ""
    option = create.find(exp.LocationProperty)
    place = str(option.name) if option is not None else ""
    if place and asked is not None and asked.upper() != place.upper():
        raise invalid_query(f"Cannot create dataset in location {place}: the query runs in location {asked}")
    return place or asked or ""


def _alias(table: exp.Expression) -> exp.Expression:
    return exp.to_identifier(table.alias_or_name, quoted=True)


def _set_clock(tree: exp.Expression) -> bool:
    """Let the double's clock answer for CURRENT_TIMESTAMP and its kin; return whether any of them was there."""
    asked = list(tree.find_all(exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentDatetime))
    for node in asked:
        now = exp.cast(exp.Parameter(this=exp.Var(this=CLOCK)), "TIMESTAMPTZ", dialect="duckdb")
        if not isinstance(node, exp.CurrentTimestamp):
            now = exp.AtTimeZone(this=now, zone=node.this or exp.Literal.string("UTC"))
        if isinstance(node, exp.CurrentDate):
            now = exp.cast(exp.paren(now), "DATE", dialect="duckdb")
        node.replace(now)
    return bool(asked)


def _set_parameters(tree: exp.Expression, types: Mapping[str, str]) -> None:
    """Give every parameter its declared type. Raises ApiError for one that was not declared."""
    for place, node in enumerate(list(tree.find_all(exp.Placeholder, bfs=False)), start=1):
        node.replace(exp.Parameter(this=exp.Var(this=f"positional_{place}")))
    for node in list(tree.find_all(exp.Parameter)):
        if isinstance(node.this, exp.Parameter) or isinstance(node.parent, exp.Parameter):
            raise not_implemented(f"the system variable @@{node.name}")
        name = node.name.lower()
        if name == CLOCK:
            continue
        if name not in types:
            raise invalid_query(f"Query parameter '{node.name}' not found")
        typed = exp.cast(exp.Parameter(this=exp.Var(this=name)), types[name], dialect="duckdb")
        if isinstance(node.parent, exp.Unnest) and types[name].startswith("STRUCT"):
            _set_rows(node.parent, typed)
        else:
            node.replace(typed)


def _set_rows(unnest: exp.Expression, rows: exp.Expression) -> None:
    """Put an array of structs in a FROM clause as a table with the structs' members as columns, which it is to BigQuery."""
    alias = unnest.args.get("alias")
    name = alias.columns[0] if alias is not None and alias.columns else exp.to_identifier("unnested")
    deep = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
    select = exp.Select(expressions=[exp.Anonymous(this="UNNEST", expressions=[rows, deep])])
    unnest.replace(exp.Subquery(this=select, alias=exp.TableAlias(this=name)))
