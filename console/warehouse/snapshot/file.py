"""The file that a snapshot is written to: `FILE.partial` until it is whole, then FILE. What is complete stands in it.

Each table is copied in one transaction together with the line that says so, so that whatever ends the process, a table is
complete or not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.times import format_utc
from console.warehouse import duckdb_catalog
from console.warehouse.duckdb_file import DuckDBFile, Patience, first_line
from console.warehouse.embedded import schema_statements
from console.warehouse.protocol import WarehouseError
from console.warehouse.schema import definitions
from console.warehouse.snapshot.plan import Request, TableCopy
from console.warehouse.snapshot.rows import Digest, stored_columns

if TYPE_CHECKING:
    import duckdb

_READ_ROWS = 10_000
_CTRL_C = "Query interrupted"
"""What DuckDB says in a RuntimeError when Ctrl-C comes while it is at work; Python's own exception is lost."""
_MANIFEST = """
CREATE SCHEMA courtside_snapshot;
CREATE TABLE courtside_snapshot.request (
  source TEXT NOT NULL,
  days BIGINT NOT NULL,
  first_moment TEXT NOT NULL,
  as_of TEXT NOT NULL,
  created_at TEXT NOT NULL,
  courtside_version TEXT NOT NULL,
  is_complete BOOLEAN NOT NULL
);
CREATE TABLE courtside_snapshot.tables (
  table_name TEXT PRIMARY KEY,
  since DATE,
  until DATE,
  columns TEXT[] NOT NULL,
  fingerprint TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  row_hash TEXT NOT NULL
);
"""
"""Instants are text with their zone: whoever looks into the file reads them without a client that knows zones."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself; `created_at` is when it was begun, aware UTC."""

    request: Request
    created_at: datetime
    version: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table that is complete; `fingerprint` is that of its `TableCopy`."""

    name: str
    fingerprint: str
    rows: int
    hash: str


class SnapshotFile:
    """A connection to a snapshot that is being written or verified. Everything raises WarehouseError for what DuckDB refuses."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self._connection = connection

    def manifest(self) -> Manifest | None:
        """Return what the file says of itself, None where it is no snapshot."""
        if "courtside_snapshot.request" not in duckdb_catalog.existing(self._connection):
            return None
        row = self._connection.execute(
            "SELECT source, days, as_of, created_at, courtside_version, is_complete FROM courtside_snapshot.request"
        ).fetchone()
        if row is None:
            return None
        source, days, as_of, created_at, version, is_complete = row
        request = Request(source, days, datetime.fromisoformat(as_of))
        return Manifest(request, datetime.fromisoformat(created_at), version, is_complete)

    def begin(self, request: Request, created_at: datetime, version: str) -> None:
        """Make the tables and views, and note what is asked for."""
        with self._transaction():
            for dataset in dict.fromkeys(definition.dataset for definition in definitions()):
                self._connection.execute(f"CREATE SCHEMA {dataset}")
            for _, statement in schema_statements():
                self._connection.execute(statement)
            self._connection.execute(_MANIFEST)
            self._connection.execute(
                "INSERT INTO courtside_snapshot.request VALUES (?, ?, ?, ?, ?, ?, FALSE)",
                [
                    request.source,
                    request.days,
                    format_utc(request.begin),
                    format_utc(request.end),
                    created_at.isoformat(),
                    version,
                ],
            )

    def copied(self) -> tuple[CopiedTable, ...]:
        """Return the tables that are complete."""
        rows = self._connection.execute(
            "SELECT table_name, fingerprint, row_count, row_hash FROM courtside_snapshot.tables ORDER BY table_name"
        ).fetchall()
        return tuple(CopiedTable(*row) for row in rows)

    def write(self, copy: TableCopy, pages: Iterable[Sequence[Sequence[Any]]]) -> CopiedTable:
        """Copy one table, whole or not at all, and return what it came to. Raises also what `pages` raises."""
        with self._transaction():
            for name in self._unfilled(copy):
                self._connection.execute(f'ALTER TABLE {copy.name} ALTER COLUMN "{name}" DROP NOT NULL')
        types = self._types(copy.name)
        columns = copy.read.stored_columns()
        names = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(_unnested(types[name]) for name in columns)
        count = 0
        with self._transaction():
            for page in pages:
                if page:
                    self._connection.execute(
                        f"INSERT INTO {copy.name} ({names}) SELECT {values}",
                        list(stored_columns(copy.read, page)),
                    )
                    count += len(page)
            digest = self.digest(copy.name)
            if digest.rows != count:
                raise WarehouseError(f"{self.path} holds {digest.rows} rows of {copy.name}, {count} were copied")
            self._connection.execute(
                "INSERT INTO courtside_snapshot.tables VALUES (?, ?, ?, ?, ?, ?, ?)",
                [copy.name, copy.since, copy.until, list(columns), copy.fingerprint(), digest.rows, digest.hash],
            )
        return CopiedTable(copy.name, copy.fingerprint(), digest.rows, digest.hash)

    def digest(self, table: str) -> Digest:
        """Return the digest of what a table holds now, read a piece at a time."""
        types = self._types(table)
        values = ", ".join(
            f'epoch_us("{name}")' if kind == "TIMESTAMP WITH TIME ZONE" else f'"{name}"' for name, kind in types.items()
        )
        cursor = self._connection.execute(f"SELECT {values} FROM {table}")  # noqa: S608 - names of our own definitions
        digest = Digest()
        while rows := cursor.fetchmany(_READ_ROWS):
            digest = digest.plus(rows)
        return digest

    def has(self, table: str) -> bool:
        """Return whether a table is there."""
        return bool(self._types(table))

    def stored_tables(self) -> tuple[str, ...]:
        """Return the pipeline's tables that are there."""
        return tuple(item.name for item in definitions() if not item.is_view and self.has(item.name))

    def complete(self) -> None:
        """Note that all tables are there, and bring everything into the one file."""
        self._connection.execute("UPDATE courtside_snapshot.request SET is_complete = TRUE")
        self._connection.execute("CHECKPOINT")

    def _unfilled(self, copy: TableCopy) -> list[str]:
        """Return the columns that must not be NULL and are not copied."""
        rows = self._connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name || '.' || table_name = ? AND NOT is_nullable"
            " AND database_name = current_database()",
            [copy.name],
        ).fetchall()
        return [name for (name,) in rows if name not in copy.read.stored_columns()]

    def _types(self, table: str) -> dict[str, str]:
        rows = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name || '.' || table_name = ?"
            " AND database_name = current_database() ORDER BY column_index",
            [table],
        ).fetchall()
        return dict(rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _unnested(kind: str) -> str:
    """Return the SQL that makes rows of a list of values of a type; instants come as microseconds since 1970 UTC."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        return "make_timestamptz(unnest(CAST(? AS BIGINT[])))"
    if kind.startswith("DECIMAL"):
        return f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind})"
    return f"unnest(CAST(? AS {kind}[]))"


@contextmanager
def open_snapshot(path: Path, *, writes: bool, patience: Patience | None = None) -> Iterator[SnapshotFile]:
    """Give the snapshot in a file, which is made when it `writes` and there is none.

    Raises WarehouseError for what is no DuckDB file, is locked by another process, or is refused while it is used, and
    KeyboardInterrupt.
    """
    import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

    connection = DuckDBFile(path, patience or Patience()).open(read_only=not writes, create=writes)
    try:
        yield SnapshotFile(path, connection)
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot take the snapshot: {first_line(str(error))}") from error
    except RuntimeError as error:
        if str(error) != _CTRL_C:
            raise
        raise KeyboardInterrupt from error
    finally:
        connection.close()


def partial_of(path: Path) -> Path:
    """Return where the snapshot stands until it is whole."""
    return path.with_name(f"{path.name}.partial")


def log_of(path: Path) -> Path:
    """Return where DuckDB keeps what it has not brought into the file yet."""
    return path.with_name(f"{path.name}.wal")


def discard(path: Path) -> None:
    """Remove a snapshot that nobody goes on with. Raises OSError."""
    path.unlink(missing_ok=True)
    log_of(path).unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Make the whole snapshot appear under its name at once, so that it is there after a power cut too. Raises OSError."""
    log_of(path).unlink(missing_ok=True)  # of the file that is replaced: DuckDB would apply it to ours
    _flush(partial)
    partial.replace(path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
