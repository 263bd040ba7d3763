"""`courtside gaps`: has anybody been deciding?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.alerting import Alerting, alert_of, looked, with_alert
from console.cli.arguments import At
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.model import Finding, Report, Severity
    from screens.text.frame import Frame

CHECKS = (
    "orchestration.gap",
    "orchestration.masked_outage",
    "orchestration.silent_workflow",
    "orchestration.missed_run",
)


LOOKBACK_HOURS = 48
"""As `Scope` has it, and so every report that says nothing else."""


@command
def gaps(
    job: Job,
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=336, metavar="N", help="How far to look back, in hours.")
    ] = LOOKBACK_HOURS,
    threshold: Annotated[
        int | None,
        typer.Option(
            "--threshold-minutes",
            min=1,
            max=20_000,
            metavar="N",
            help="From how many minutes without a decision a gap counts; without it as the policy says (120).",
        ),
    ] = None,
    at: At = None,
    alert: Alerting = False,
) -> Answer:
    """Show every gap between decisions of the controller, and the workflows that never decide.

    Gaps in the window that are over count towards the exit status too.
    """
    apart = {"--at": at, "--threshold-minutes": threshold, "--hours": hours if hours != LOOKBACK_HOURS else None}
    teller = alert_of(job, wanted=alert, apart=apart)
    if threshold is not None:
        job = _with_threshold(job, threshold)
    frame = job.frame(at)
    frame = replace(frame, scope=replace(frame.scope, lookback=timedelta(hours=hours)))
    look, alerted = looked(job, teller, frame.scope, CHECKS)
    window = _Window(look.report, frame)
    return with_alert(Answer(exit_status(window.worst), window.lines, window.document), alerted)


def _with_threshold(job: Job, minutes: int) -> Job:
    """Return the job under a policy in which a gap of `minutes`, going on or over, counts."""
    policy = job.settings.policy
    changed = {
        "gap_warning_minutes": min(policy.gap_warning_minutes, minutes),
        "gap_critical_minutes": minutes,
        "largest_gap_error_minutes": minutes,
        "largest_gap_critical_minutes": max(policy.largest_gap_critical_minutes, minutes),
    }
    return replace(job, settings=replace(job.settings, thresholds={**job.settings.thresholds, **changed}))


@dataclass(frozen=True, slots=True)
class _Window:
    """What the window holds: the report on orchestration, in which closed gaps count as much as the running one."""

    report: Report
    frame: Frame

    @property
    def gaps(self) -> list[Finding]:
        return [f for f in self.report.findings if f.check == "orchestration.gap" and f.severity.name != "OK"]

    @property
    def worst(self) -> Severity:
        results = (result.severity for result in self.report.results)
        return max((*results, *(gap.severity for gap in self.gaps)))

    def lines(self, width: int) -> list[Line]:
        from screens.text.gaps import gaps_lines  # --help needs no layout

        return gaps_lines(self.report, self.gaps, self.worst, self.frame, width)

    def document(self) -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            **document.report(self.report, self.frame.warehouse, self.frame.assumed),
            "severity": document.severity(self.worst),
            "exit_status": exit_status(self.worst),
            "gaps": [document.gap(gap, self.frame.scope.as_of) for gap in self.gaps],
        }
