"""Orchestration health as text."""

from __future__ import annotations

from collections.abc import Sequence

from checks.model import Finding, Report, Severity
from checks.times import both_zones, format_minutes, minutes_between
from screens.lines import BLANK, Line, Part, Span, Tone, flow, grid, severity_word
from screens.text.frame import Frame
from screens.text.report import brief_lines, check_lines, header_lines, severity_lead, suggestion_lines


def gaps_lines(report: Report, gaps: Sequence[Finding], worst: Severity, frame: Frame, width: int) -> list[Line]:
    """Return what the window holds: its verdict, each gap with both ends, then what else is said about the controller."""
    hours = int(frame.scope.lookback.total_seconds() // 3600)
    lines = flow([Span(_headline(gaps, worst, hours), Tone.STRONG)], width, first=severity_lead(worst))
    lines.extend(header_lines(frame, width))
    if gaps:
        lines.extend((BLANK, *grid([_gap(gap, frame) for gap in gaps], width, right={1})))
    others = [finding for finding in report.findings if finding not in gaps]
    if others:
        lines.append(BLANK)
    for finding in others:
        lines.extend(brief_lines(finding, width))
    lines.append(BLANK)
    if gaps:
        lines.extend(suggestion_lines(gaps[0].suggestions[-1:], width))
    return [*lines, *check_lines(report, width)]


def _headline(gaps: Sequence[Finding], worst: Severity, hours: int) -> str:
    running = next((gap for gap in gaps if gap.is_active), None)
    if running is not None:
        return running.sentence
    if gaps:
        noun = "gap" if len(gaps) == 1 else "gaps"
        return f"{len(gaps)} {noun} in the last {hours} h, and somebody decides again"
    if worst is Severity.OK:
        return f"the controller decided all through the last {hours} h"
    if worst is Severity.UNKNOWN:
        return "it cannot be known whether anybody decides"
    return "the controller decides, and not everything that it should"


def _gap(gap: Finding, frame: Frame) -> tuple[Part, ...]:
    if gap.since is None:
        return (severity_word(gap.severity), "", gap.sentence)
    minutes = format_minutes(minutes_between(gap.since, gap.until or frame.scope.as_of))
    end = f"to {both_zones(gap.until)}" if gap.until is not None else "and still going on"
    return (severity_word(gap.severity), minutes, f"from {both_zones(gap.since)} {end}")
