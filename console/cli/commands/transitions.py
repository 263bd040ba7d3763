"""`courtside transitions`: hand-overs between phases, and runs that are stuck."""

from __future__ import annotations

from console.cli.arguments import At, Date, Days
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

CHECKS = ("transitions.delay", "transitions.duration", "transitions.blocked", "transitions.stuck_run")


@command
def transitions(job: Job, date: Date = None, days: Days = None, at: At = None) -> Answer:
    """Show where each hand-over between phases stands, and runs that never ended."""
    from checks.facts.events import EVENTS  # --help needs no facts
    from checks.facts.hand_overs import HAND_OVERS
    from checks.facts.processor_runs import PROCESSOR_RUNS
    from checks.transition_states import TransitionRows, transition_states

    frame = job.frame(at, last=date, days=days)
    scope = frame.scope
    with job.desk() as desk:
        look = desk.look(scope, CHECKS)
    report, rows = look.report, TransitionRows(look.rows(HAND_OVERS), look.rows(PROCESSOR_RUNS), look.rows(EVENTS))
    states = transition_states(rows, job.settings.policy, scope.as_of, scope.dates)
    status = exit_status(report.verdict.severity)

    def lines(width: int) -> list[Line]:
        from screens.text.transitions import transitions_lines  # only for text

        return transitions_lines(states, report, frame, width)

    def document() -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            **document.report(report, frame.warehouse, frame.assumed),
            "exit_status": status,
            "transitions": [document.transition(state) for state in states],
        }

    return Answer(status, lines, document)
