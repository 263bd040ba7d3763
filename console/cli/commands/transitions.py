"""`courtside transitions`: hand-overs between phases, and runs that are stuck."""

from __future__ import annotations

from console.cli.alerting import Alerting, alert_of, looked, with_alert
from console.cli.arguments import At, Date, Days
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

CHECKS = ("transitions.delay", "transitions.duration", "transitions.blocked", "transitions.stuck_run")


@command
def transitions(job: Job, date: Date = None, days: Days = None, at: At = None, alert: Alerting = False) -> Answer:
    """Show where each hand-over between phases stands, and runs that never ended."""
    from checks.facts.events import EVENTS  # --help needs no facts
    from checks.facts.hand_overs import HAND_OVERS
    from checks.facts.processor_runs import PROCESSOR_RUNS
    from checks.transition_states import TransitionRows, transition_states

    teller = alert_of(job, wanted=alert, apart={"--at": at, "--date": date, "--days": days})
    frame = job.frame(at, last=date, days=days)
    scope = frame.scope
    look, alerted = looked(job, teller, scope, CHECKS, words=False)
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
            "transitions": [document.record(state) for state in states],
        }

    return with_alert(Answer(status, lines, document), alerted)
