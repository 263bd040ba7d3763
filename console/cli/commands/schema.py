"""`courtside schema show` and `apply`: the definitions of tables and views."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command
from screens.lines import BLANK, Line, flow, line

if TYPE_CHECKING:
    from console.warehouse.schema import TableDefinition


@command
def schema_show(
    _job: Job,  # definitions are the same for every warehouse
    tables: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE]...", help="For example nba_raw.nbac_schedule; without any: all."),
    ] = None,
) -> Answer:
    """Print the definitions in GoogleSQL."""
    from console.warehouse.schema import definitions  # --help needs no definitions

    known = {item.name: item for item in definitions()}
    chosen = tuple(_named(name, known) for name in tables) if tables else tuple(known.values())

    def lines(_width: int) -> list[Line]:
        return [spans for item in chosen for spans in (*_statement(item), BLANK)]

    def document() -> dict[str, object]:
        return {
            "tables": [
                {
                    "name": item.name,
                    "kind": "view" if item.is_view else "table",
                    "columns": [{"name": name, "type": kind} for name, kind in item.columns],
                    "statement": item.statement,
                }
                for item in chosen
            ]
        }

    return Answer(0, lines, document)


def _named(name: str, known: dict[str, TableDefinition]) -> TableDefinition:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "`courtside schema show` prints them all"
    raise UsageError(f"no table {name!r} is defined: {hint}")


def _statement(item: TableDefinition) -> list[Line]:
    return [line(row) for row in f"{item.statement.rstrip(';')};".splitlines()]


@command
def schema_apply(job: Job) -> Answer:
    """Create the tables and views that the embedded warehouse lacks; change or drop nothing."""
    created = _apply(job)
    place = job.settings.warehouse

    def lines(width: int) -> list[Line]:
        if not created:
            return flow([f"{place} has every table and view already; nothing was changed"], width)
        return [line(f"created in {place}:"), *(line(f"  {name}") for name in created)]

    return Answer(0, lines, lambda: {"warehouse": place, "created": list(created)})


def _apply(job: Job) -> tuple[str, ...]:
    """Return what was created. Raises UsageError for a warehouse that is not an embedded file, and WarehouseError."""
    from pathlib import Path  # --help needs no files

    from console.warehouse.embedded import EmbeddedWarehouse

    place = job.settings.warehouse
    if job.settings.is_demo:
        raise UsageError(
            "the demo has its tables already: name a file with --warehouse to make a warehouse of your own"
        )
    if "://" in place:
        raise UsageError(f"{place} is not an embedded file: print the definitions with `courtside schema show`")
    warehouse = EmbeddedWarehouse(Path(place))
    try:
        return warehouse.apply_schema()
    finally:
        warehouse.close()
