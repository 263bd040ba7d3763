"""The writing side of an embedded file: rows appended once per job id, and changes, each in one transaction.

A file has no jobs, so it keeps a list of those that loaded something, in a schema of its own and in the rows' transaction.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.warehouse.duckdb_file import first_line
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import (
    Change,
    Changed,
    Loaded,
    LoadLimits,
    LoadOutcome,
    LoadRefusal,
    NotLoaded,
)

if TYPE_CHECKING:
    import duckdb

LIMITS = LoadLimits(spacing=timedelta(0), jobs_a_day=None)

_MAKE_LEDGER = (
    "CREATE SCHEMA IF NOT EXISTS courtside_outbox",
    "CREATE TABLE IF NOT EXISTS courtside_outbox.load_job (job_id VARCHAR PRIMARY KEY, row_count BIGINT NOT NULL)",
)
_NOTE_JOB = "INSERT INTO courtside_outbox.load_job VALUES (?, ?)"
_FIND_JOB = "SELECT row_count FROM courtside_outbox.load_job WHERE job_id = ?"
_COLUMNS = """
    SELECT column_name, data_type FROM duckdb_columns()
    WHERE NOT internal AND database_name = current_database() AND schema_name || '.' || table_name = ?
"""
_TYPES = {"STRING": "VARCHAR", "INT64": "BIGINT", "DATE": "DATE", "TIMESTAMP": "TIMESTAMPTZ"}
"""DuckDB's names of the types that a parameter may have."""

_PARSED = re.compile(r"PARSE_JSON\(@(\w+)\)")
_PICKED = re.compile(r"JSON_VALUE\(([\w.]+), ('\$\.\w+')\)")
_PARAMETER = re.compile(r"@(\w+)")


@cache
def _lock_of(path: Path) -> threading.RLock:
    return threading.RLock()


@contextmanager
def turn(path: Path, seconds: float) -> Iterator[None]:
    """Make the threads of this process take turns in writing a file, as its lock makes processes do.

    DuckDB lets them write side by side, each blind to what the other has not committed: two would insert the same row. Raises
    WarehouseError when the others take longer than `seconds`.
    """
    lock = _lock_of(path.absolute())
    if not lock.acquire(timeout=seconds):
        raise WarehouseError(
            f"{path} is being written by another part of this process: waited {seconds:g} s; try again when it is done"
        )
    try:
        yield
    finally:
        lock.release()


class _RefusedError(Exception):
    """Ends the transaction without a row."""

    def __init__(self, outcome: NotLoaded) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class EmbeddedWrites:
    """`Writes` on a DuckDB file; `writing` gives a connection inside one transaction and raises WarehouseError."""

    limits = LIMITS

    def __init__(self, writing: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]) -> None:
        self._writing = writing

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        """Append rows unless the job has done so before. Raises WarehouseError."""
        rows = [json.loads(line) for line in lines.splitlines() if line.strip()]
        try:
            with self._ledger() as connection:
                before = _row_count(connection, job_id)
                if before is None:
                    _insert(connection, table, rows)
                    connection.execute(_NOTE_JOB, (job_id, len(rows)))
        except _RefusedError as refused:
            return refused.outcome
        return Loaded(len(rows) if before is None else before)

    def outcome(self, job_id: str) -> LoadOutcome | None:
        """Return what a job loaded, None when it loaded nothing. Raises WarehouseError."""
        with self._ledger() as connection:
            before = _row_count(connection, job_id)
        return None if before is None else Loaded(before)

    @contextmanager
    def _ledger(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._writing() as connection:
            for statement in _MAKE_LEDGER:
                connection.execute(statement)
            yield connection

    def change(self, change: Change, now: datetime) -> Changed:  # noqa: ARG002 - the protocol's
        """Make a change; no buffer holds a file's rows, and its writers take turns. Raises WarehouseError."""
        values = {item.name: item.value for item in change.parameters}
        with self._writing() as connection:
            answer = connection.execute(duckdb_change(change), values).fetchall()
        return Changed(int(answer[0][0]))


def duckdb_change(change: Change) -> str:
    """Return the change in DuckDB's SQL."""
    types = {item.name: _TYPES[item.type] for item in change.parameters}
    sql = _PARSED.sub(r"CAST(@\1 AS JSON)", change.sql)
    sql = _PICKED.sub(r"(\1 ->> \2)", sql)
    return _PARAMETER.sub(lambda found: f"CAST(${found[1]} AS {types[found[1]]})", sql)


def _row_count(connection: duckdb.DuckDBPyConnection, job_id: str) -> int | None:
    found = connection.execute(_FIND_JOB, (job_id,)).fetchone()
    return None if found is None else int(found[0])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows. Raises _RefusedError when the table cannot take all of them."""
    import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

    columns = dict(connection.execute(_COLUMNS, (table,)).fetchall())
    if not columns:
        lack = f"the file has no table {table}: `courtside schema apply` creates what is missing"
        raise _RefusedError(NotLoaded(LoadRefusal.OTHER, lack))
    unknown = sorted({name for row in rows for name in row} - columns.keys())
    if unknown:
        raise _RefusedError(NotLoaded(LoadRefusal.ROWS, f"{table} has no column {' and no '.join(unknown)}"))
    named = [name for name in columns if any(name in row for row in rows)]
    values = ", ".join(f"CAST(UNNEST(?) AS {columns[name]})" for name in named)
    sql = f"INSERT INTO {table} ({', '.join(named)}) SELECT {values}"
    try:
        connection.execute(sql, [[_value(row, name, columns[name]) for row in rows] for name in named])
    except (duckdb.ConversionException, duckdb.ConstraintException, duckdb.TypeMismatchException) as error:
        raise _RefusedError(NotLoaded(LoadRefusal.ROWS, first_line(str(error)))) from error


def _value(row: Mapping[str, Any], name: str, kind: str) -> Any:
    """Return a row's value for a column as DuckDB can cast it; what the row leaves out is NULL."""
    if name not in row:
        return None
    return json.dumps(row[name]) if kind == "JSON" else row[name]
