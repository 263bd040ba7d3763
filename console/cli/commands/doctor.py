"""`courtside doctor`: settings and their sources, versions, and whether every table and column that is read is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from screens.text.doctor import TableState


@command
def doctor(job: Job) -> Answer:
    """Examine the installation: settings and where each comes from, versions, tables, columns and types.

    Exit status: 0 all is there, 1 something is missing or of another type, 3 the warehouse cannot be read.
    """
    from checks.model import Severity
    from console.cli import inspection  # --help needs no tables

    tables, refusal = inspection.tables(job.desk)
    installed = inspection.versions()
    settings = [(item.name, item.value, item.source) for item in job.settings.chosen]
    worst = Severity.UNKNOWN if refusal else max((table.severity for table in tables), default=Severity.UNKNOWN)

    def lines(width: int) -> list[Line]:
        from screens.text.doctor import DoctorView, doctor_lines  # only for text

        return doctor_lines(DoctorView(job.settings.warehouse, settings, installed, tables, refusal, worst), width)

    def document() -> dict[str, object]:
        from console.document import record, severity  # text needs no JSON

        return {
            "severity": severity(worst),
            "exit_status": exit_status(worst),
            "settings": [record(setting) for setting in job.settings.chosen],
            "policy": record(job.settings.policy),
            "versions": dict(installed),
            "warehouse": {"name": job.settings.warehouse, "reachable": not refusal, "reason": refusal},
            "tables": [
                {**_fields(table), "severity": severity(table.severity), "sentence": table.sentence} for table in tables
            ],
        }

    return Answer(exit_status(worst), lines, document)


def _fields(table: TableState) -> dict[str, object]:
    return {
        "name": table.name,
        "exists": table.exists,
        "rows": table.rows,
        "missing_columns": [*table.missing, *table.optional],
        "wrong_types": list(table.wrong),
    }
