"""What doctor compares: the tables that are there with the tables that are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from screens.text.doctor import TableState

if TYPE_CHECKING:
    from console.desk import Desk
    from console.warehouse.protocol import TableInfo
    from console.warehouse.schema import TableDefinition

PACKAGES = ("courtside", "duckdb", "typer", "pandas", "pyarrow", "textual", "google-cloud-bigquery", "slack-sdk")
"""The packages whose versions are shown."""

OPTIONAL_COLUMNS = frozenset(
    {
        ("nba_orchestration.failed_processor_queue", "resolution_notes"),
        ("nba_orchestration.failed_processor_queue", "metadata"),
    }
)
"""Columns that older deployments lack; their facts do without them."""


def tables(open_desk: Callable[[], Desk]) -> tuple[tuple[TableState, ...], str]:
    """Return the state of each defined table, or why the warehouse cannot be read."""
    from console.warehouse.protocol import WarehouseError  # --help needs no tables
    from console.warehouse.schema import definitions

    defined = definitions()
    try:
        with open_desk() as desk:
            found = desk.warehouse.inspect(tuple(item.name for item in defined))
    except WarehouseError as error:
        return (), str(error)
    return tuple(compare(item, info) for item, info in zip(defined, found, strict=True)), ""


def compare(definition: TableDefinition, found: TableInfo) -> TableState:
    """Return how a table differs from its definition; further columns of its own are nobody's business."""
    there = {column.name: column.type for column in found.columns}
    if not found.exists:
        return TableState(definition.name, exists=False, rows=None)
    lacking = [name for name, _ in definition.columns if name not in there]
    optional = tuple(name for name in lacking if (definition.name, name) in OPTIONAL_COLUMNS)
    return TableState(
        definition.name,
        exists=True,
        rows=found.rows,
        missing=tuple(name for name in lacking if name not in optional),
        optional=optional,
        wrong=tuple(
            f"{name} is {there[name]}, not {kind}"
            for name, kind in definition.columns
            if name in there and there[name] != kind
        ),
    )


def versions(packages: Iterable[str] = PACKAGES) -> list[tuple[str, str]]:
    """Return Python's version and those of `packages`, without importing them."""
    found = [("python", sys.version.split()[0])]
    for package in packages:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return found
