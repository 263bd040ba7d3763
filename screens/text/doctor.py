"""The state of the installation as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Severity
from screens.lines import BLANK, Line, Span, Tone, flow, grid, severity_word
from screens.text.report import severity_lead


@dataclass(frozen=True, slots=True)
class TableState:
    """One table as it should be and as it is. `missing` are columns, `wrong` sentences about types."""

    name: str
    exists: bool
    rows: int | None
    missing: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """ERROR when something that is read is not there or of another type, WARNING for a column that may be lacking."""
        if not self.exists or self.missing or self.wrong:
            return Severity.ERROR
        return Severity.WARNING if self.optional else Severity.OK

    @property
    def sentence(self) -> str:
        """What is wrong, or ""."""
        if not self.exists:
            return "not there: `courtside schema apply` makes it in an embedded warehouse"
        parts = []
        if self.missing:
            parts.append(f"lacks {', '.join(self.missing)}")
        if self.optional:
            parts.append(f"lacks {', '.join(self.optional)}, as older deployments do")
        return "; ".join((*parts, *self.wrong))


@dataclass(frozen=True, slots=True)
class DoctorView:
    """What doctor found; `settings` are names, values and sources; `refusal` says why the warehouse cannot be read, or ""."""

    warehouse: str
    settings: Sequence[tuple[str, str, str]]
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
    settings = [(name, f"{value} ({source})") for name, value, source in view.settings]
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
        return f"the warehouse {view.warehouse} cannot be read: {view.refusal}"
    wrong = sum(table.severity is not Severity.OK for table in view.tables)
    if wrong:
        return f"{wrong} of {len(view.tables)} tables are not as they are read"
    return f"all {len(view.tables)} tables and views of {view.warehouse} are there, with the columns that are read"
