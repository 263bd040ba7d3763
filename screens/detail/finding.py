"""A finding's page: its evidence in full, the question behind each number, what explains it, and when it was seen before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from checks.hushes import Hush
from checks.model import Finding, Report, RootCause, Scope, Severity
from checks.policy import Policy
from checks.times import both_zones, format_utc
from screens.lines import BLANK, Line, Span, Tone, flow, text_of
from screens.panels.panel import Spec
from screens.ports import Look, Query, Sighting
from screens.session import Session
from screens.table import Item, Table, Target
from screens.text.report import severity_lead
from screens.text.sql import sql_lines
from screens.views.finding_text import (
    about_cause,
    belongs_lines,
    fault_lines,
    in_hand_lines,
    name_lines,
    next_lines,
    number_lines,
    time_lines,
)
from screens.views.fitting import fit
from screens.views.options import Options
from screens.words import hushes_of, hushes_trouble

ALL = 10_000
"""More numbers and names than any finding has: here they are shown in full."""

Row = tuple[Line, Target | None]


def finding_spec(target: Target, session: Session) -> Spec:
    """Return the page of the finding whose fingerprint `target` names, or of the cause whose key it names.

    It is made of the full report, in which the cause is; what was seen before is asked for once, when the page opens.
    """
    seen = session.memory.sightings(session.place, target.name)
    return Spec("finding", "", "Finding", partial(finding_view, target.name, seen), (), 0.0)


def finding_view(
    name: str, seen: Sequence[Sighting], look: Look, scope: Scope, policy: Policy, options: Options
) -> Table:
    """Return the page as rows of text; the rows of other findings open theirs."""
    report = look.report
    cause = _cause_of(name, report)
    finding = next((finding for finding in report.findings if finding.fingerprint == name), None)
    if finding is not None:
        hush = hushes_of(look).about(finding, cause)
        rows = _plain(flow([Span(hushes_trouble(look), Tone.UNKNOWN)], options.width))
        rows += [*_finding(finding, cause, hush, report, options.width), *_others(finding, cause, options.width)]
        facts = tuple(dict.fromkeys(item.fact for item in finding.evidence))
        rows.extend(_questions(facts, look, options.width))
    elif cause is not None:
        rows = _plain(about_cause(cause, report.scope.as_of, options.width, hushes_of(look).of_cause(cause)))
    else:
        rows = _plain(_gone(name, report, options.width))
    rows.extend(_plain(_history(seen, options.width)))
    wanted = options.filter.casefold()
    items = [
        Item(str(number), fit(line, options), target, finding.subject if finding else None)
        for number, (line, target) in enumerate(rows)
        if wanted in text_of(line).casefold()
    ]
    return Table.of(items, empty="no line matches")


def _cause_of(name: str, report: Report) -> RootCause | None:
    """Return the cause that a finding is a sign of or is explained by, or the one of that key."""
    for cause in report.causes:
        if cause.key == name or any(found.fingerprint == name for found in (*cause.evidence, *cause.symptoms)):
            return cause
    return None


def _plain(lines: Iterable[Line]) -> list[Row]:
    return [(line, None) for line in lines]


def _finding(finding: Finding, cause: RootCause | None, hush: Hush | None, report: Report, width: int) -> Iterator[Row]:
    """Give what is known of the finding itself."""
    note = finding.severity is Severity.OK
    lead = Span("note ", Tone.FAINT) if note else severity_lead(finding.severity)
    yield from _plain(flow([Span(finding.sentence, Tone.STRONG)], width, first=lead))
    yield from _plain(time_lines(finding, report.scope.as_of, width))
    yield from _plain(in_hand_lines(hush, width))
    about = f"{finding.check}, about {finding.subject}, fingerprint {finding.fingerprint}"
    yield from _plain(flow([Span(about, Tone.FAINT)], width, first="  "))
    if not note:
        yield from _plain(fault_lines(finding.fault, width))
    if cause is not None and cause.sentence != finding.sentence:
        target = Target("finding", cause.evidence[0].fingerprint) if cause.evidence else None
        yield from ((line, target) for line in belongs_lines(finding, cause, width))
    yield from _plain(next_lines(finding.suggestions, width))
    yield from _section("evidence", number_lines(finding.evidence, width, ALL))
    yield from _plain(name_lines(finding.names, width, ALL))


def _section(title: str, lines: Sequence[Line]) -> Iterator[Row]:
    if lines:
        yield from _plain((BLANK, (Span(title, Tone.STRONG),), *lines))


def _others(finding: Finding, cause: RootCause | None, width: int) -> Iterator[Row]:
    """Give the other signs of the cause that a finding establishes, and what that explains, each to be opened."""
    if cause is None or finding not in cause.evidence:
        return
    signs = tuple(other for other in cause.evidence if other is not finding)
    for title, found in (("other signs of the same cause", signs), ("explains", cause.symptoms)):
        if found:
            yield from _plain((BLANK, (Span(f"{title}: {len(found)}", Tone.STRONG),)))
        for other in found:
            over = f" (over since {both_zones(other.until)})" if other.until else ""
            lines = flow([f"{other.sentence}{over}"], width, first=severity_lead(other.severity), hang=2)
            yield from ((line, Target("finding", other.fingerprint)) for line in lines)


def _questions(facts: Sequence[str], look: Look, width: int) -> Iterator[Row]:
    """Give the query behind each fact of the evidence, with its parameters and how it went."""
    outcomes = {outcome.fact: outcome for outcome in look.report.facts}
    for fact in facts:
        try:
            query = look.query(fact)
        except KeyError:
            yield from _section(f"query of {fact}", [(Span("  not known: nothing was asked yet", Tone.FAINT),)])
            continue
        outcome = outcomes.get(fact)
        went = (
            f"  {outcome.rows:,} {'row' if outcome.rows == 1 else 'rows'} in {outcome.seconds:.2f} s" if outcome else ""
        )
        yield from _section(f"query of {fact}{went}", [*_parameters(query, width), *sql_lines(query.sql, width)])


def _parameters(query: Query, width: int) -> list[Line]:
    values = (
        f"as_of = {format_utc(query.as_of)}, first = {query.window.first}, last = {query.window.last} "
        "(partition dates, both included)"
    )
    return flow([values], width, first="  ")


def _gone(name: str, report: Report, width: int) -> list[Line]:
    said = f"the finding {name} is not in the report of {both_zones(report.scope.as_of)}: it is over, or of other dates"
    return flow([Span(said, Tone.STRONG)], width)


def _history(seen: Sequence[Sighting], width: int) -> list[Line]:
    """Return when this console saw the finding, newest first."""
    lines: list[Line] = [BLANK, (Span("seen by this console", Tone.STRONG),)]
    if not seen:
        return [*lines, *flow([Span("never before", Tone.FAINT)], width, first="  ")]
    for sighting in seen:
        end = f"ended {both_zones(sighting.ended_at)}" if sighting.ended_at else "not seen to end"
        said = f"from {both_zones(sighting.first_seen)} to {both_zones(sighting.last_seen)}, {end}"
        lines.extend(flow([said], width, first=f"  {sighting.severity} at worst, ", hang=4))
    return lines
