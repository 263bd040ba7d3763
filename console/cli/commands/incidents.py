"""`courtside incidents`: what is open, what was, whether everybody has been told, and whether anybody still looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.cli.incidents_page import Circumstances, Known


@command
def incidents(job: Job) -> Answer:
    """Show the incidents that the runs of this machine have opened: those that last, the worst first, then what is over.

    Before them stands when a watcher last ran here, below them what has not been told. Exit status: that of the worst incident
    that lasts, or of the watcher's silence where that is worse (3 where none is known); 4 when a message has not arrived and
    nothing else is wrong.
    """
    from checks.severity import Severity  # --help needs no severities
    from console.cli.incidents_page import silence

    known, seen = _known(job), _circumstances(job)
    silent = silence(known.runs, seen.policy, seen.now) if seen.is_watched else Severity.OK
    status = exit_status(max(silent, *(item.severity for item in known.incidents if item.is_live), Severity.OK))
    if not status and (known.held or any(item.untold for item in known.standings)):
        status = EXIT_NOT_DELIVERED

    def lines(width: int) -> list[Line]:
        from console.cli.incidents_page import incidents_lines  # only for text

        return incidents_lines(known, seen, width)

    def document() -> Mapping[str, object]:
        from console.cli.incidents_page import incidents_fields, watcher_fields  # only for a document

        return {
            "warehouse": seen.place,
            "exit_status": status,
            **watcher_fields(known.heartbeat, known.runs, seen.policy, seen.now),
            **incidents_fields(known.incidents, known.standings, known.held),
        }

    return Answer(status, lines, document)


def _known(job: Job) -> Known:
    """Return what the journal knows; nothing without one. Raises JournalError."""
    from console.cli.incidents_page import Known  # --help needs no journal
    from console.heartbeat import WATCHER, last_heartbeat, watcher_runs
    from console.incidents.moving import held_back
    from console.incidents.shelf import newest_incidents
    from console.memory import known_journal
    from console.notify.standings import standings_of

    journal, place = known_journal(job.settings.state_dir, now=job.shell.now), job.settings.warehouse
    if journal is None:
        return Known()
    heartbeat, runs = last_heartbeat(journal, WATCHER, place), watcher_runs(journal, place)
    with journal.reading() as connection:
        standings = standings_of(connection, place, job.settings.notify.sinks)
        return Known(newest_incidents(connection, place), standings, held_back(connection, place), heartbeat, runs)


def _circumstances(job: Job) -> Circumstances:
    from checks.model import Scope  # as above
    from console.aim import scope_of
    from console.cli.incidents_page import Circumstances

    settings, now = job.settings, job.shell.now()
    scope = scope_of(settings, Scope.at(now), None)
    return Circumstances(settings.warehouse, scope, settings.policy, now, is_watched=not settings.is_demo)
