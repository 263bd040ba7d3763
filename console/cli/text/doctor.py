"""The state of the installation as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Severity
from console.cli.inspection import TableState
from console.cli.page import BLANK, Line, Span, Tone, flow, grid, severity_word
from console.cli.text.report import severity_lead
from console.settings import Settings


@dataclass(frozen=True, slots=True)
class DoctorView:
    """What doctor found; `refusal` says why the warehouse cannot be read, or ""."""

    settings: Settings
    versions: Sequence[tuple[str, str]]
    tables: Sequence[TableState]
    refusal: str
    worst: Severity


def doctor_lines(view: DoctorView, width: int) -> list[Line]:
    """Return the verdict, what is wrong with tables, then settings with their sources, and versions."""
    lines = flow([Span(_headline(view), Tone.STRONG)], width, first=severity_lead(view.worst))
    wrong = [table for table in view.tables if table.severity is not Severity.OK]
    if wrong:
        lines.extend((BLANK, *grid([(severity_word(t.severity), t.name, t.sentence) for t in wrong], width)))
    lines.extend((BLANK, (Span("settings", Tone.STRONG),)))
    settings = [(item.name, f"{item.value} ({item.source})") for item in view.settings.chosen]
    lines.extend(grid(settings, width, indent=2))
    lines.extend((BLANK, (Span("versions", Tone.STRONG),)))
    lines.extend(flow([", ".join(f"{name} {number}" for name, number in view.versions)], width, first="  "))
    if view.tables:
        lines.extend((BLANK, (Span("tables", Tone.STRONG),)))
        rows = [(t.name, f"{t.rows:,} rows" if t.rows is not None else "-") for t in view.tables]
        lines.extend(grid(rows, width, indent=2))
    return lines


def _headline(view: DoctorView) -> str:
    if view.refusal:
        return f"the warehouse {view.settings.warehouse} cannot be read: {view.refusal}"
    wrong = sum(table.severity is not Severity.OK for table in view.tables)
    if wrong:
        return f"{wrong} of {len(view.tables)} tables are not as they are read"
    return f"all {len(view.tables)} tables and views of {view.settings.warehouse} are there, with the columns that are read"
