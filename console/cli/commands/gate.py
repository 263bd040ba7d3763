"""`courtside gate`: may the next phase start? An exit status that an orchestrator can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checks.pipeline import Transition
from console.cli.arguments import Apply, At, Date, For, Until
from console.cli.command import Answer, Job, command
from console.cli.gate_acting import Wished, keep_word, recorder_of
from screens.lines import Line

if TYPE_CHECKING:
    from console.gates.asking import Decided
    from console.gates.recording import Recorded


@command
def gate(  # noqa: PLR0913  # each is an option of the command line
    job: Job,
    transition: Annotated[
        Transition, typer.Argument(case_sensitive=False, help="The hand-over, for example phase2_to_phase3.")
    ],
    *,
    date: Date = None,
    at: At = None,
    recorded: Annotated[
        bool, typer.Option("--record", help="Store the decision; a block of the data alerts the operators in Slack.")
    ] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Plan to block it whatever the data says.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Plan to let it proceed, degraded, where it blocks.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why it is held or released; required.")] = "",
    span: For = None,
    until: Until = None,
    apply: Apply = False,
) -> Answer:
    """Say whether the next phase may start for a date; with --hold or --release, say that it may not or may.

    A hold or a release needs --reason and an end, --for or --until, at most 7 days away; the newest word about a date counts.
    Exit status: 0 proceed, 1 proceed degraded, 2 block (also when it is too early), 3 not known. Of --hold and --release:
    0 planned or done, 1 refused or not done, 3 refused as a whole.
    """
    wished = Wished(hold, release, reason, span, until, apply, recorded)
    wished.refuse_contradiction(at)
    frame = job.frame(at, last=date, days=1)
    if hold or release:
        return keep_word(job, transition, frame.scope.last, wished)
    recorder = recorder_of(job) if recorded else None
    from console.gates.asking import decide  # --help needs no facts

    with job.desk() as desk:
        decided = decide(desk, transition, frame)
    if recorder is None:
        return _answer(decided, None)
    return _answer(decided, recorder.deliver(recorder.keep(decided.decision, frame.scope.as_of)))


def _answer(decided: Decided, kept: Recorded | None) -> Answer:
    def lines(width: int) -> list[Line]:
        from screens.text.gate import gate_lines, said_lines  # only for text

        said = [f"operators' words: {decided.note}"] if decided.note else []
        more = said_lines([*said, *(kept.sentences if kept else ())], width)
        return [*gate_lines(decided.decision, decided.frame, width), *more]

    def document() -> dict[str, object]:
        return {**decided.document(), "recorded": kept and kept.document()}

    return Answer(decided.status, lines, document)
