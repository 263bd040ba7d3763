"""`courtside incidents`: what is open, what was, and whether everybody has been told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.incidents.incident import Incident
    from console.notify.outbox import Standing


@command
def incidents(job: Job) -> Answer:
    """Show the incidents that the runs of this machine have opened: those that last first, then what is over, and what is untold.

    Exit status: that of the worst incident that lasts, 0 when none does, and 4 when none does and a message has not arrived.
    """
    from checks.severity import Severity  # --help needs no severities

    found, standings = _found(job)
    worst = max((item.severity for item in found if item.is_live), default=Severity.OK)
    status = exit_status(worst)
    if not status and any(item.waiting or item.refused for item in standings):
        status = EXIT_NOT_DELIVERED

    def lines(width: int) -> list[Line]:
        from console.cli.incidents_page import incidents_lines  # only for text

        return incidents_lines(found, standings, job.settings.warehouse, width)

    def document() -> Mapping[str, object]:
        from console.cli.incidents_page import incidents_fields  # only for a document

        return {"warehouse": job.settings.warehouse, "exit_status": status, **incidents_fields(found, standings)}

    return Answer(status, lines, document)


def _found(job: Job) -> tuple[tuple[Incident, ...], tuple[Standing, ...]]:
    """Return the incidents and how each sink stands; nothing where there is no journal. Raises JournalError."""
    from console.incidents.shelf import newest_incidents  # --help needs no journal
    from console.memory import known_journal
    from console.notify.outbox import standings_of

    journal = known_journal(job.settings.state_dir, now=job.shell.now)
    if journal is None:
        return (), ()
    with journal.reading() as connection:
        return newest_incidents(connection, job.settings.warehouse), standings_of(connection)
