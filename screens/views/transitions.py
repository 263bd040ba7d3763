"""Phase transitions: a row for each game date, a column for each hand-over, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from checks.facts.events import EVENTS
from checks.facts.hand_overs import HAND_OVERS
from checks.facts.lineage import LINEAGE
from checks.facts.processor_runs import PROCESSOR_RUNS
from checks.model import CheckResult, Finding, Scope, Severity, Subject, SubjectKind
from checks.pipeline import Transition, phase
from checks.policy import Policy
from checks.times import minutes_between
from screens.lines import Line, Span, Tone, display_width, severity_word
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.brief import brief_minutes
from screens.views.fitting import cell as padded
from screens.views.fitting import failure, fit, fit_all, shows
from screens.views.options import Options
from screens.views.paragraphs import Paragraph

if TYPE_CHECKING:
    from screens.views.transition_cells import Cell, Level

_KINDS = {
    "transitions.delay": "late",
    "transitions.duration": "slow",
    "transitions.blocked": "held",
    "transitions.stuck_run": "stuck",
}
_MARKS = "  "
"""What rows leave to the list's marks; a heading above them leaves it too."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the matrix stands: how much a cell says, how a date is written, and the widths of date and hand-overs."""

    level: Level
    day_format: str
    gap: str
    widths: tuple[int, ...]

    @property
    def width(self) -> int:
        """The columns that it takes."""
        return sum(self.widths) + len(self.gap) * (len(self.widths) - 1)


Matrix = dict[date, list["Cell"]]


def transitions_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the matrix, newest date first; what cannot be known stands above it, what is wrong beneath."""
    findings = [finding for finding in look.report.findings if finding.check in _KINDS]
    blind = [r for r in look.report.results if r.check in _KINDS and r.severity is Severity.UNKNOWN]
    matrix = _matrix(look, scope, policy, findings)
    layout = _layout(matrix, options)
    items = [item for day, cells in matrix.items() if (item := _date_item(day, cells, layout, options))]
    for finding in sorted(filter(_is_wrong, findings), key=_weight):
        spans = _finding_line(finding, scope)
        if shows(spans, options.filter):
            target = Target("finding", finding.fingerprint, finding.subject.game_date)
            items.append(Item(f"finding {finding.fingerprint}", fit(spans, options), target, finding.subject))
    for paragraph in (*_blind(blind), *_legend(matrix, layout, options)):
        items.extend(paragraph.items(options))
    head = fit_all((*_blind_head(blind), _heading(layout, options)), options)
    return Table.of(items, head=head, empty=f"nothing holds {options.filter!r}")


def _matrix(look: Look, scope: Scope, policy: Policy, findings: Sequence[Finding]) -> Matrix:
    from checks.transition_states import TransitionRows, transition_states  # noqa: PLC0415  # the desk's thread did it
    from screens.views.transition_cells import cell_of, due_of  # noqa: PLC0415  # needs the same

    rows = TransitionRows(look.rows(HAND_OVERS), look.rows(PROCESSOR_RUNS), look.rows(EVENTS))
    # The games only add until when a hand-over is not due; without them the matrix still stands.
    games = () if failure(look.report, LINEAGE.name) else look.rows(LINEAGE)
    held = {(f.subject.name, f.subject.game_date): f.since for f in findings if f.check == "transitions.blocked"}
    matrix: Matrix = {}
    for state in transition_states(rows, policy, scope.as_of, scope.dates):
        since = held.get((state.transition.value, state.game_date))
        due = due_of(state, games, policy, scope.as_of)
        matrix.setdefault(state.game_date, []).append(cell_of(state, since, due, scope.as_of))
    return matrix


def _layout(matrix: Matrix, options: Options) -> _Layout:
    """Return the layout that says most of those that fit; the tightest when none does."""
    from screens.views.transition_cells import Level  # noqa: PLC0415  # the desk's thread imported what it needs

    columns = list(zip(*matrix.values(), strict=True))
    choices = (
        (Level.PHRASE, "%a %d %b", "  "),
        (Level.WORD, "%a %d %b", "  "),
        (Level.SIGN, "%a %d", "  "),
        (Level.SIGN, "%a %d", " "),
        (Level.TIGHT, "%d%b", " "),
        (Level.TIGHT, "%d", " "),
    )
    for level, day_format, gap in choices:
        days = max(len(day.strftime(day_format)) for day in matrix)
        cells = ([display_width(cell.text(level, ascii=options.ascii)) for cell in column] for column in columns)
        layout = _Layout(level, day_format, gap, (days, *(max(4, *widths) for widths in cells)))
        if layout.width <= options.width:
            break
    return layout


def _heading(layout: _Layout, options: Options) -> Line:
    """Return the names of the columns, with the phases' own where there is room for all of them."""
    arrow = ">" if options.ascii else "→"
    short = [f"{transition.source}{arrow}{transition.target}" for transition in Transition]
    full = [f"{name} {phase(t.target).name}" for name, t in zip(short, Transition, strict=True)]
    *inner, last = layout.widths[1:]
    room = (*inner, options.width - len(_MARKS) - layout.width + last)
    names = full if all(len(name) <= width for name, width in zip(full, room, strict=True)) else short
    cells = [padded(name, width).text for name, width in zip(("ET", *names[:-1]), layout.widths, strict=False)]
    return (Span(_MARKS + layout.gap.join((*cells, names[-1])), Tone.FAINT),)


