"""A replay as lines and as fields of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from console.document import instant, severity
from console.replaying.course import Counts, Course
from console.replaying.difference import Change, finding_changes, incident_changes
from console.replaying.timeline import Section, Timeline
from screens.lines import BLANK, Line, Span, Tone, flow, grid

_ROOM = 40
"""Columns that a last cell needs to be read; with fewer it stands below its row."""
_TONES = {tone.name: tone for tone in (Tone.WARNING, Tone.UNKNOWN, Tone.ERROR, Tone.CRITICAL)}


def replay_lines(timeline: Timeline, width: int) -> list[Line]:
    """Return a timeline as lines at a width."""
    lines = flow([Span(timeline.title, Tone.STRONG)], width)
    for section in timeline.sections:
        lines.extend((BLANK, *_section(section, width)))
    return lines


def replay_fields(courses: Sequence[Course]) -> Mapping[str, object]:
    """Return what a document holds of a replay.

    `courses` has incidents, events, messages and findings for each set of thresholds, and counts of the messages: `answered`
    those had somebody been there, null where that is supposed anyway. `changes` is what the second set changes of the first, of
    incidents and findings, null where there is no second.
    """
    return {"courses": [_course(course) for course in courses], "changes": _changes(*courses[:2])}


def _changes(present: Course, other: Course | None = None) -> Mapping[str, object] | None:
    if other is None:
        return None
    return {
        "incidents": [_change(change) for change in incident_changes(present, other)],
        "findings": [_change(change) for change in finding_changes(present, other)],
    }


def _change(change: Change) -> Mapping[str, object]:
    return {
        "about": change.about,
        "becomes": change.what,
        "present": instant(change.present),
        "other": instant(change.other),
        "times": change.times,
        "latest": instant(change.latest),
    }


def _section(section: Section, width: int) -> list[Line]:
    lines = flow([Span(section.title, Tone.STRONG)], width)
    for sentence in section.sentences:
        lines.extend(flow([sentence], width))
    if section.header and section.rows:
        lines.extend(_table(section.header, section.rows, width))
    elif section.header:
        lines.extend(flow([Span("none", Tone.FAINT)], width))
    return lines


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[Line]:
    """Return a table; where the last column would be a strip of words, its cells stand below their rows."""
    cells = [[Span(cell, Tone.FAINT) for cell in header], *([_cell(cell) for cell in row] for row in rows)]
    before = sum(2 + max(row[at].width for row in cells) for at in range(len(header) - 1))
    if width - before >= min(_ROOM, max(row[-1].width for row in cells)):
        return grid(cells, width)
    heads = grid([row[:-1] for row in cells], width)
    lines = [*heads[:1], *flow([cells[0][-1]], width, first="  ")]
    for head, row in zip(heads[1:], cells[1:], strict=True):
        lines.extend((head, *flow([row[-1]], width, first="  ")))
    return lines


def _cell(text: str) -> Span:
    return Span(text, _TONES.get(text, Tone.PLAIN))


def _answered(counts: Counts | None) -> Mapping[str, object] | None:
    return {**asdict(counts), "about_incidents": counts.about_incidents} if counts is not None else None


def _course(course: Course) -> Mapping[str, object]:
    return {
        "thresholds": course.name,
        "until": instant(course.until),
        **asdict(course.counts),
        "about_incidents": course.counts.about_incidents,
        "answered": _answered(course.answered),
        "incidents": [
            {
                "key": item.key,
                "worst": severity(item.worst),
                "state": item.state.value,
                "opened_at": instant(item.opened_at),
                "ended_at": instant(None if item.is_live else item.ended_at),
                "resolved_at": instant(item.resolved_at),
                "flaps": item.flaps,
                "sentence": item.account,
            }
            for item in course.incidents
        ],
        "events": [
            {
                "at": instant(event.at),
                "what": event.what.value,
                "incident": event.incident.key,
                "severity": severity(event.incident.severity),
            }
            for event in course.events
        ],
        "messages": [
            {
                "at": instant(sent.at),
                "kind": sent.notice.kind.value,
                "severity": severity(sent.notice.severity),
                "thread": sent.notice.thread,
                "title": sent.notice.title,
            }
            for sent in course.sent
        ],
        "findings": [
            {
                "check": span.check,
                "subject": span.subject,
                "fingerprint": span.fingerprint,
                "sentence": span.sentence,
                "severities": [{"at": instant(at), "severity": severity(found)} for at, found in span.severities],
                "ended_at": instant(span.ended_at),
                "left_unmended": span.has_left,
            }
            for span in course.spans
        ],
    }
