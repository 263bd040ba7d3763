"""What doctor compares: the tables that are there with the tables that are read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from screens.text.doctor import TableState

if TYPE_CHECKING:
    from console.warehouse.protocol import TableInfo
    from console.warehouse.schema import TableDefinition

OPTIONAL_COLUMNS = frozenset(
    {
        ("nba_orchestration.failed_processor_queue", "resolution_notes"),
        ("nba_orchestration.failed_processor_queue", "metadata"),
    }
)
"""Columns that older deployments lack; their facts do without them."""


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


def versions(packages: Iterable[str]) -> list[tuple[str, str]]:
    """Return Python's version and those of `packages`, without importing them."""
    found = [("python", sys.version.split()[0])]
    for package in packages:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return found
