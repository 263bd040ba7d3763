"""`courtside check`: the health check of a date, whole or in parts."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from console.cli.alerting import Alerting, alert_of
from console.cli.arguments import At, Date, Days, UsageError
from console.cli.command import Answer, Job, command
from console.cli.commands.report import report_answer
from screens.lines import Line, Span, Tone, grid


class Only(Enum):
    """The severities that can be asked for."""

    WARNING = "warning"
    UNKNOWN = "unknown"
    ERROR = "error"
    CRITICAL = "critical"


@command
def check(
    job: Job,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Checks to run, for example orchestration.gap.")
    ] = None,
    date: Date = None,
    at: At = None,
    days: Days = None,
    only: Annotated[
        Only | None,
        typer.Option("--only", case_sensitive=False, help="Hide what is milder than this; the exit status stays."),
    ] = None,
    listing: Annotated[  # a flag of the command line
        bool, typer.Option("--list", help="List the checks there are, and run none.")
    ] = False,
    alert: Alerting = False,
) -> Answer:
    """Check the health of a date; without --date, tonight's games and last night's."""
    if listing:
        if alert:
            raise UsageError("--list runs no check, so there is nothing to tell people: leave out --alert")
        return _listing()
    from checks.model import Severity  # --help needs no model

    least = Severity[only.name] if only else None
    teller = alert_of(job, wanted=alert, apart={"--at": at, "--date": date, "--days": days})
    frame = job.frame(at, last=date, days=days)
    return report_answer(job, frame, ids or (), only=least, in_full=bool(ids), alert=teller)


def _listing() -> Answer:
    from checks.catalogue import BY_ID  # --help needs no checks

    def lines(width: int) -> list[Line]:
        return grid([(Span(item.id, Tone.STRONG), item.says) for item in BY_ID.values()], width)

    def document() -> dict[str, object]:
        return {
            "checks": [
                {"check": item.id, "says": item.says, "facts": [fact.name for fact in item.facts]}
                for item in BY_ID.values()
            ]
        }

    return Answer(0, lines, document)
