"""A replay as lines and as fields of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from checks.times import format_instant
from console.notify.notice import Kind
from console.replaying.course import Course
from console.replaying.timeline import Section, Timeline
from screens.lines import BLANK, Line, Span, Tone, flow, grid

_TONES = {tone.name: tone for tone in (Tone.WARNING, Tone.UNKNOWN, Tone.ERROR, Tone.CRITICAL)}


def replay_lines(timeline: Timeline, width: int) -> list[Line]:
    """Return a timeline as lines at a width."""
    lines = flow([Span(timeline.title, Tone.STRONG)], width)
    for section in timeline.sections:
        lines.extend((BLANK, *_section(section, width)))
    return lines


def replay_fields(courses: Sequence[Course]) -> Mapping[str, object]:
    """Return what a document holds of a replay: `courses`, each with incidents, events, messages and findings."""
    return {"courses": [_course(course) for course in courses]}


def _section(section: Section, width: int) -> list[Line]:
    lines = flow([Span(section.title, Tone.STRONG)], width)
    for sentence in section.sentences:
        lines.extend(flow([sentence], width))
    if section.header and section.rows:
        head = [Span(cell, Tone.FAINT) for cell in section.header]
        lines.extend(grid([head, *([_cell(cell) for cell in row] for row in section.rows)], width))
    elif section.header:
        lines.extend(flow([Span("none", Tone.FAINT)], width))
    return lines


def _cell(text: str) -> Span:
    return Span(text, _TONES.get(text, Tone.PLAIN))


def _course(course: Course) -> Mapping[str, object]:
    return {
        "thresholds": course.name,
        "until": format_instant(course.until),
        "threads": len(course.threads),
        "alerts": len(course.alerts),
        "reminders": course.count(Kind.REMINDER),
        "digests": course.count(Kind.DIGEST),
        "incidents": [
            {
                "key": item.key,
                "worst": item.worst.name,
                "state": item.state.value,
                "opened_at": _instant(item.opened_at),
                "ended_at": _instant(item.ended_at),
                "resolved_at": _instant(item.resolved_at),
                "flaps": item.flaps,
                "sentence": item.note or item.sentence,
            }
            for item in course.incidents
        ],
        "events": [
            {
                "at": format_instant(event.at),
                "what": event.what.value,
                "incident": event.incident.key,
                "severity": event.incident.severity.name,
            }
            for event in course.events
        ],
        "messages": [
            {"at": format_instant(sent.at), "kind": sent.notice.kind.value, "title": sent.notice.title}
            for sent in course.sent
        ],
        "findings": [
            {
                "check": span.check,
                "subject": span.subject,
                "fingerprint": span.fingerprint,
                "sentence": span.sentence,
                "severities": [{"at": format_instant(at), "severity": found.name} for at, found in span.severities],
                "ended_at": _instant(span.ended_at),
            }
            for span in course.spans
        ],
    }


def _instant(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None
