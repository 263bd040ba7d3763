"""`courtside queue apply` and `plans`: plans that were made earlier, from here or from the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.applying import Agreement, answer_of, applied
from console.cli.command import Answer, Job, command
from console.cli.commands.queue_change import Count, Reason
from console.cli.station import station_of
from screens.lines import Line

if TYPE_CHECKING:
    from console.actions.run_state import Run

_MOST_PLANS = 1_000


@command
def queue_apply(
    job: Job,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id; `courtside queue plans` lists them.")],
    reason: Reason = "",
    count: Count = None,
) -> Answer:
    """Apply a plan, or go on with what is left of one that was stopped; what is done is not done again.

    Exit status: 0 all of it is done, 1 something is refused or not done, 3 refused as a whole.
    """
    from console.actions.refusal import RefusedError
    from console.actions.run_state import RunState

    station = station_of(job)
    with station.hand() as hand:
        run = hand.run(plan)
        if run is None:
            raise RefusedError(f"there is no plan {plan}: `courtside queue plans` lists them")
        if run.state is not RunState.DONE:
            run = applied(job, station, hand, run.plan, Agreement(apply=True, reason=reason or run.reason, count=count))
    return answer_of(job, station, run)


@command
def queue_plans(
    job: Job,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=_MOST_PLANS, metavar="N", help="At most so many plans.")
    ] = 20,
) -> Answer:
    """List what was planned from here for this warehouse, newest first: how far it is, and whether it helped.

    Exit status: 0, or 3 where the journal or one of its plans cannot be read.
    """
    found, unreadable = _plans(job, limit)
    status, place = 3 if unreadable else 0, job.settings.warehouse

    def lines(width: int) -> list[Line]:
        from console.cli.plan_page import plans_lines  # only for text

        return plans_lines(found, unreadable, place, width)

    def document() -> dict[str, object]:
        from console.cli.plan_page import plan_fields, run_fields  # only for a document

        plans = [{"plan": plan_fields(run.plan), "run": run_fields(run, standing)} for run, standing in found]
        return {"warehouse": place, "exit_status": status, "plans": plans, "unreadable": list(unreadable)}

    return Answer(status, lines, document)


def _plans(job: Job, limit: int) -> tuple[list[tuple[Run, str]], list[str]]:
    """Return the newest plans, each with how it stands, and the ids of those that this version cannot read."""
    from uuid import uuid4

    from console.actions import run_state
    from console.actions.plan_codec import UnreadablePlanError
    from console.actions.run_state import RunState
    from console.actions.verifying import Verifications
    from console.memory import known_journal

    journal = known_journal(job.settings.state_dir, now=job.shell.now)
    if journal is None:
        return [], []
    verifications = Verifications(journal, lambda: uuid4().hex)
    found: list[tuple[Run, str]] = []
    unreadable: list[str] = []
    with journal.reading() as connection:
        for id in run_state.newest(connection, job.settings.warehouse, limit):
            try:
                run = run_state.run_of(connection, id)
            except UnreadablePlanError:
                unreadable.append(id)
                continue
            if run is not None:
                found.append((run, ""))
    return [
        (run, "" if run.state is RunState.PLANNED else verifications.standing_of(run.plan.id)) for run, _ in found
    ], unreadable
