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

    Of BigQuery also login, project, location, partitioning, permissions, freshness, the clock, and what refreshing costs a day.

    Exit status: 0 all is there, 1 something is missing or of another type, 3 the warehouse cannot be read.
    """
    from console.cli import inspection  # --help needs no tables

    view = inspection.view(job.settings, job.desk, job.shell.now)

    def lines(width: int) -> list[Line]:
        from screens.text.doctor import doctor_lines  # only for text

        return doctor_lines(view, width)

    def document() -> dict[str, object]:
        from console.document import record, severity  # text needs no JSON

        return {
            "severity": severity(view.worst),
            "exit_status": exit_status(view.worst),
            "settings": [record(setting) for setting in job.settings.chosen],
            "policy": record(job.settings.policy),
            "versions": dict(view.versions),
            "warehouse": {"name": view.warehouse, "reachable": not view.refusal, "reason": view.refusal},
            "observations": [record(observation) for observation in view.observations],
            "tables": [
                {**_fields(table), "severity": severity(table.severity), "sentence": table.sentence}
                for table in view.tables
            ],
        }

    return Answer(exit_status(view.worst), lines, document)


def _fields(table: TableState) -> dict[str, object]:
    """Return a table's fields; `exists` is null where it could not be asked for."""
    from console.document import instant  # text needs no JSON

    return {
        "name": table.name,
        "exists": None if table.unknown else table.exists,
        "rows": table.rows,
        "missing_columns": [*table.missing, *table.optional],
        "wrong_types": list(table.wrong),
        "written_at": instant(table.written_at),
    }
