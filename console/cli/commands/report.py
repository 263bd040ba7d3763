"""The report: `courtside` without a command, and what `check` and `demo` make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.alerting import Alert, AlertingOfReport, alert_of, looked, with_alert
from console.cli.arguments import Ascii, At, InText
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.facts.watcher_runs import WatcherRun
    from checks.hushes import Hushes
    from checks.model import Report, Severity
    from console.settings import Settings
    from screens.text.frame import Frame


def _say_version(ctx: typer.Context, *, asked: bool | None) -> None:
    """Say which version this is, and end; whatever the settings are."""
    if not asked:
        return
    from console.cli.inspection import versions  # only for this

    ctx.obj.out.write(f"courtside {dict(versions(['courtside']))['courtside']}\n")
    raise typer.Exit


Version = Annotated[
    bool | None,
    typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version this is."),
]


@command
def report(
    job: Job,
    *,
    at: At = None,
    report: InText = None,
    ascii: Ascii = None,
    alert: AlertingOfReport = None,
    version: Version = None,
) -> Answer:
    """Open the console: what is wrong with the pipeline, since when, why, and what to do about it.

    Without a terminal, with --report, --alert and --json: the report of tonight's games and last night's. Its exit status is 0
    when all is well, 1 for a warning or an error, 2 when it is critical, 3 when it cannot be known; 3 is also wrong usage and a
    warehouse that cannot be read. The console itself ends with 0.
    """
    if job.opens_console(in_text=report or alert):
        return console_answer(job, at, ascii_only=ascii)
    return report_answer(job, job.frame(at), alert=alert_of(job, wanted=bool(alert), apart={"--at": at}))


def console_answer(
    job: Job, at: datetime | None, *, ascii_only: bool | None, copy_of: Settings | None = None
) -> Answer:
    """Open the console and return how it ended; it has nothing to print. `copy_of` is as `open_console` has it."""
    from console.launch import open_console  # not before somebody opens it

    settings = job.settings.with_choice("ascii", ascii_only, "command line") if ascii_only else job.settings
    status = open_console(settings, job.shell, at, copy_of=copy_of)
    return Answer(status, lambda _: [], dict)


def report_answer(
    job: Job,
    frame: Frame,
    ids: Sequence[str] = (),
    *,
    only: Severity | None = None,
    in_full: bool = False,
    alert: Alert | None = None,
) -> Answer:
    """Return the report of the checks `ids` (all when empty) as an answer.

    `only` hides what is milder; `in_full` shows each finding and not only its cause; `alert` tells people of it. Raises
    UnknownCheckError, WarehouseError, and with `alert` JournalError.
    """
    from screens.words import hushes_of  # --help needs no checks

    look, alerted = looked(job, alert, frame.scope, ids)
    status = exit_status(look.report.verdict.severity)
    shown = _Shown(look.report, hushes_of(look), frame, only=only, in_full=in_full, watched=look.watched)
    answer = Answer(status, shown.lines, lambda: {**shown.document(), "exit_status": status})
    return with_alert(answer, alerted)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A report, who has what of it in hand, and how much of it is shown."""

    report: Report
    hushes: Hushes
    frame: Frame
    only: Severity | None
    in_full: bool
    watched: WatcherRun | None

    def lines(self, width: int) -> list[Line]:
        from screens.text.report import report_lines  # --help needs no layout

        lines = report_lines(self.report, self.frame, width, only=self.only, in_full=self.in_full, hushes=self.hushes)
        if self.watched is None:
            return lines
        from console.cli.watch_page import life_line  # where nobody watches there is no sign of life

        return [*lines, *life_line(self.watched, self.report.scope.as_of, width)]

    def document(self) -> Mapping[str, object]:
        from console import document  # text needs no JSON
        from console.cli.watch_page import life_fields  # as above

        whole = dict(document.report(self.report, self.frame.warehouse, self.frame.assumed, self.hushes))
        whole["watcher"] = life_fields(self.watched)
        if self.only is not None:
            causes, findings = self.report.causes, self.report.findings
            whole["causes"] = [document.cause(item, self.hushes) for item in causes if item.severity >= self.only]
            whole["findings"] = [document.finding(item, self.hushes) for item in findings if item.severity >= self.only]
        return whole
