"""What is said of one finding or cause, at any width: its numbers, whose fault it is, names, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.hushes import Hush
from checks.model import Evidence, Fault, Finding, RootCause, Severity, Suggestion
from checks.times import both_zones
from screens.lines import Line, Part, Span, Tone, flow
from screens.text.report import evidence_item, explained, listed, since

INDENT = "  "
MOST_NAMES = 24
MOST_NUMBERS = 8

_FAULTS = {
    Fault.DATA: "the data is wrong",
    Fault.CHECK: "the check could not see: the data may be right",
    Fault.WATCHER: "nobody watches: what goes wrong is told to nobody",
    Fault.PIPELINE: "the pipeline did not do its work",
}


def about_cause(cause: RootCause, as_of: datetime, width: int, hush: Hush | None = None) -> list[Line]:
    """Return a cause in short: sentence, time, who has it in hand, fault, next command, numbers, what it explains, names."""
    numbers = [item for finding in cause.evidence for item in finding.evidence]
    names = tuple(dict.fromkeys(name for finding in cause.evidence for name in finding.names))
    lines = [
        *flow([Span(cause.sentence, Tone.STRONG)], width, first=_lead(cause.severity)),
        *time_lines(cause, as_of, width),
        *in_hand_lines(hush, width),
        *fault_lines(cause.fault, width),
        *next_lines(cause.suggestions, width),
        *number_lines(numbers, width),
    ]
    if cause.symptoms:
        lines.extend(labelled("explains", [explained(cause.symptoms)], width))
    return [*lines, *name_lines(names, width)]


def about_finding(
    finding: Finding, cause: RootCause | None, as_of: datetime, width: int, hush: Hush | None = None
) -> list[Line]:
    """Return a finding in short, who has it in hand, and the cause that it belongs to."""
    lines = [
        *flow([Span(finding.sentence, Tone.STRONG)], width, first=_lead(finding.severity)),
        *time_lines(finding, as_of, width),
        *in_hand_lines(hush, width),
    ]
    if finding.severity is not Severity.OK:
        lines.extend(fault_lines(finding.fault, width))
    if cause is not None:
        lines.extend(belongs_lines(finding, cause, width))
    lines.extend(next_lines(finding.suggestions, width))
    lines.extend(number_lines(finding.evidence, width))
    return [*lines, *name_lines(finding.names, width)]


def time_lines(said: Finding | RootCause, as_of: datetime, width: int) -> list[Line]:
    """Return since when it has been going on, or until when it did."""
    lines: list[Line] = []
    if said.since is not None and said.until is None:
        lines.extend(flow([Span(since(said.since, as_of), Tone.FAINT)], width, first=INDENT))
    if said.until is not None:
        start = f"from {both_zones(said.since)} " if said.since else ""
        ended = f"{start}to {both_zones(said.until)}: it is over"
        lines.extend(flow([Span(ended, Tone.FAINT)], width, first=INDENT))
    return lines


def in_hand_lines(hush: Hush | None, width: int) -> list[Line]:
    """Return who has acknowledged or silenced it, until when and why; nothing when nobody has."""
    return [] if hush is None else flow([Span(hush.said, Tone.STRONG)], width, first=INDENT)


def fault_lines(fault: Fault, width: int) -> list[Line]:
    """Return what is wrong: the data, the check or the pipeline."""
    return labelled("fault", [_FAULTS[fault]], width)


def belongs_lines(finding: Finding, cause: RootCause, width: int) -> list[Line]:
    """Return which cause explains a finding, or is established by it."""
    label = "a sign of" if finding in cause.evidence else "explained by"
    return labelled(label, [cause.sentence], width)


def next_lines(suggestions: Sequence[Suggestion], width: int) -> list[Line]:
    """Return what to type next, each command with what it is for."""
    lines: list[Line] = []
    for suggestion in suggestions:
        lines.extend(labelled("next", [Span(suggestion.command, Tone.STRONG), f"({suggestion.purpose})"], width))
    return lines


def number_lines(evidence: Sequence[Evidence], width: int, most: int = MOST_NUMBERS) -> list[Line]:
    """Return one line per number, with the fact whose query gave it."""
    distinct = list(dict.fromkeys(evidence))
    said = [evidence_item(item) for item in distinct[:most]]
    if len(distinct) > most:
        said.append(f"and {len(distinct) - most} more")
    return [spans for number in said for spans in flow([number], width, first=Span("  - ", Tone.FAINT))]


def name_lines(names: Sequence[str], width: int, most: int = MOST_NAMES) -> list[Line]:
    """Return the names that the sentence counts."""
    if not names:
        return []
    more = f"and {len(names) - most} more" if len(names) > most else ""
    return labelled("names", [*listed(names[:most]), *([more] if more else [])], width)


def labelled(label: str, parts: Sequence[Part], width: int) -> list[Line]:
    """Return wrapped text behind a label, later lines indented."""
    return flow(parts, width, first=Span(f"{INDENT}{label}: ", Tone.FAINT), hang=2 * len(INDENT))


def _lead(severity: Severity) -> Span:
    word = "note" if severity is Severity.OK else severity.name
    return Span(f"{word} ", Tone.FAINT if severity is Severity.OK else Tone.of(severity))
