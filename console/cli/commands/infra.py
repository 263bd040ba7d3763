"""`courtside infra`: what the pipeline stands on, which is Pub/Sub's dead letters and BigQuery's load jobs."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.alerting import Alerting, alert_of, with_alert
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.hushes import Hushes
    from checks.model import Scope
    from console.audits.infra.running import World


class What(Enum):
    """The checks that can be asked for."""

    DEAD_LETTER = "dead-letter"
    QUOTA = "quota"

    @property
    def check(self) -> str:
        """The check's id."""
        return f"infra.{self.value.replace('-', '_')}"


Project = Annotated[
    str | None,
    typer.Option(
        "--project", metavar="NAME", help="The Google Cloud project of the topics; without it the warehouse's."
    ),
]


@command
def infra(
    job: Job,
    what: Annotated[list[What] | None, typer.Argument(help="The check to run; without it both.")] = None,
    project: Project = None,
    alert: Alerting = False,
) -> Answer:
    """Check the dead letters of the topics that must have them, and the load jobs per table against the day's quota.

    Nothing is published, acknowledged or configured. To see whether dead letters wait, up to 100 of each of their queues are
    pulled and given back at once: that is one delivery more of each, which another reader of the queue may get a moment later. A
    queue with a dead-letter policy of its own, where a delivery more counts against a message, is not looked into.

    Exit status: 0 all is well, 1 a warning or an error, 2 critical, 3 something could not be read.
    """
    from checks.causes import find_causes  # --help needs no checks
    from checks.model import Report
    from checks.verdict import verdict_of
    from console.audits.infra.running import INFRA_CHECKS

    teller = alert_of(job, wanted=alert, apart={"--project": project})
    world = world_of(job, project or "")
    results = [INFRA_CHECKS[item.check](world) for item in dict.fromkeys(what or What)]
    causes = find_causes(results)
    verdict = verdict_of(causes, results)
    status = exit_status(verdict.severity)

    def lines(width: int) -> list[Line]:
        from console.cli.infra_page import infra_lines  # only for text

        return infra_lines(verdict, results, world, width)

    def document() -> dict[str, object]:
        from console.cli.infra_page import infra_fields  # only for a document

        return {"warehouse": job.settings.warehouse, "exit_status": status, **infra_fields(verdict, results, world)}

    report = Report(job.frame(None).scope, verdict, causes, tuple(results), ())
    return with_alert(
        Answer(status, lines, document), teller.tell(report, _words(job, report.scope)) if teller else None
    )


def _words(job: Job, scope: Scope) -> Hushes:
    """Return what operators have said, which stands in the warehouse even of what does not."""
    from checks.hushes import Hushes  # --help needs no words
    from console.warehouse.protocol import WarehouseError
    from console.words import hushes_at

    try:
        with job.desk() as desk:
            return hushes_at(desk, scope)
    except WarehouseError as error:
        return Hushes(unread=str(error))


def world_of(job: Job, project: str) -> World:
    """Return what the checks look at for this job; `project` is "" for the warehouse's own."""
    from console.audits.infra.running import World  # --help needs no checks
    from console.memory import known_journal

    settings, now = job.settings, job.shell.now
    return World(
        settings.warehouse,
        project,
        job.desk,
        known_journal(settings.state_dir, now=now),
        settings.policy,
        settings.deadline_seconds,
        now(),
    )
