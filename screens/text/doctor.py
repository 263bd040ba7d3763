"""The state of the installation as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from checks.model import Severity
from checks.times import format_utc
from screens.lines import BLANK, Line, Span, Tone, flow, grid, severity_word
from screens.text.report import severity_lead

MOST_NAMES = 3
"""Tables of the same trouble that are named one by one; of more the first ones, and how many."""


@dataclass(frozen=True, slots=True)
class TableState:
    """One table as it should be and as it is.

    `missing` are columns, `wrong` sentences about types, `written_at` the newest write (aware UTC) where it is known. `unknown`
    says why the table could not be asked for; then nothing else of it counts.
    """

    name: str
    exists: bool
    rows: int | None
    missing: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    written_at: datetime | None = None
    unknown: str = ""

    @property
    def severity(self) -> Severity:
        """ERROR when something that is read is not there or of another type, WARNING for a column that may be lacking.

        UNKNOWN for a table that could not be asked for.
        """
        if self.unknown:
            return Severity.UNKNOWN
        if not self.exists or self.missing or self.wrong:
            return Severity.ERROR
        return Severity.WARNING if self.optional else Severity.OK

    @property
    def sentence(self) -> str:
        """What is wrong, or ""."""
        if self.unknown:
            return self.unknown
        if not self.exists:
            return "not there: `courtside schema apply` makes it"
        parts = []
        if self.missing:
            parts.append(f"lacks {', '.join(self.missing)}")
        if self.optional:
            parts.append(f"lacks {', '.join(self.optional)}, as older deployments do")
        return "; ".join((*parts, *self.wrong))

    @property
    def contents(self) -> str:
        """How much it holds and when it was last written."""
        rows = f"{self.rows:,} rows" if self.rows is not None else "-"
        return f"{rows}, written {format_utc(self.written_at)}" if self.written_at is not None else rows


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was examined beside the columns of tables.

    `part` is what was examined (`permissions`), `subject` the table or dataset that it is about, or "".
    """

    part: str
    severity: Severity
    sentence: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class DoctorView:
    """What doctor found; `settings` are names, values and sources; `refusal` says why the warehouse cannot be read, or ""."""

    warehouse: str
    settings: Sequence[tuple[str, str, str]]
    versions: Sequence[tuple[str, str]]
    tables: Sequence[TableState]
    refusal: str
    observations: Sequence[Observation] = ()

    @property
    def worst(self) -> Severity:
        """The worst of all that was examined; UNKNOWN when nothing was, or when the warehouse cannot be read."""
        found = [*(table.severity for table in self.tables), *(item.severity for item in self.observations)]
        worst = max(found, default=Severity.UNKNOWN)
        return max(worst, Severity.UNKNOWN) if self.refusal else worst


def doctor_lines(view: DoctorView, width: int) -> list[Line]:
    """Return the verdict, what is wrong with tables, what else was examined, then settings with their sources, and versions."""
    lines = flow([Span(_headline(view), Tone.STRONG)], width, first=severity_lead(view.worst))
    wrong = [table for table in view.tables if table.severity is not Severity.OK]
    if wrong:
        rows = [(severity_word(severity), names, said) for severity, names, said in _by_trouble(wrong)]
        lines.extend((BLANK, *grid(rows, width)))
    if view.observations:
        observed = [(severity_word(item.severity), item.part, item.sentence) for item in view.observations]
        lines.extend((BLANK, *grid(observed, width)))
    lines.extend((BLANK, (Span("settings", Tone.STRONG),)))
    settings = [(name, f"{value} ({source})") for name, value, source in view.settings]
    lines.extend(grid(settings, width, indent=2))
    lines.extend((BLANK, (Span("versions", Tone.STRONG),)))
    lines.extend(flow([", ".join(f"{name} {number}" for name, number in view.versions)], width, first="  "))
    known = [table for table in view.tables if not table.unknown]
    if known:
        lines.extend((BLANK, (Span("tables", Tone.STRONG),)))
        lines.extend(grid([(table.name, table.contents) for table in known], width, indent=2))
    return lines


def names_of(names: Sequence[str]) -> str:
    """Return names as a sentence has them: of many the first ones, and how many more."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"


def _by_trouble(tables: Iterable[TableState]) -> list[tuple[Severity, str, str]]:
    """Return what is wrong, once for all the tables that could not be asked for with the same reason."""
    rows: list[tuple[Severity, str, str]] = []
    for reason, alike in groupby(sorted(tables, key=lambda table: table.unknown), key=lambda table: table.unknown):
        found = list(alike)
        if reason and len(found) > 1:
            rows.append((Severity.UNKNOWN, f"{len(found)} tables", reason))
        else:
            rows.extend((table.severity, table.name, table.sentence) for table in found)
    return rows


def _headline(view: DoctorView) -> str:
    if view.refusal:
        return f"the warehouse {view.warehouse} cannot be read: {view.refusal}"
    unknown = sum(bool(table.unknown) for table in view.tables)
    wrong = sum(table.severity is not Severity.OK for table in view.tables) - unknown
    bad = dict.fromkeys(item.part for item in view.observations if item.severity is not Severity.OK)
    parts = [f"{wrong} of {len(view.tables)} tables are not as they are read"] if wrong else []
    if unknown:
        parts.append(f"{unknown} of {len(view.tables)} tables could not be asked for")
    if not parts:
        parts.append(
            f"all {len(view.tables)} tables and views of {view.warehouse} are there, with the columns that are read"
        )
    return "; ".join([*parts, *([f"see {', '.join(bad)}"] if bad else [])])
