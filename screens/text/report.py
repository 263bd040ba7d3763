"""The report as text: verdict first, then causes worst first, then what could not be seen, then what is over.

It must be read in ten seconds on a screen of 80 by 24: verdict, cause and next command stand in the first lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from checks.hushes import NOTHING_SAID, Hush, Hushes
from checks.model import Evidence, Finding, Report, RootCause, Scope, Severity, Suggestion
from checks.times import both_zones, format_minutes, minutes_between
from screens.lines import BLANK, Line, Part, Span, Tone, flow, line, severity_word
from screens.text.frame import Frame

INDENT = " " * 9
"""Under a severity word."""
MOST_NUMBERS = 3
MOST_KINDS = 6
MOST_NAMES = 12


def report_lines(
    report: Report,
    frame: Frame,
    width: int,
    *,
    only: Severity | None = None,
    in_full: bool = False,
    hushes: Hushes = NOTHING_SAID,
) -> list[Line]:
    """Return the whole report; `only` hides what is milder than that severity, never the verdict; `in_full` shows findings.

    `hushes` are the words of operators in force: they stand beneath what they are about, and change nothing else.
    """
    least = Severity.OK if only is None else only
    shown = [cause for cause in report.causes if cause.severity >= least]
    going_on = [cause for cause in shown if cause.until is None]
    over = [cause for cause in shown if cause.until is not None]
    lines = [*verdict_lines(report, width), *header_lines(frame, width)]
    if in_full:
        found = [finding for finding in report.findings if finding.severity >= least]
        shown_findings = _all_findings(found, frame.scope.as_of, width, hushes)
        return [*lines, *shown_findings, BLANK, *check_lines(report, width), *unread_lines(hushes, width)]
    for cause in going_on:
        said = report.verdict.sentence == cause.sentence
        lines.extend((BLANK, *cause_lines(cause, frame.scope.as_of, width, said=said, hush=hushes.of_cause(cause))))
    notes = [finding for finding in report.findings if finding.severity is Severity.OK]
    if notes and least is Severity.OK:
        lines.extend((BLANK, *note_lines(notes, width)))
    if over:
        lines.extend((BLANK, *over_lines(over, width)))
    return [*lines, BLANK, *check_lines(report, width, reasons=False), *unread_lines(hushes, width)]


def _all_findings(findings: Sequence[Finding], as_of: datetime, width: int, hushes: Hushes) -> list[Line]:
    return [
        spans
        for item in findings
        for spans in (BLANK, *finding_lines(item, as_of, width, names=True, hush=hushes.of_finding(item)))
    ]


def hush_lines(hush: Hush | None, width: int) -> list[Line]:
    """Return who has a trouble in hand, until when and why; nothing when nobody has said so."""
    return [] if hush is None else _under("", [Span(hush.said, Tone.STRONG)], width)


def unread_lines(hushes: Hushes, width: int) -> list[Line]:
    """Return why it is not known what operators have acknowledged; nothing when it is."""
    if not hushes.unread:
        return []
    return flow([Span(f"acknowledgements: {hushes.unread}", Tone.FAINT)], width, first=Span("note     ", Tone.FAINT))


def verdict_lines(report: Report, width: int) -> list[Line]:
    """Return the one sentence at the top, and since when."""
    verdict = report.verdict
    lines = flow([Span(verdict.sentence, Tone.STRONG)], width, first=severity_lead(verdict.severity))
    if verdict.since is not None:
        lines.append(line(INDENT, since(verdict.since, report.scope.as_of)))
    return lines


def severity_lead(severity: Severity) -> Span:
    """Return a severity's word as the beginning of a line."""
    word = severity_word(severity)
    return Span(f"{word.text} ", word.tone)


def since(start: datetime, as_of: datetime) -> str:
    """Return `since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 2 h 00 min ago`."""
    return f"since {both_zones(start)}, {format_minutes(minutes_between(start, as_of))} ago"


def header_lines(frame: Frame, width: int) -> list[Line]:
    """Return what the answer is about: warehouse and moment in both zones, then game dates."""
    lines = flow([Span(f"{frame.warehouse} as of {both_zones(frame.scope.as_of)}", Tone.FAINT)], width, hang=2)
    assumed = f" · {frame.assumed}" if frame.assumed else ""
    lines.extend(flow([Span(f"{dates_of(frame.scope)}{assumed}", Tone.FAINT)], width, hang=2))
    return lines


def dates_of(scope: Scope) -> str:
    """Return `games of 22 to 23 Jan 2026`."""
    if scope.first == scope.last:
        return f"games of {_day(scope.last)} {scope.last.year}"
    first = scope.first
    if (first.year, first.month) == (scope.last.year, scope.last.month):
        start = str(first.day)
    else:
        start = _day(first) if first.year == scope.last.year else f"{_day(first)} {first.year}"
    return f"games of {start} to {_day(scope.last)} {scope.last.year}"


def _day(value: date) -> str:
    return value.strftime("%-d %b")


def cause_lines(
    cause: RootCause, as_of: datetime, width: int, *, said: bool = False, hush: Hush | None = None
) -> list[Line]:
    """Return one cause: its sentence, since when, what to type next, what it explains, and the numbers behind it.

    With `said` the verdict has just said sentence and time, and they are not repeated.
    """
    named = f"{cause.name.replace('_', ' ')} · the {cause.fault.value} is at fault"
    if said:
        lines = flow([Span(named, Tone.FAINT)], width, first=severity_lead(cause.severity))
    else:
        when = f" · {since(cause.since, as_of)}" if cause.since is not None else ""
        lines = flow([cause.sentence], width, first=severity_lead(cause.severity))
        lines.extend(_under("", [Span(f"{named}{when}", Tone.FAINT)], width))
    lines.extend(hush_lines(hush, width))
    lines.extend(suggestion_lines(cause.suggestions[:2], width))
    if cause.symptoms:
        lines.extend(_under("explains", [explained(cause.symptoms)], width))
    if numbers := evidence_text(cause.evidence):
        lines.extend(_under("numbers", [numbers], width))
    return lines


