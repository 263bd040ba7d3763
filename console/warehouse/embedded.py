"""The embedded warehouse: the pipeline's tables in one DuckDB file, for the demo, offline copies and tests.

The file is never held: it is opened by the first load of a refresh, read by several threads at once, and let go by `close`.
Whoever writes opens it, writes in one transaction, and lets go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from checks.facts.fact import Fact, Window
from checks.facts.rows import decode
from checks.times import require_aware
from console.warehouse import duckdb_catalog
from console.warehouse.duckdb_errors import explain
from console.warehouse.duckdb_file import DuckDBFile, Patience
from console.warehouse.duckdb_session import ReadSession
from console.warehouse.embedded_writes import EmbeddedWrites, turn
from console.warehouse.protocol import TableInfo, WarehouseError
from console.warehouse.record import QueryRecord, Records
from console.warehouse.schema import SOURCES, definitions, statements

if TYPE_CHECKING:
    import duckdb

Row = TypeVar("Row")

_GENERATED = Path(__file__).parent / "duckdb_sql"


def fact_sql(name: str) -> str:
    """Return DuckDB's form of a fact's query. Raises WarehouseError when the installation lacks it."""
    try:
        return (_GENERATED / "facts" / f"{name}.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise WarehouseError(f"the query of the fact {name} cannot be read, reinstall courtside: {error}") from error


def schema_statements() -> tuple[tuple[str, str], ...]:
    """Return (name, DuckDB statement) of each table and view, in the order in which they can be run."""
    generated = (
        statement
        for source in SOURCES
        for statement in statements((_GENERATED / "schema" / source).read_text(encoding="utf-8"))
    )
    return tuple((definition.name, statement) for definition, statement in zip(definitions(), generated, strict=True))


class EmbeddedWarehouse:
    """A `Warehouse` on a DuckDB file. `name` is what people call it, by default its path; `sql` gives a fact's query."""

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        sql: Callable[[str], str] = fact_sql,
        patience: Patience | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = DuckDBFile(path, patience or Patience())
        self._name = name or str(path)
        self._sql = sql
        self._monotonic = monotonic
        self._records = Records()
        self._session = self._new_session()

    @property
    def name(self) -> str:
        """What people call it: `demo`, or the file's path."""
        return self._name

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def concurrency(self) -> int:
        """Four: one planning while another waits for the interpreter; more only queue behind each other."""
        return 4

    @property
    def records(self) -> tuple[QueryRecord, ...]:
        """The newest queries that were asked through this object, oldest first."""
        return self._records.newest

    @property
    def meter(self) -> None:
        """None: reading a file costs nothing."""
        return

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        """Return the fact's rows. Raises WarehouseError, or RowError for a value that a row cannot hold."""
        parameters: dict[str, datetime | date] = {
            "as_of": require_aware(as_of),
            "first": window.first,
            "last": window.last,
        }
        sql = self._sql(fact.name)
        with self._reading(fact.name, fact.tables) as cursor:
            statement = cursor.extract_statements(sql)[0]
            # DuckDB refuses a parameter that the query does not use.
            used = {name: value for name, value in parameters.items() if name in statement.named_parameters}
            raw = self._run(fact, sql, used, lambda: cursor.execute(statement, used).fetchall())
        return decode(fact, raw)

    def _run(
        self, fact: Fact[Any], sql: str, used: dict[str, datetime | date], work: Callable[[], list[Any]]
    ) -> list[Any]:
        """Return the rows that `work` gives, and keep a record of the query, also when it fails."""
        started = self._monotonic()
        rows = None
        try:
            raw = work()
            rows = len(raw)
        finally:
            seconds = self._monotonic() - started
            self._records.add(QueryRecord((fact.name,), sql, tuple(used.items()), seconds, rows))
        return raw

    def sql(self, fact: Fact[Row]) -> str:
        """Return DuckDB's form of a fact's query."""
        return self._sql(fact.name)

    def inspect(self, tables: tuple[str, ...]) -> tuple[TableInfo, ...]:
        """Return what is known of the named tables, in their order. Raises WarehouseError."""
        with self._reading("the list of tables", ()) as cursor:
            return duckdb_catalog.describe(cursor, tables)

    @property
    def writes(self) -> EmbeddedWrites:
        """Its writing side; each write lets go of what this object reads at that moment."""
        return EmbeddedWrites(self.write)

    def cancel(self) -> None:
        """Stop what is running, from any thread; each stopped `load` raises WarehouseError."""
        self._session.cancel()

    def close(self) -> None:
        """Let go of the file; what is running is stopped. Idempotent, and the next `load` opens the file again."""
        session, self._session = self._session, self._new_session()
        session.close()

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection inside one transaction, committed at the end and rolled back by an exception.

        Lets go of the file first, so what this object reads at that moment is stopped. With `create` a missing file is made.
        Raises WarehouseError for whatever DuckDB refuses, and for a file that stays locked, with who holds it.
        """
        import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

        with turn(self.path, self._file.patience.seconds):
            self.close()
            connection = self._file.open(read_only=False, create=create)
            try:
                connection.execute("BEGIN TRANSACTION")
                yield connection
                connection.execute("COMMIT")
            except duckdb.Error as error:
                raise explain(error, connection, self._file, "the change", ()) from error
            finally:
                connection.close()

    def apply_schema(self) -> tuple[str, ...]:
        """Create the tables and views that are missing and return their names; never alters or drops one.

        Makes the file when there is none. Raises WarehouseError.
        """
        wanted = schema_statements()
        if self.path.exists() and not self._missing(tuple(name for name, _ in wanted)):
            return ()
        with self.write(create=True) as connection:
            there = duckdb_catalog.existing(connection)
            created = tuple((name, statement) for name, statement in wanted if name not in there)
            for dataset in dict.fromkeys(definition.dataset for definition in definitions()):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset}")
            for _, statement in created:
                connection.execute(statement)
        return tuple(name for name, _ in created)

    def _missing(self, names: tuple[str, ...]) -> tuple[str, ...]:
        with self._reading("the list of tables", ()) as cursor:
            return duckdb_catalog.missing_tables(cursor, names)

    def _new_session(self) -> ReadSession:
        file = self._file  # and not all of this object, which holds the session
        return ReadSession(lambda before_attempt: file.open(read_only=True, before_attempt=before_attempt))

    @contextmanager
    def _reading(self, what: str, tables: tuple[str, ...]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor; whatever DuckDB raises while it is used leaves as WarehouseError."""
        import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

        with self._session.cursor() as cursor:
            try:
                yield cursor
            except duckdb.Error as error:
                raise explain(error, cursor, self._file, what, tables) from error
