"""`courtside incidents`: what is open, what was, and whether everybody has been told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.incidents.incident import Incident
    from console.notify.notice import Notice
    from console.notify.standings import Standing


@command
def incidents(job: Job) -> Answer:
    """Show the incidents that the runs of this machine have opened: those that last first, then what is over, and what is untold.

    Exit status: that of the worst incident that lasts, 0 when none does, and 4 when none does and a message has not arrived.
    """
    from checks.severity import Severity  # --help needs no severities

    found, standings, held = _found(job)
    worst = max((item.severity for item in found if item.is_live), default=Severity.OK)
    status = exit_status(worst)
    if not status and (held or any(item.untold for item in standings)):
        status = EXIT_NOT_DELIVERED

    def lines(width: int) -> list[Line]:
        from console.cli.incidents_page import incidents_lines  # only for text

        return incidents_lines(found, standings, held, job.settings.warehouse, width)

    def document() -> Mapping[str, object]:
        from console.cli.incidents_page import incidents_fields  # only for a document

        return {"warehouse": job.settings.warehouse, "exit_status": status, **incidents_fields(found, standings, held)}

    return Answer(status, lines, document)


def _found(job: Job) -> tuple[tuple[Incident, ...], tuple[Standing, ...], tuple[Notice, ...]]:
    """Return incidents, how each sink stands, and what is held back; nothing without a journal. Raises JournalError."""
    from console.incidents.moving import held_back  # --help needs no journal
    from console.incidents.shelf import newest_incidents
    from console.memory import known_journal
    from console.notify.standings import standings_of

    journal, place = known_journal(job.settings.state_dir, now=job.shell.now), job.settings.warehouse
    if journal is None:
        return (), (), ()
    with journal.reading() as connection:
        standings = standings_of(connection, place, job.settings.notify.sinks)
        return newest_incidents(connection, place), standings, held_back(connection, place)
