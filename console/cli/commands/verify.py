"""`courtside verify`: did what was done help? Runs the verifications that are due, or lists those to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from console.actions.aftercare import Done
    from console.actions.verifying import Scheduled


@command
def verify(
    job: Job,
    every: Annotated[
        bool, typer.Option("--all", help="List the verifications that are still to come; nothing is run.")
    ] = False,
) -> Answer:
    """Run the verifications of what was done that are due: read it back, and run the failed checks again.

    Exit status: 0 all fixed or nothing due, 1 not fixed, 2 a key has two active rows, 3 it could not be said.
    """
    done, pending = _outcome(job, runs=not every)
    status = 0 if done is None else exit_status(done.severity)

    def lines(width: int) -> list[Line]:
        from console.cli.verify_page import verify_lines  # only for text

        return verify_lines(done, pending, job.shell.now(), width)

    def document() -> dict[str, object]:
        from console.cli.verify_page import verify_fields  # only for a document

        return {"warehouse": job.settings.warehouse, "exit_status": status, **verify_fields(done, pending)}

    return Answer(status, lines, document)


def _outcome(job: Job, *, runs: bool) -> tuple[Done | None, tuple[Scheduled, ...]]:
    """Return what running came to, None where nothing was to be run, and what is still to come."""
    from console.actions.aftercare import Done, run_due  # --help needs none of these
    from console.cli.station import station_of
    from console.memory import known_journal

    if known_journal(job.settings.state_dir, now=job.shell.now) is None:  # nobody has done anything from here yet
        return (Done() if runs else None), ()
    care = station_of(job).aftercare()
    done = run_due(care) if runs else None
    return done, care.verifications.pending(care.place)
