"""`courtside schema show`, `plan` and `apply`: the definitions of tables and views, and creating what a warehouse lacks."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command, exit_status
from console.cli.consent import agreed
from console.cli.page import Palette, write
from screens.lines import BLANK, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.warehouse.schema import TableDefinition
    from console.warehouse.schema_creating import Deployment, Outcome
    from console.warehouse.schema_plan import SchemaPlan


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
        from console.cli.schema_page import statement_lines  # only for text

        return [spans for item in chosen for spans in (*statement_lines(item.statement), BLANK)]

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


@command
def schema_plan(job: Job) -> Answer:
    """Show the statements that `schema apply` would run, and how much is there already; nothing is created.

    Exit status: 0 all is there or can be created, 1 a table has other columns or something cannot be created, 3 not known.
    """
    from console.warehouse.schema_creating import deployment_of  # --help needs no warehouse

    with job.desk() as desk:
        made = _made(deployment_of(desk.warehouse))
    place = job.settings.warehouse

    def lines(width: int) -> list[Line]:
        from console.cli.schema_page import plan_lines  # only for text

        return plan_lines(made, place, width)

    def document() -> dict[str, object]:
        from console.cli.schema_page import plan_fields  # only for a document
        from console.document import severity

        status = exit_status(made.severity)
        return {
            "warehouse": place,
            "severity": severity(made.severity),
            "exit_status": status,
            **plan_fields(made),
        }

    return Answer(exit_status(made.severity), lines, document)


@command
def schema_apply(
    job: Job,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before anything is created in BigQuery.")
    ] = False,
) -> Answer:
    """Create the tables and views that the warehouse lacks; change or drop nothing.

    Shows the statements first, and on BigQuery asks. Exit status: 0 done or nothing to do, 1 a table has other columns or a
    statement failed, 3 it could not be done.
    """
    if job.settings.is_demo:
        raise UsageError(
            "the demo has its tables already: name a file with --warehouse to make a warehouse of your own"
        )
    from console.warehouse.schema_creating import deployment_of  # --help needs no warehouse

    with job.desk() as desk:
        deployment = deployment_of(desk.warehouse)
        made = _made(deployment)
        asks = bool(made.creations) and deployment.asks_first and not yes
        if not job.as_document or (asks and job.shell.has_keyboard):
            _show(job, made)
        outcomes = deployment.create(made.creations) if not asks or _agreed(job, made) else ()
    return _applied(job, made, outcomes)


def _made(deployment: Deployment) -> SchemaPlan:
    """Return what the warehouse lacks. Raises WarehouseError."""
    from console.cli.inspection import compare  # --help needs no tables
    from console.warehouse.schema import definitions
    from console.warehouse.schema_plan import plan

    defined = definitions()
    situation = deployment.situation(defined)
    states = [compare(item, info) for item, info in zip(defined, situation.tables, strict=True)]
    return plan(defined, states, situation)


def _show(job: Job, made: SchemaPlan) -> None:
    """Print the plan before anything is done: beside the document where that is what was asked for."""
    from console.cli.schema_page import plan_lines  # only for text

    shell = job.shell
    out = shell.err if job.as_document else shell.out
    palette = Palette(shell.wants_color(job.settings.color) and not job.as_document)
    write([*plan_lines(made, job.settings.warehouse, shell.width), BLANK], out, palette)
    out.flush()


def _agreed(job: Job, made: SchemaPlan) -> bool:
    """Return whether the operator lets the statements run. Raises UsageError where nobody can be asked."""
    if not job.shell.has_keyboard:
        raise UsageError("nothing was created: nobody can be asked here, read `courtside schema plan` and give --yes")
    count = len(made.creations)
    return agreed(job.shell.err, f"Run {'this statement' if count == 1 else f'these {count} statements'}?")


def _applied(job: Job, made: SchemaPlan, outcomes: Sequence[Outcome]) -> Answer:
    from console.cli.schema_page import created_tables, outcome_fields, outcome_lines, outcomes_severity, plan_fields

    place = job.settings.warehouse
    worst = max(made.severity, outcomes_severity(outcomes))

    def document() -> dict[str, object]:
        from console.document import severity  # text needs no JSON

        return {
            "warehouse": place,
            "severity": severity(worst),
            "exit_status": exit_status(worst),
            "created": created_tables(outcomes),
            **plan_fields(made),
            "outcomes": outcome_fields(outcomes),
        }

    return Answer(exit_status(worst), lambda width: outcome_lines(outcomes, place, width), document)
