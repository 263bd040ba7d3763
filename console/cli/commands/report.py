"""The report: `courtside` without a command, and what `check` and `demo` make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console.cli.arguments import Ascii, At, InText
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line
from screens.text.frame import Frame

if TYPE_CHECKING:
    from checks.model import Report, Severity


@command
def report(job: Job, at: At = None, report: InText = None, ascii: Ascii = None) -> Answer:
    """Open the console: what is wrong with the pipeline, since when, why, and what to do about it.

    Without a terminal, with --report and with --json: the report of tonight's games and last night's. Its exit status is 0
    when all is well, 1 for a warning or an error, 2 when it is critical, 3 when it cannot be known; 3 is also wrong usage and a
    warehouse that cannot be read. The console itself ends with 0.
    """
    if job.opens_console(in_text=report):
        return console_answer(job, at, ascii_only=ascii)
    return report_answer(job, job.frame(at))


def console_answer(job: Job, at: datetime | None, *, ascii_only: bool | None) -> Answer:
    """Open the console and return how it ended; it has nothing to print."""
    from console.launch import open_console  # not before somebody opens it

    settings = job.settings.with_choice("ascii", ascii_only, "command line") if ascii_only else job.settings
    status = open_console(settings, job.shell, at)
    return Answer(status, lambda _: [], dict)


def report_answer(
    job: Job, frame: Frame, ids: Sequence[str] = (), *, only: Severity | None = None, in_full: bool = False
) -> Answer:
    """Return the report of the checks `ids` (all when empty) as an answer.

    `only` hides what is milder; `in_full` shows each finding and not only its cause. Raises UnknownCheckError, WarehouseError.
    """
    found = job.report(frame.scope, ids)
    status = exit_status(found.verdict.severity)
    shown = _Shown(found, frame, only=only, in_full=in_full)
    return Answer(status, shown.lines, lambda: {**shown.document(), "exit_status": status})


@dataclass(frozen=True, slots=True)
class _Shown:
    """A report and how much of it is shown."""

    report: Report
    frame: Frame
    only: Severity | None
    in_full: bool

    def lines(self, width: int) -> list[Line]:
        from screens.text.report import report_lines  # --help needs no layout

        return report_lines(self.report, self.frame, width, only=self.only, in_full=self.in_full)

    def document(self) -> Mapping[str, object]:
        from console import document  # text needs no JSON

        whole = dict(document.report(self.report, self.frame.warehouse, self.frame.assumed))
        if self.only is not None:
            causes, findings = self.report.causes, self.report.findings
            whole["causes"] = [document.cause(item) for item in causes if item.severity >= self.only]
            whole["findings"] = [document.finding(item) for item in findings if item.severity >= self.only]
        return whole
