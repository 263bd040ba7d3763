"""Root causes in full, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from checks.hushes import NOTHING_SAID, Hush, Hushes
from checks.model import RootCause, Severity
from screens.lines import BLANK, Line, Span, Tone, flow
from screens.text.frame import Frame
from screens.text.report import brief_lines, cause_lines, finding_lines, header_lines, severity_lead, unread_lines


def diagnosis_lines(
    causes: Sequence[RootCause], worst: Severity, issue: str, frame: Frame, width: int, hushes: Hushes = NOTHING_SAID
) -> list[Line]:
    """Return how many causes there are, then each with its evidence in full and what it explains in a sentence each.

    Who has a cause in hand stands beneath it.
    """
    lines = flow([Span(_headline(causes, issue), Tone.STRONG)], width, first=severity_lead(worst))
    lines.extend(header_lines(frame, width))
    for cause in causes:
        lines.extend((BLANK, *_cause(cause, hushes.of_cause(cause), frame.scope.as_of, width)))
    return [*lines, *unread_lines(hushes, width)]


def _headline(causes: Sequence[RootCause], issue: str) -> str:
    going_on = sum(cause.until is None for cause in causes)
    over = len(causes) - going_on
    kind = "" if issue == "all" else f" of {issue}"
    noun = "root cause" if going_on == 1 else "root causes"
    return f"{going_on or 'no'} {noun}{kind} going on{f', {over} over' if over else ''}"


def _cause(cause: RootCause, hush: Hush | None, as_of: datetime, width: int) -> list[Line]:
    lines = cause_lines(cause, as_of, width, hush=hush)
    if not cause.symptoms and len(cause.evidence) <= 1:
        return lines
    if len(cause.evidence) > 1:
        lines.append((Span("  evidence", Tone.FAINT),))
        lines.extend(_indented(spans for item in cause.evidence for spans in finding_lines(item, as_of, width - 4)))
    if cause.symptoms:
        lines.append((Span("  explains", Tone.FAINT),))
        lines.extend(_indented(spans for item in cause.symptoms for spans in brief_lines(item, width - 4)))
    return lines


def _indented(lines: Iterable[Line]) -> list[Line]:
    return [(Span("    "), *spans) for spans in lines]
