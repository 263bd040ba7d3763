"""`courtside demo`: the January 2026 outage, built in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import Ascii, At, InText, UsageError
from console.cli.command import Answer, Job, command
from console.cli.commands.report import console_answer, report_answer
from screens.lines import BLANK, Line, Span, Tone, flow

if TYPE_CHECKING:
    from screens.text.frame import Frame

MOST_DAYS = 6
"""The default shows the dates from the first of the week to the day the outage was found."""


Armed = Annotated[
    bool,
    typer.Option(
        "--armed",
        help="A copy to throw away, on which requeueing, acknowledging and the other actions can be tried: nothing else is "
        "changed and nobody is told. Its clock runs from --at.",
    ),
]


@command
def demo(job: Job, at: At = None, report: InText = None, ascii: Ascii = None, armed: Armed = False) -> Answer:
    """Replay the outage of January 2026: a built-in week in which a dead controller went unnoticed for 45 hours.

    Opens the console on it; without a terminal, with --report and with --json it is the report.
    """
    from console.warehouse.demo import DEMO_FIRST, DEMO_LAST, PROVENANCE  # only the demo needs it

    if armed:
        return _armed(job, at, ascii, is_seen=job.opens_console(in_text=report))
    job = replace(job, settings=job.settings.for_demo())
    frame = _frame(job, at)
    if job.opens_console(in_text=report):
        return console_answer(job, at, ascii_only=ascii)
    answer = report_answer(job, frame)
    tour = f"Any moment of {DEMO_FIRST} to {DEMO_LAST} can be seen, for example: courtside demo --at 2026-01-23T06:20Z"

    def lines(width: int) -> list[Line]:
        provenance = flow([Span(PROVENANCE, Tone.FAINT)], width)
        return [*answer.lines(width), BLANK, *provenance, *flow([Span(tour, Tone.FAINT)], width)]

    return Answer(answer.status, lines, lambda: {**answer.document(), "provenance": PROVENANCE})


def _armed(job: Job, at: At, ascii: Ascii, *, is_seen: bool) -> Answer:
    """Open the console on a copy that is gone afterwards. Raises UsageError where it cannot be seen or nothing may be changed."""
    from console.armed_demo import armed_demo  # only the armed demo needs it

    if not is_seen:
        raise UsageError("--armed is for the keys of the console: give it on a terminal, without --report and --json")
    if job.settings.read_only and job.settings.source_of("read_only") == "command line":
        raise UsageError("--armed and --read-only say the opposite of each other: give one of them")
    if at is not None:
        _frame(replace(job, settings=job.settings.for_demo()), at)
    with armed_demo(job.settings, job.shell, at) as (settings, shell):
        return console_answer(
            replace(job, settings=settings, shell=shell), None, ascii_only=ascii, copy_of=job.settings
        )


def _frame(job: Job, at: At) -> Frame:
    """Return up to six dates of the week that end with the date of the moment. Raises UsageError outside the week."""
    from checks.times import eastern_date, format_utc
    from console.warehouse.demo import DEMO_FIRST, DEMO_LAST, DEMO_WEEK  # only the demo needs it

    frame = job.frame(at)
    last = eastern_date(frame.scope.as_of)
    if last < DEMO_FIRST or frame.scope.as_of > DEMO_WEEK[1]:  # beyond it nothing is recorded, which is no outage
        raise UsageError(
            f"--at lies outside the demo's week: give a moment from {DEMO_FIRST} to {DEMO_LAST}, Eastern dates; what is recorded "
            f"ends at {format_utc(DEMO_WEEK[1])}"
        )
    last = min(last, DEMO_LAST)
    return job.frame(at, last=last, days=min(MOST_DAYS, (last - DEMO_FIRST).days + 1))
