"""`courtside queue requeue`, `cancel`, `resolve`, `retry` and `hold`: planned by default, applied with --apply."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.applying import Agreement, ordered
from console.cli.arguments import Apply, Date, For, Until, end_of
from console.cli.choosing import Chosen, Findings, Games, Processors, Rows, meant_by
from console.cli.command import Answer, Job, command
from console.cli.station import station_of
from screens.orders import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; production requires it. For the journal.")]
Count = Annotated[
    int | None,
    typer.Option("--count", min=1, metavar="N", help="How many items you agree to; production asks above 25."),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="A sentence that is kept with the row.")]
_EXIT = "Exit status: 0 all of it planned or done, 1 something is refused or not done, 3 refused as a whole."


def _changing(verb: Verb, says: str) -> Callable[..., int]:
    """Return the command of a verb."""

    def body(  # noqa: PLR0913  # each is an option of the command line
        job: Job,
        *,
        game: Games = None,
        processor: Processors = None,
        row: Rows = None,
        finding: Findings = None,
        date: Date = None,
        note: Note = "",
        span: For = None,
        until: Until = None,
        apply: Apply = False,
        reason: Reason = "",
        count: Count = None,
    ) -> Answer:
        chosen = Chosen(date, _given(game), _given(processor), _given(row), _given(finding))
        agreement = Agreement(apply, reason, count)
        meant = meant_by(job, chosen)
        now = job.frame(None).scope.as_of if job.settings.is_demo else job.shell.now()
        ends = end_of(span, until, now)
        return ordered(job, station_of(job), verb, meant, agreement, note=note, until=ends)

    body.__doc__ = f"{says}\n\n{_EXIT}"
    body.__name__ = f"queue_{verb.value}"
    if verb is not Verb.HOLD:
        options = inspect.signature(body, eval_str=True)
        left = [option for name, option in options.parameters.items() if name not in ("span", "until")]
        body.__signature__ = options.replace(parameters=left)  # type: ignore[attr-defined] # what `command` reads
    return command(body)


def _given(names: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(names or ())


queue_requeue = _changing(Verb.REQUEUE, "Put games, processors or what a finding suggests into the queue again.")
queue_cancel = _changing(Verb.CANCEL, "Take rows out of the queue: nobody tries them again.")
queue_resolve = _changing(Verb.RESOLVE, "Say that what rows were to do was done otherwise; --note says how.")
queue_retry = _changing(Verb.RETRY, "Try rows now instead of at their time; what was given up on begins anew.")
queue_hold = _changing(Verb.HOLD, "Keep rows from being tried, --until a time or --for 2h; at most 7 days.")
