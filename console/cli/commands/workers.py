"""`courtside workers`: the prediction workers that have left heartbeats, and forgetting those that do not come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line, Span

if TYPE_CHECKING:
    from console.settings import Settings


@command
def workers_list(job: Job) -> Answer:
    """List the prediction workers: when each last beat, and how far its batch is, however long ago that was.

    Exit status: 0, or 3 where the store or something in it cannot be read. `courtside check workers.heartbeat` judges them.
    """
    from checks.severity import Severity  # --help needs no workers
    from checks.workers import UnreadableRecord
    from console.workers.opening import known_workers

    settings = job.settings
    records = known_workers(settings.state_dir, firestore=settings.workers_firestore)
    is_readable = not any(isinstance(record, UnreadableRecord) for record in records)
    status = exit_status(Severity.OK if is_readable else Severity.UNKNOWN)

    def lines(width: int) -> list[Line]:
        from console.cli.workers_page import worker_lines  # only for text

        return worker_lines(records, job.shell.now(), width)

    def document() -> dict[str, object]:
        from console.cli.workers_page import worker_fields  # only for a document

        return {"exit_status": status, "workers": [worker_fields(record) for record in records]}

    return Answer(status, lines, document)


@command
def workers_retire(
    job: Job,
    worker: Annotated[str, typer.Argument(metavar="ID", help="As `courtside workers list` has it.")],
) -> Answer:
    """Forget a prediction worker that does not come back, with the batch that it has left: nobody misses either any more.

    Exit status: 0 it is forgotten, 3 there is no such worker, it cannot be forgotten, or nothing may be changed.
    """
    from console.actions.refusal import RefusedError  # --help needs no workers
    from console.workers.opening import known_workers, open_store

    settings = job.settings
    if why := _why_read_only(settings):
        raise RefusedError(f"nothing was done: {why}")
    place = settings.state_dir, settings.workers_firestore
    known = {
        record.worker_id for record in known_workers(place[0], firestore=place[1])
    }  # who only looks makes no store
    if worker not in known or not open_store(place[0], firestore=place[1]).retire(worker):
        raise UsageError(f"there is no prediction worker {worker!r}: `courtside workers list` names those there are")
    said = f"{worker} is forgotten with its batch; if it is alive after all it comes back with its next heartbeat"
    return Answer(0, lambda _width: [(Span(said),)], lambda: {"exit_status": 0, "retired": worker})


def _why_read_only(settings: Settings) -> str:
    """Return why no worker may be forgotten, or "": those of a project are production, a file is of this machine alone."""
    from console.arming import PRODUCTION_IS_READ_ONLY, as_settings_say

    if settings.workers_firestore and settings.read_only is None:
        return PRODUCTION_IS_READ_ONLY
    return as_settings_say(settings)
