"""The code around a finding of the audit, its line marked, with what is wrong there and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from checks.model import Scope
from checks.policy import Policy
from checks.severity import Severity
from screens.clean import for_terminal
from screens.lines import BLANK, Line, Span, Tone, flow
from screens.panels.panel import Spec
from screens.ports import AuditSpot, Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.text.report import severity_lead
from screens.views.fitting import fit, fit_all
from screens.views.options import Options

REDRAW_SECONDS = 1.0
LONGEST_LINE = 400
"""Characters of a line of code that are shown; what is longer is data."""
TAB = 4


def code_spec(target: Target, session: Session) -> Spec:
    """Return the screen of the finding whose fingerprint `target` names; it is made again, for the audit may be too."""
    again = session.auditor.again if session.auditor is not None else None
    view = partial(code_view, session, target.name)
    return Spec("code", "", "Code of a finding", view, (), 0.0, redraw=REDRAW_SECONDS, again=again)


def code_view(session: Session, name: str, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return what is wrong at the head, and the numbered lines that hold the filter's text; the cursor begins on its own."""
    spots = session.auditor.known().spots if session.auditor is not None else ()
    spot = next((spot for spot in spots if spot.id == name), None)
    if spot is None:
        return Table.of((), empty="the last audit found this no more, or another is on its way")
    wanted = options.filter.casefold()
    digits = len(str(max((number for number, _ in spot.code), default=0)))
    items = [
        Item(str(number), fit(_numbered(number, text, digits, spot), options))
        for number, text in spot.code
        if wanted in text.casefold()
    ]
    empty = f"no line contains {options.filter!r}" if wanted else "no code can be shown: the file cannot be read"
    table = Table.of(items, head=fit_all(_head(spot, options.width), options), empty=empty)
    return Table(table.head, table.count, table.item, table.keys, table.empty, start=str(spot.line))


def _head(spot: AuditSpot, width: int) -> Iterator[Line]:
    note = spot.severity is Severity.OK
    lead = Span("note     ", Tone.FAINT) if note else severity_lead(spot.severity)
    yield from flow([Span(spot.sentence, Tone.STRONG)], width, first=lead, hang=2)
    place = f"{spot.path}:{spot.line}" if spot.line else spot.path
    yield from flow([Span(place, Tone.STRONG), Span(f"{spot.check}, fingerprint {spot.id}", Tone.FAINT)], width, hang=2)
    if spot.remedy:
        yield from flow([spot.remedy], width, first=Span("next: ", Tone.FAINT), hang=2)
    yield BLANK


def _numbered(number: int, text: str, digits: int, spot: AuditSpot) -> Line:
    """Return a line of code behind its number, marked where the finding is. It is cleaned after its tabs are made spaces."""
    is_marked = number == spot.line
    lead = Span(
        f"{'>' if is_marked else ' '} {number:>{digits}}  ", Tone.of(spot.severity) if is_marked else Tone.FAINT
    )
    return (lead, Span(for_terminal(text.expandtabs(TAB), LONGEST_LINE), Tone.STRONG if is_marked else Tone.PLAIN))
