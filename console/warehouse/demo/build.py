"""Writes the demo warehouse: a DuckDB file that is complete or not there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    import duckdb

_HERE = Path(__file__).parent
_SCHEMA = _HERE.parent / "duckdb_sql" / "schema"
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def ensure_demo(directory: Path) -> Path:
    """Return the demo warehouse's file in `directory`, and build it first where it is not there yet.

    The file's name carries the content's version, so an upgrade builds a new one beside the old, which readers may still use.
    Two processes may do this at once: both build, the last one wins, and both files are the same.
    Raises WarehouseError when it cannot be written.
    """
    path = directory / f"january-2026-{content_version()}.duckdb"
    if not path.is_file():
        build_demo(path)
    return path


def content_version() -> str:
    """Return twelve hex digits over all that the file is made from: fixture, builders and table definitions."""
    sources = (*_HERE.glob("*.py"), *_HERE.glob("*.toml"), *_SCHEMA.glob("*.sql"))
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:12]


def build_demo(path: Path) -> None:
    """Build the demo warehouse at `path`; a file that is there is replaced at once, and its readers keep what they opened.

    Raises WarehouseError when the folder cannot be written or the disk is full.
    """
    import tempfile  # noqa: PLC0415  # most commands find the file built, and these two imports cost 0.1 s

    import duckdb  # noqa: PLC0415

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".demo-") as folder:
            unfinished = Path(folder) / path.name
            with duckdb.connect(str(unfinished), config=_OFFLINE) as connection:
                _write(connection)
            unfinished.replace(path)
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(
            f"The demo warehouse cannot be written to {path}: {_reason(error)}. "
            "Make the folder writable, free some space, or name another one with COURTSIDE_DATA_DIR."
        ) from error


def _reason(error: Exception) -> str:
    """Return the first line of what went wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).partition("\n")[0].strip() or type(error).__name__


def _write(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables and fill them, in one transaction."""
    from console.warehouse.demo.fixture import load_fixture  # noqa: PLC0415  # only building needs them
    from console.warehouse.demo.tables import demo_tables  # noqa: PLC0415
    from console.warehouse.schema import SOURCES, definitions  # noqa: PLC0415

    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("BEGIN")
    for dataset in dict.fromkeys(definition.dataset for definition in definitions()):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset}")
    for source in SOURCES:
        connection.execute((_SCHEMA / source).read_text(encoding="utf-8"))
    for rows in demo_tables(load_fixture()):
        _insert(connection, rows)
    connection.execute("COMMIT")


def _insert(connection: duckdb.DuckDBPyConnection, rows: tuple[NamedTuple, ...]) -> None:
    """Insert rows of one table column by column, which is a hundred times as fast as row by row."""
    from console.warehouse.demo.tables import TABLES  # noqa: PLC0415  # only building needs it

    kind = type(rows[0])
    columns = [list(column) for column in zip(*rows, strict=True)]
    values = ", ".join("unnest(?)" for _ in columns)
    names = ", ".join(kind._fields)
    connection.execute(f"INSERT INTO {TABLES[kind]} ({names}) SELECT {values}", columns)