def _under(label: str, parts: Iterable[Part], width: int) -> list[Line]:
    """Return wrapped text under a severity word, behind a label."""
    first = f"{INDENT}{label} " if label else INDENT
    return flow(parts, width, first=Span(first, Tone.FAINT), hang=len(INDENT) + (2 if label else 0))


def suggestion_lines(suggestions: Sequence[Suggestion], width: int) -> list[Line]:
    """Return `next: <command>  (what for)`, one line each where it fits."""
    lines: list[Line] = []
    for suggestion in suggestions:
        parts: list[Part] = [Span(suggestion.command, Tone.STRONG), f"· {suggestion.purpose}"]
        lines.extend(_under("next:", parts, width))
    return lines


def explained(symptoms: Sequence[Finding]) -> str:
    """Return `14 findings: schedule.stale 1, transitions.blocked 6, …`."""
    counts = Counter(finding.check for finding in symptoms)
    named = [f"{check} {count}" for check, count in counts.items()]
    more = f", and {len(named) - MOST_KINDS} other checks" if len(named) > MOST_KINDS else ""
    noun = "finding" if len(symptoms) == 1 else "findings"
    return f"{len(symptoms)} {noun}: {', '.join(named[:MOST_KINDS])}{more}"


def evidence_text(findings: Iterable[Finding]) -> str:
    """Return the first numbers of the findings, each with the fact that gave it."""
    distinct = {(item.label, item.value): item for finding in findings for item in finding.evidence}
    shown = list(distinct.values())[:MOST_NUMBERS]
    return "; ".join(evidence_item(item) for item in shown)


def evidence_item(item: Evidence) -> str:
    """Return `since the last decision: 2,710 minutes (decisions)`."""
    value = item.value if isinstance(item.value, str) else f"{item.value:,.1f}".removesuffix(".0")
    counted = item.unit.removesuffix("s") if item.value == 1 else item.unit
    unit = f" {counted}" if counted else ""
    return f"{item.label}: {value}{unit} ({item.fact})"


def finding_lines(
    finding: Finding, as_of: datetime, width: int, *, names: bool = False, hush: Hush | None = None
) -> list[Line]:
    """Return one finding in full; with `names` all that it counts."""
    lines = flow([finding.sentence], width, first=severity_lead(finding.severity))
    fault = f" · the {finding.fault.value} is at fault" if finding.severity is not Severity.OK else ""
    about = f"{finding.check} · {finding.subject}{fault}"
    if finding.until is not None:
        about += f" · over since {both_zones(finding.until)}"
    elif finding.since is not None:
        about += f" · {since(finding.since, as_of)}"
    lines.extend(_under("", [Span(about, Tone.FAINT)], width))
    lines.extend(hush_lines(hush, width))
    if finding.names:
        shown = finding.names if names else finding.names[:MOST_NAMES]
        more = f" and {len(finding.names) - len(shown)} more" if len(shown) < len(finding.names) else ""
        lines.extend(_under("names", [*listed(shown), more], width))
    lines.extend(suggestion_lines(finding.suggestions[:2], width))
    if finding.evidence:
        lines.extend(_under("numbers", ["; ".join(evidence_item(item) for item in finding.evidence)], width))
    return lines


def listed(names: Sequence[str]) -> list[str]:
    """Return names with commas between them, each a part of its own so that however many are shown whole."""
    return [f"{name}," for name in names[:-1]] + list(names[-1:])


def brief_lines(finding: Finding, width: int) -> list[Line]:
    """Return one finding as its sentence alone, and that it is over where it is."""
    over = f" (over since {both_zones(finding.until)})" if finding.until is not None else ""
    return flow([f"{finding.sentence}{over}"], width, first=severity_lead(finding.severity))


def note_lines(notes: Sequence[Finding], width: int) -> list[Line]:
    """Return what is worth saying and needs nothing done."""
    lines: list[Line] = []
    for finding in notes:
        lines.extend(flow([finding.sentence], width, first=Span("note     ", Tone.FAINT)))
    return lines


def over_lines(causes: Iterable[RootCause], width: int) -> list[Line]:
    """Return the troubles that ended within the window, one paragraph each."""
    lines: list[Line] = []
    for cause in causes:
        when = f" (over since {both_zones(cause.until)})" if cause.until is not None else ""
        lines.extend(flow([f"{cause.sentence}{when}"], width, first=Span("over     ", Tone.FAINT)))
    return lines


def check_lines(report: Report, width: int, *, reasons: bool = True) -> list[Line]:
    """Return how many checks came to what, and with `reasons` which of them could not see, and why."""
    counts = Counter(result.severity for result in report.results)
    parts: list[Part] = []
    for severity in Severity:
        if counts[severity]:
            parts.append(Span(f"{counts[severity]} {severity.name}", Tone.of(severity)))
            parts.append("·")
    lines = flow(parts[:-1], width, first=Span("checks   ", Tone.FAINT))
    if not reasons:
        return lines
    unseen = [result for result in report.results if result.severity is Severity.UNKNOWN]
    blind = {result.reason: [r.check for r in unseen if r.reason == result.reason] for result in unseen}
    for reason, checks in blind.items():
        lines.extend(
            flow([f"{', '.join(checks)}: {reason or 'not known'}"], width, first=severity_lead(Severity.UNKNOWN))
        )
    return lines
