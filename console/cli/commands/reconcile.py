"""`courtside reconcile`: the funnel from schedule to grading, per stage and per game, with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checks.about_games import RECONCILE_CHECKS
from console.cli.alerting import Alerting, alert_of, looked, with_alert
from console.cli.arguments import At, Date, Days
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.facts.lineage import GameLineage

CHECKS = (*RECONCILE_CHECKS, "schedule.not_played")


@command
def reconcile(
    job: Job,
    date: Date = None,
    at: At = None,
    days: Days = None,
    detailed: Annotated[  # a flag of the command line
        bool, typer.Option("--detailed", help="Show each game, and name who is missing or too many.")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option("--export", metavar="FILE", help="Also write one row per game to a .csv, .parquet or .json file."),
    ] = None,
    alert: Alerting = False,
) -> Answer:
    """Follow every game and player from the schedule to grading, and name what was lost on the way."""
    from checks.facts.lineage import LINEAGE  # --help needs no facts
    from checks.funnel import funnel_by_date, in_order
    from console.cli.export import export_games, export_path

    target = export_path(export) if export else None
    teller = alert_of(job, wanted=alert, apart={"--at": at, "--date": date, "--days": days})
    frame = job.frame(at, last=date, days=days)
    scope, policy = frame.scope, job.settings.policy
    look, alerted = looked(job, teller, scope, CHECKS, words=False)
    report = look.report
    games: tuple[GameLineage, ...] = tuple(in_order(look.rows(LINEAGE)))
    dates = funnel_by_date(games, policy, scope.as_of)
    status = exit_status(report.verdict.severity)
    exported = export_games(games, policy, scope.as_of, target) if target else ""

    def lines(width: int) -> list[Line]:
        from screens.text.funnel import FunnelView, funnel_lines  # only for text

        view = FunnelView(dates, games, report, policy, detailed=detailed, exported=exported)
        return funnel_lines(view, frame, width)

    def document() -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            **document.report(report, frame.warehouse, frame.assumed),
            "exit_status": status,
            "funnel": [document.date_funnel(item) for item in dates],
            "games": [document.game(game, policy, scope.as_of) for game in games],
            "exported": exported or None,
        }

    return with_alert(Answer(status, lines, document), alerted)
