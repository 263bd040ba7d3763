"""The DuckDB database behind the double: opened on a copy, a cursor for each request, one writer at a time."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from console.warehouse.embedded import schema_statements
from tests.bigquery_double.errors import ApiError

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "threads": 2,
}
_CLOSE_SECONDS = 2.0
_POLL_SECONDS = 0.01


class Store:
    """A database that nobody else sees: a copy of a file, or the pipeline's empty tables in memory."""

    def __init__(self, path: Path | None, dataset_prefix: str = "") -> None:
        self.writing = threading.RLock()
        self._state = threading.Condition()
        self._running: list[duckdb.DuckDBPyConnection] = []
        self._is_closed = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if path is None:
            self._connection = duckdb.connect(":memory:", config=_SETTINGS)
        else:
            self._folder = tempfile.TemporaryDirectory(prefix="bigquery-double-")
            copy = Path(self._folder.name) / "warehouse.duckdb"
            shutil.copyfile(path, copy)
            self._connection = duckdb.connect(str(copy), config=_SETTINGS)
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        if path is None:
            self._create_tables()
        if dataset_prefix:
            self._rename_datasets(dataset_prefix)

    def _rename_datasets(self, prefix: str) -> None:
        """Put the pipeline's tables into datasets with a prefix; its views are the catalogue's business."""
        wanted = [(name, statement) for name, statement in schema_statements() if " VIEW " not in statement[:20]]
        for dataset in dict.fromkeys(name.partition(".")[0] for name, _ in schema_statements()):
            self._connection.execute(f"CREATE SCHEMA {prefix}{dataset}")
            for name, statement in wanted:
                if name.startswith(f"{dataset}."):
                    self._connection.execute(statement.replace(name, f"{prefix}{name}", 1))
                    self._connection.execute(f"INSERT INTO {prefix}{name} BY NAME SELECT * FROM {name}").fetchall()
        for dataset in dict.fromkeys(name.partition(".")[0] for name, _ in schema_statements()):
            self._connection.execute(f"DROP SCHEMA {dataset} CASCADE")

    def _create_tables(self) -> None:
        wanted = schema_statements()
        self._connection.execute("BEGIN")
        for dataset in dict.fromkeys(name.partition(".")[0] for name, _ in wanted):
            self._connection.execute(f"CREATE SCHEMA {dataset}")
        for _, statement in wanted:
            self._connection.execute(statement)
        self._connection.execute("COMMIT")

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor for one request. What DuckDB raises leaves as it is. Raises ApiError once it is closed."""
        with self._state:
            if self._is_closed:
                raise ApiError("backendError", "the double is closed")
            cursor = self._connection.cursor()
            self._running.append(cursor)
        try:
            yield cursor
        finally:
            with self._state:
                self._running.remove(cursor)
                cursor.close()
                self._state.notify_all()

    def close(self) -> None:
        """Stop what is running, then let go of the database and its copy."""
        with self._state:
            self._is_closed = True
            for _ in range(int(_CLOSE_SECONDS / _POLL_SECONDS)):
                if not self._running:
                    break
                for cursor in self._running:
                    cursor.interrupt()
                self._state.wait(_POLL_SECONDS)
            with contextlib.suppress(duckdb.Error):
                self._connection.close()
        if self._folder is not None:
            self._folder.cleanup()
