"""The tables that the double has, with what DuckDB does not know of them: partitions, their filters, and views' GoogleSQL."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from console.warehouse.schema import definitions
from tests.bigquery_double import encode
from tests.bigquery_double.store import Store

_DUCKDBS_OWN = frozenset({"main", "information_schema", "pg_catalog"})


@dataclass(frozen=True, slots=True)
class Partitioning:
    """The column whose days are the partitions, and whether a query without a filter on it is refused."""

    column: str
    is_filter_required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One stored table: `dataset.table`, its columns as fields of a schema and as (name, DuckDB's type), its partitions."""

    name: str
    fields: tuple[dict[str, Any], ...]
    columns: tuple[tuple[str, str], ...]
    partitioning: Partitioning | None

    def type_of(self, column: str) -> str | None:
        """Return DuckDB's type of a column, whatever the case of its name, or None when there is no such column."""
        return next((kind for name, kind in self.columns if name.lower() == column.lower()), None)


class Catalog:
    """What is there now. `clock` gives the service's time, aware."""

    def __init__(
        self, store: Store, project: str, dataset_prefix: str, clock: Callable[[], datetime], location: str
    ) -> None:
        self.project = project
        self._location = location
        self._places: dict[str, str] = {}
        self.made = clock()
        self._clock = clock
        self._modified: dict[str, datetime] = {}
        self._store = store
        self._lock = threading.Lock()
        self._partitions: dict[str, Partitioning] = {}
        self._views: dict[str, str] = {}
        self._versions: Counter[str] = Counter()
        self._known: dict[str, Table | None] = {}
        self._generation = 0
        there = set(self.names())
        for name, (partitioning, view) in _defined(dataset_prefix).items():
            if name in there or (dataset_prefix and view is not None):
                self.define(name, partitioning=partitioning, view=view)

    def define(self, name: str, *, partitioning: Partitioning | None = None, view: str | None = None) -> None:
        """Keep what was said of a table or view that DuckDB has just been given; a view's query is GoogleSQL."""
        with self._lock:
            self._partitions.pop(name, None)
            if partitioning is not None:
                self._partitions[name] = partitioning
            if view is not None:
                self._views[name] = view
            self._modified[name] = self._clock()
        self.forget()

    def forget(self) -> None:
        """Look again at what DuckDB has: something was created or altered, and earlier plans do not hold any more."""
        with self._lock:
            self._generation += 1
            self._known.clear()

    @property
    def generation(self) -> int:
        """A number that grows whenever a table or a view is created or altered."""
        return self._generation

    def view(self, name: str) -> str | None:
        """Return a view's GoogleSQL, or None when the name is not one of a view."""
        return self._views.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all tables and views, `dataset.table`."""
        stored = self._select(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal"
            " AND NOT starts_with(schema_name, 'region-')"  # the service's own list of jobs
            " UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
        )
        return tuple(sorted({name for (name,) in stored} | self._views.keys()))

    def exists(self, name: str) -> bool:
        """True when there is a table or a view of that name."""
        return self.view(name) is not None or self.table(name) is not None

    def has_dataset(self, dataset: str) -> bool:
        """True when there is such a dataset."""
        found = self._select("SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()")
        return (dataset,) in found and dataset not in _DUCKDBS_OWN

    def place(self, dataset: str, location: str) -> None:
        """Say that a dataset, which has just been made, is somewhere else than where the service is."""
        self._places[dataset] = location

    def location(self, dataset: str) -> str:
        """Return where a dataset is, or would be."""
        return self._places.get(dataset, self._location)

    def table(self, name: str) -> Table | None:
        """Return what is known of a stored table, or None when there is none, as with a view."""
        if name not in self._known:
            self._known[name] = None if name in self._views else self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> Table | None:
        dataset, _, table = name.partition(".")
        described = self._select(
            "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
            " AND database_name = current_database() ORDER BY column_index",
            [dataset, table],
        )
        return _table(name, described, self._partitions.get(name)) if described else None

    def changed(self, name: str) -> None:
        """Note that a table's rows are others now, so that no cached answer about it holds any more."""
        with self._lock:
            self._versions[name] += 1
            self._modified[name] = self._clock()

    def modified(self, name: str) -> datetime:
        """Return when the table or view was last created, or its rows changed."""
        return self._modified.get(name, self.made)

    def version(self, name: str) -> int:
        """Return a number that grows with every change of the table's rows."""
        return self._versions[name]

    def _select(self, sql: str, values: list[str] | None = None) -> list[Any]:
        with self._store.cursor() as cursor:
            return cursor.execute(sql, values or []).fetchall()


def _table(name: str, described: list[Any], partitioning: Partitioning | None) -> Table:
    return Table(
        name,
        tuple(
            encode.field(column, duckdb.sqltype(kind), "NULLABLE" if nullable else "REQUIRED")
            for column, kind, nullable in described
        ),
        tuple((column, kind) for column, kind, _ in described),
        partitioning,
    )


@cache
def _defined(prefix: str) -> dict[str, tuple[Partitioning | None, str | None]]:
    """Return the partitions and the view's query that each of the project's definitions declares, in prefixed datasets."""
    datasets = "|".join(sorted({item.dataset for item in definitions()}))
    trees = ((item, sqlglot.parse_one(item.statement, read="bigquery")) for item in definitions())
    return {
        f"{prefix}{item.name}": (
            (None, re.sub(rf"\b(?=(?:{datasets})\.)", prefix, tree.expression.sql("bigquery")))
            if item.is_view
            else (partitioning_of(tree), None)
        )
        for item, tree in trees
    }


def partitioning_of(tree: exp.Create) -> Partitioning | None:
    """Return the partitions that a CREATE TABLE declares; those by `DATE(column)` are by the column's days."""
    by = tree.find(exp.PartitionedByProperty)
    column = (by.find(exp.Column) or by.find(exp.Identifier)) if by is not None else None
    if column is None:
        return None
    required = any(
        item.name.lower() == "require_partition_filter" and item.args["value"].sql().upper() == "TRUE"
        for item in tree.find_all(exp.Property)
    )
    return Partitioning(column.name.lower(), required)