def _date_item(day: date, cells: Sequence[Cell], layout: _Layout, options: Options) -> Item | None:
    """Return a date's row, None when the filter's text is neither in it nor in the words that its signs stand for."""
    from screens.views.transition_cells import Level  # noqa: PLC0415  # the desk's thread imported what it needs

    spans = [Span(day.strftime(layout.day_format), Tone.STRONG)]
    for cell, width in zip(cells, layout.widths[1:], strict=True):
        text = cell.text(layout.level, ascii=options.ascii)
        spans += [Span(layout.gap), padded(text, width, cell.standing.tone)]
    in_words = (cell.text(Level.PHRASE, ascii=options.ascii) for cell in cells)
    name = day.isoformat()
    if not shows(tuple(spans), options.filter, name, day.strftime("%a %d %b"), *in_words):
        return None
    return Item(name, fit(tuple(spans), options), Target("date", name, day), Subject(SubjectKind.DATE, name, day))


def _is_wrong(finding: Finding) -> bool:
    return finding.severity is not Severity.OK


def _weight(finding: Finding) -> tuple[bool, int, int]:
    """What goes on comes first, then the worst, then the newest date."""
    day = finding.subject.game_date
    return not finding.is_active, -finding.severity, -(day.toordinal() if day else 0)


def _finding_line(finding: Finding, scope: Scope) -> Line:
    """Return severity, which hand-over, in a word what is wrong and for how long; then the sentence."""
    subject = finding.subject
    name = subject.name
    if subject.kind is SubjectKind.TRANSITION:
        name = f"{name[5]}→{name[-1]}"
    day = f" {subject.game_date:%-d %b}" if subject.game_date else ""
    kind = "never logged" if finding.key == "never_logged" else _KINDS[finding.check]
    minutes = minutes_between(finding.since, finding.until or scope.as_of) if finding.since else None
    age = f" {brief_minutes(minutes)}" if minutes is not None else ""
    word = severity_word(finding.severity) if finding.is_active else Span("over    ", Tone.FAINT)
    return (word, Span(f" {name}{day} "), Span(f"{kind}{age}", Tone.STRONG), Span(f" {finding.sentence}"))


def _blind_head(blind: Sequence[CheckResult]) -> list[Line]:
    """Return the line that keeps anybody from taking the matrix for the truth."""
    reasons = list(dict.fromkeys(_reason(result) for result in blind))
    if not reasons:
        return []
    more = f" (and {len(reasons) - 1} more reasons)" if len(reasons) > 1 else ""
    return [(Span(f"UNKNOWN: {reasons[0]}{more}", Tone.UNKNOWN),)]


def _blind(blind: Sequence[CheckResult]) -> list[Paragraph]:
    """Return each reason in full, with what it keeps from being judged."""
    word = severity_word(Severity.UNKNOWN)
    checks: dict[str, list[str]] = {}
    for result in blind:
        checks.setdefault(_reason(result), []).append(result.check.partition(".")[2].replace("_", " "))
    return [
        Paragraph(
            f"unknown {reason}", (f"{', '.join(names)} cannot be judged: {reason}",), Span(f"{word.text} ", word.tone)
        )
        for reason, names in checks.items()
    ]


def _reason(result: CheckResult) -> str:
    """Return why a check is blind; an emptiness explains itself, of a failure the fact's name belongs to it."""
    return result.reason if result.unreadable else result.reason.partition(": ")[2] or result.reason


def _legend(matrix: Matrix, layout: _Layout, options: Options) -> list[Paragraph]:
    """Return what the signs in the matrix stand for; nothing where it speaks in sentences."""
    from screens.views.transition_cells import Level  # noqa: PLC0415  # the desk's thread imported what it needs

    if layout.level is Level.PHRASE:
        return []
    used = dict.fromkeys(cell.standing for cells in matrix.values() for cell in cells)
    signs = [f"{s.ascii_sign if options.ascii else s.sign} {s.phrase}" for s in used]
    parts = [*(signs if layout.level is not Level.WORD else ()), "+ after the date", "times ET"]
    return [Paragraph("legend", (Span("; ".join(parts), Tone.FAINT),))]
