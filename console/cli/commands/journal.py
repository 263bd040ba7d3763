"""`courtside journal`: what operators did, and whether anybody changed the record of it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from pathlib import Path

    from console.actions.ledger import Ledger

_MOST_ENTRIES = 10_000


@command
def journal_list(
    job: Job,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=_MOST_ENTRIES, metavar="N", help="At most so many entries.")
    ] = 50,
) -> Answer:
    """List what operators did from this machine, newest first: who, what, when, why and what came of it.

    Exit status: 0, or 3 where the journal or one of its entries cannot be read.
    """
    from checks.severity import Severity  # --help needs no severities

    path, ledger = _ledger(job)
    links = ledger.newest(limit)
    readable = all(link.entry is not None for link in links)
    status = exit_status(Severity.OK if readable else Severity.UNKNOWN)

    def lines(width: int) -> list[Line]:
        from console.cli.journal_page import list_lines  # only for text

        return list_lines(links, path, width)

    def document() -> dict[str, object]:
        from console.cli.journal_page import link_fields  # only for a document

        return {"file": str(path), "exit_status": status, "entries": [link_fields(link) for link in links]}

    return Answer(status, lines, document)


@command
def journal_verify(job: Job) -> Answer:
    """Say whether the record of actions is as it was written.

    Exit status: 0 it is whole, 2 it was changed (says which entry first, of when, and what differs), 3 it cannot be read.
    """
    from checks.severity import Severity  # --help needs no severities

    path, ledger = _ledger(job)
    found = ledger.verify()
    worst = Severity.OK if found.broken is None else Severity.CRITICAL

    def lines(width: int) -> list[Line]:
        from console.cli.journal_page import verification_lines  # only for text

        return verification_lines(found, path, width)

    def document() -> dict[str, object]:
        from console.cli.journal_page import verification_fields  # only for a document
        from console.document import severity

        return {
            "file": str(path),
            "severity": severity(worst),
            "exit_status": exit_status(worst),
            **verification_fields(found),
        }

    return Answer(exit_status(worst), lines, document)


def _ledger(job: Job) -> tuple[Path, Ledger]:
    """Return the journal's file and the chain in it. Raises JournalError where there is none: a lost one must not look empty."""
    from console.actions.ledger import Ledger  # --help needs no database
    from console.journal import FILE_NAME, JournalError
    from console.memory import known_journal

    journal = known_journal(job.settings.state_dir, now=job.shell.now)
    if journal is None:
        raise JournalError(
            f"there is no journal {job.settings.state_dir / FILE_NAME}: nobody has worked from here yet, or it was moved away, "
            "or state_dir is another (`courtside doctor` shows which)"
        )
    return journal.path, Ledger(journal)
