"""`courtside outbox`: what waits to be written to the warehouse, why, and its delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from console.outbox.batches import Standing


@command
def outbox(
    job: Job,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Deliver what is due; without it nothing is written.")
    ] = False,
) -> Answer:
    """Show the rows that wait to be written to the warehouse, table by table, and why; with --deliver, deliver them.

    Exit status: 0 nothing waits in trouble, 1 rows were refused or have trouble, 3 it cannot be read, and with --deliver 4 as
    long as something has not arrived.
    """
    delivered, standings = _standings(job, delivers=deliver)
    from console.cli.outbox_page import severity_of  # --help needs no outbox

    status = exit_status(severity_of(standings))
    if deliver and any(item.waiting or item.refused for item in standings):
        status = EXIT_NOT_DELIVERED

    def lines(width: int) -> list[Line]:
        from console.cli.outbox_page import outbox_lines  # only for text

        return outbox_lines(delivered, standings, width)

    def document() -> dict[str, object]:
        from console.cli.outbox_page import outbox_fields  # only for a document

        return {
            "warehouse": job.settings.warehouse,
            "exit_status": status,
            **outbox_fields(delivered, standings),
        }

    return Answer(status, lines, document)


def _standings(job: Job, *, delivers: bool) -> tuple[int | None, tuple[Standing, ...]]:
    """Return how many rows have arrived just now, None where none were to be delivered, and how each table stands."""
    from console.actions.refusal import RefusedError  # --help needs none of these
    from console.cli.station import station_of
    from console.memory import known_journal
    from console.outbox.outbox import Outbox
    from console.warehouse.protocol import WarehouseError
    from console.warehouse.writing import Writable

    journal = known_journal(job.settings.state_dir, now=job.shell.now)
    if journal is None:  # nothing was ever put
        return (0 if delivers else None), ()
    if delivers and (why := station_of(job).why_read_only()):
        raise RefusedError(f"nothing is delivered: {why}")
    box, place = Outbox(journal), job.settings.warehouse
    with job.desk() as desk:
        if not isinstance(desk.warehouse, Writable):
            raise WarehouseError(f"{place} cannot be written to, so what waits in the outbox stays there")
        writes = desk.warehouse.writes
        if delivers:
            done = box.deliver(place, writes, job.shell.now())
            return done.delivered, done.tables
        return None, box.standings(place, writes.limits, job.shell.now())
