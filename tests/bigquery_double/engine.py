"""Runs GoogleSQL on DuckDB under the service's rules: refuses, bills and caches what BigQuery does."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb

from tests.bigquery_double import encode
from tests.bigquery_double.assignments import Assignment, assignments, require_assignable
from tests.bigquery_double.catalog import Catalog, Partitioning, partitioning_of
from tests.bigquery_double.cost import Cost, Measure, cost_of, measures, require_affordable
from tests.bigquery_double.dialect import duckdb_sql
from tests.bigquery_double.errors import already_exists, invalid_query
from tests.bigquery_double.limits import Clock, Permissions, StreamingBuffers, require_partition_filters
from tests.bigquery_double.parameters import Parameter
from tests.bigquery_double.partitions import TableUse, table_uses
from tests.bigquery_double.refusals import refusal
from tests.bigquery_double.statement import CLOCK, Reader, Statement, absent, location_of
from tests.bigquery_double.store import Store

_CACHED_FOR = timedelta(hours=24)
_FREE = Cost(0, 0)


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was sent."""

    sql: str
    parameters: tuple[Parameter, ...] = ()
    default_dataset: str | None = None
    location: str | None = None
    maximum_bytes_billed: int | None = None
    is_dry_run: bool = False
    may_use_cache: bool = True
    is_definition: bool = False
    """A view's query: whoever reads the view may add the filter that a table demands."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query came to. `changed` counts the rows inserted, updated and deleted; None for what is not DML."""

    statement: str
    tables: tuple[str, ...]
    schema: list[dict[str, Any]]
    rows: list[dict[str, Any]] = field(repr=False)
    cost: Cost
    changed: Mapping[str, int] | None = None
    is_cache_hit: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    statement: Statement
    uses: tuple[TableUse, ...]
    sql: str
    measures: tuple[Measure, ...]
    assignments: tuple[Assignment, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(sorted({use.table.name for use in self.uses}))


class Engine:
    """Answers queries; safe to use from several threads at once."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        permissions: Permissions,
        buffers: StreamingBuffers,
        clock: Clock,
        location: str,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._permissions = permissions
        self._buffers = buffers
        self._clock = clock
        self._reader = Reader(catalog, location)
        self._lock = threading.Lock()
        self._plans: dict[object, _Plan] = {}
        self._answers: dict[object, tuple[datetime, tuple[int, ...], Outcome]] = {}

    def run(self, query: Query) -> Outcome:
        """Return what the query comes to. Raises ApiError for what BigQuery would refuse."""
        plan = self._plan(query)
        self._permissions.require_for(plan.statement, plan.uses)
        if not query.is_definition:
            require_partition_filters(self._catalog.project, plan.uses)
        cached = self._cached(query, plan)
        if cached is not None:
            return cached
        if plan.statement.is_ddl:
            return self._create(query, plan)
        return self._run_on_rows(query, plan)

    def _plan(self, query: Query) -> _Plan:
        types = {parameter.name: parameter.type for parameter in query.parameters}
        key = (query.sql, tuple(types.items()), query.default_dataset, query.location, self._catalog.generation)
        with self._lock:
            found = self._plans.get(key)
        if found is None:
            found = self._make_plan(query, types)
            with self._lock:
                self._plans[key] = found
        return found

    def _make_plan(self, query: Query, types: Mapping[str, str]) -> _Plan:
        statement = self._reader.read(query.sql, types, query.default_dataset, query.location)
        if statement.kind in ("UPDATE", "DELETE") and statement.tree.args.get("where") is None:
            raise invalid_query(f"{statement.kind} must have a WHERE clause at [1:1]")
        if statement.is_ddl:
            return _Plan(statement, (), "", ())
        target = self._catalog.table(statement.target) if statement.target else None
        columns = tuple(name for name, _ in target.columns) if target is not None else ()
        sql = duckdb_sql(statement.tree, columns) + (" RETURNING merge_action" if statement.kind == "MERGE" else "")
        uses = table_uses(statement, self._catalog)
        return _Plan(statement, uses, sql, measures(uses), assignments(statement, target) if target is not None else ())

    def _cached(self, query: Query, plan: _Plan) -> Outcome | None:
        if query.is_dry_run or not query.may_use_cache or plan.statement.kind != "SELECT" or not plan.uses:
            return None
        if plan.statement.asks_clock or any(self._buffers.of(table) for table in plan.tables):
            return None
        answered, versions, outcome = self._answers.get(_question(query), (None, (), None))
        if answered is None or self._clock() - answered > _CACHED_FOR or versions != self._versions(plan):
            return None
        return outcome

    def _versions(self, plan: _Plan) -> tuple[int, ...]:
        return tuple(self._catalog.version(table) for table in plan.tables)

    def _run_on_rows(self, query: Query, plan: _Plan) -> Outcome:
        values: dict[str, object] = {parameter.name: parameter.value for parameter in query.parameters}
        values[CLOCK] = self._clock()
        with self._store.cursor() as cursor:
            try:
                schema = _schema(cursor, plan, values)
                cost = cost_of(plan.measures, lambda sql: _number(cursor, sql, values))
                require_affordable(cost, query.maximum_bytes_billed)
                if query.is_dry_run:
                    return Outcome(plan.statement.kind, plan.tables, schema, [], Cost(cost.processed, 0))
                if plan.statement.is_dml:
                    _require_assignable(cursor, plan, values)
                    return self._change(cursor, plan, values, cost)
                versions = self._versions(plan)
                relation = cursor.sql(plan.sql, params=_used(plan.sql, values))
                rows = encode.rows(schema, relation.to_arrow_table())
            except duckdb.Error as error:
                raise refusal(error, query.sql, self._target(plan)) from error
        outcome = Outcome(plan.statement.kind, plan.tables, schema, rows, cost)
        hit = Outcome(plan.statement.kind, plan.tables, schema, rows, _FREE, is_cache_hit=True)
        self._answers[_question(query)] = (self._clock(), versions, hit)
        return outcome

    def _target(self, plan: _Plan) -> str:
        return f"{self._catalog.project}.{plan.statement.target}"

    def _change(
        self, cursor: duckdb.DuckDBPyConnection, plan: _Plan, values: Mapping[str, object], cost: Cost
    ) -> Outcome:
        self._buffers.refuse(plan.statement)
        with self._store.writing:
            answer = cursor.execute(plan.sql, _used(plan.sql, values)).fetchall()
            self._catalog.changed(plan.statement.target or "")
        return Outcome(plan.statement.kind, plan.tables, [], [], cost, _changed(plan.statement.kind, answer))

    def _create(self, query: Query, plan: _Plan) -> Outcome:
        statement, tree = plan.statement, plan.statement.tree
        name = statement.target or ""
        outcome = Outcome(statement.kind, (), [], [], _FREE)
        is_dataset = statement.kind == "CREATE_SCHEMA"
        if self._catalog.has_dataset(name) if is_dataset else self._catalog.exists(name):
            if not (tree.args.get("exists") or tree.args.get("replace")):
                raise already_exists("Dataset" if is_dataset else "Table", f"{self._catalog.project}:{name}")
            if tree.args.get("exists"):
                return outcome
        if not is_dataset and not self._catalog.has_dataset(name.partition(".")[0]):
            raise absent(self._catalog, name, query.location or "")
        place = location_of(tree, query.location)
        if query.is_dry_run:
            return outcome
        if statement.kind == "CREATE_VIEW":
            self.create_view(name, tree.expression.sql("bigquery"))
            return outcome
        partitioning = partitioning_of(tree)
        tree = tree.copy()
        tree.set("properties", None)
        if is_dataset:
            tree.this.set("catalog", None)
        try:
            self.create(name, duckdb_sql(tree), partitioning)
        except duckdb.Error as error:
            raise refusal(error, query.sql) from error
        if place:
            self._catalog.place(name, place)
        return outcome

    def create_view(self, name: str, query: str) -> None:
        """Make a view of a GoogleSQL query. Raises ApiError when the query is not one that runs."""
        self.run(Query(query, is_dry_run=True, is_definition=True))
        self._catalog.define(name, view=query)

    def create(self, name: str, definition: str, partitioning: Partitioning | None) -> None:
        """Make a table or a dataset with DuckDB's `definition`. What DuckDB raises leaves as it is."""
        with self._store.writing, self._store.cursor() as cursor:
            cursor.execute(definition)
        self._catalog.define(name, partitioning=partitioning)


def _question(query: Query) -> object:
    return (
        query.sql,
        query.default_dataset,
        tuple((item.name, item.type, repr(item.value)) for item in query.parameters),
    )


def _used(sql: str, values: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that stand in the SQL: DuckDB refuses others."""
    return {name: value for name, value in values.items() if f"${name} " in sql}


def _schema(cursor: duckdb.DuckDBPyConnection, plan: _Plan, values: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return the columns of a SELECT, found without running it; a statement that changes rows has none."""
    if plan.statement.is_dml:
        return []
    return encode.fields(cursor.sql(plan.sql, params=_used(plan.sql, values)))


def _require_assignable(cursor: duckdb.DuckDBPyConnection, plan: _Plan, values: Mapping[str, object]) -> None:
    """Raise ApiError for a value that is not of its column's type."""
    for item in plan.assignments:
        types = cursor.sql(item.sql, params=_used(item.sql, values)).types
        require_assignable(item, [str(kind) for kind in types])


def _number(cursor: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object]) -> int:
    return int(cursor.execute(sql, _used(sql, values)).fetchall()[0][0])


def _changed(kind: str, answer: list[Any]) -> Mapping[str, int]:
    """Return the counts of rows that BigQuery gives for DML, from what DuckDB gives."""
    if kind == "MERGE":
        return Counter(action for (action,) in answer)
    return Counter({kind: int(answer[0][0])})
