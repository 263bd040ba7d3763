"""`courtside diagnose`: root causes, with everything that each explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.alerting import Alerting, alert_of, looked, with_alert
from console.cli.arguments import At, Date, Days
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.causes import Issue
    from checks.model import Report, RootCause

ISSUES = (
    "all",
    "low_coverage",
    "grading_lag",
    "missing_boxscores",
    "missing_analytics",
    "low_feature_quality",
    "controller",
    "retrier",
)


def _issue(text: str) -> str:
    if text not in ISSUES:
        raise typer.BadParameter(f"{text!r} is no kind of issue: choose from {', '.join(ISSUES)}")
    return text


@command
def diagnose(
    job: Job,
    date: Date = None,
    at: At = None,
    days: Days = None,
    issue: Annotated[
        str, typer.Option("--issue", parser=_issue, metavar="KIND", help=f"One of {', '.join(ISSUES)}.")
    ] = "all",
    alert: Alerting = False,
) -> Answer:
    """Name the root causes: what is wrong, on what evidence, what it explains, and what to type next."""
    from checks.causes import Issue, causes_of  # --help needs no checks
    from checks.model import Severity
    from screens.words import hushes_of

    teller = alert_of(job, wanted=alert, apart={"--at": at, "--date": date, "--days": days})
    frame = job.frame(at, last=date, days=days)
    look, alerted = looked(job, teller, frame.scope)
    report, hushes = look.report, hushes_of(look)
    asked = Issue(issue)
    causes = (*causes_of(asked, report.causes), *_unseen(asked, report))
    worst = max((cause.severity for cause in causes if cause.until is None), default=Severity.OK)
    status = exit_status(worst)

    def lines(width: int) -> list[Line]:
        from screens.text.diagnosis import diagnosis_lines  # only for text

        return diagnosis_lines(causes, worst, issue, frame, width, hushes)

    def document() -> dict[str, object]:
        from console.document import cause, finding, scope, severity  # text needs no JSON

        findings = dict.fromkeys(item for found in causes for item in (*found.evidence, *found.symptoms))
        return {
            "scope": scope(frame.scope, frame.warehouse, frame.assumed),
            "issue": issue,
            "severity": severity(worst),
            "exit_status": status,
            "causes": [cause(item, hushes) for item in causes],
            "findings": [finding(item, hushes) for item in findings],
        }

    return with_alert(Answer(status, lines, document), alerted)


def _unseen(asked: Issue, report: Report) -> tuple[RootCause, ...]:
    """Return the causes that say why checks of the issue asked for could not see; with `all` they are there already."""
    from checks.cause_rules import RULES  # --help needs no checks
    from checks.model import Severity

    names = {name for rule in RULES if rule.issue == asked.value for name in rule.checks}
    reasons = {result.reason for result in report.results if result.check in names and result.reason}
    return tuple(
        cause
        for cause in report.causes
        if cause.severity is Severity.UNKNOWN and any(cause.sentence.endswith(reason) for reason in reasons)
    )
