"""`courtside gate`: may the next phase start? An exit status that an orchestrator can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checks.pipeline import Transition
from console.cli.arguments import At, Date
from console.cli.command import Answer, Job, command
from screens.lines import Line

if TYPE_CHECKING:
    from checks.gates import GateDecision


@command
def gate(
    job: Job,
    transition: Annotated[Transition, typer.Argument(help="The hand-over, for example phase2_to_phase3.")],
    date: Date = None,
    at: At = None,
) -> Answer:
    """Say whether the next phase may start for a date.

    Exit status: 0 proceed, 1 proceed degraded, 2 block (also when it is too early), 3 not known.
    """
    from checks.facts.feature_quality import FEATURE_QUALITY  # --help needs no facts
    from checks.facts.lineage import LINEAGE
    from checks.gates import evaluate_gate

    frame = job.frame(at, last=date, days=1)
    needed = (LINEAGE, FEATURE_QUALITY) if transition is Transition.PHASE4_TO_PHASE5 else (LINEAGE,)
    with job.desk() as desk:
        facts = desk.facts(frame.scope, *needed)
    decision = evaluate_gate(transition, facts, job.settings.policy, frame.scope.as_of)
    status = _status(decision)

    def lines(width: int) -> list[Line]:
        from screens.text.gate import gate_lines  # only for text

        return gate_lines(decision, frame, width)

    def document() -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            "scope": document.scope(frame.scope, frame.warehouse, frame.assumed),
            "exit_status": status,
            "gate": document.gate(decision),
        }

    return Answer(status, lines, document)


def _status(decision: GateDecision) -> int:
    return {"proceed": 0, "proceed_degraded": 1, "block": 2}[decision.outcome.value]
