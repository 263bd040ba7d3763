"""A replay as sections of rows: the one content of the text, the Markdown and the HTML. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.incidents.incident import Incident
from checks.severity import Severity
from checks.times import format_eastern, format_minutes, format_utc
from console.notify.notice import Kind
from console.replaying.course import TOLD_OF, Course, Period, Span

_NEVER = "-"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences below it, and a table: one cell a column in each row. Its words may come from outside."""

    title: str
    sentences: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A replay to be read: its title, and its sections."""

    title: str
    sections: tuple[Section, ...]


def timeline_of(place: str, period: Period, courses: Sequence[Course], remarks: Sequence[str] = ()) -> Timeline:
    """Return the timeline of a replay under one set of thresholds or more, of which there is at least one."""
    minutes = format_minutes(period.every.total_seconds() / 60)
    title = f"{place} from {_moment(period.first)} to {_moment(courses[0].until)}, every {minutes}"
    sections = [Section("Summary", (*remarks, *map(_summary, courses)))]
    if len(courses) > 1:
        sections.append(_difference(courses[0], courses[1]))
    for course in courses:
        under = f", {course.name} thresholds" if len(courses) > 1 else ""
        sections.extend((_incidents(course, under), _events(course, under), _messages(course, under)))
        sections.append(_findings(course, under))
    return Timeline(title, tuple(sections))


def _summary(course: Course) -> str:
    opened = sum(incident.opened_at is not None for incident in course.incidents)
    alerts, threads = len(course.alerts), len(course.threads)
    return (
        f"Under the {course.name} thresholds: {_count(opened, 'incident')}, told in {_count(alerts, 'message')} in "
        f"{_count(threads, 'thread')}, and besides in {_count(course.count(Kind.DIGEST), 'daily digest')} and "
        f"{_count(course.count(Kind.REMINDER), 'reminder')} of what was critical and nobody had taken in hand."
    )


def _incidents(course: Course, under: str) -> Section:
    rows = tuple(
        (
            _at(incident.opened_at),
            _at(incident.ended_at),
            incident.worst.name,
            incident.state.value,
            str(incident.flaps),
            f"{_name(incident)}: {incident.note or incident.sentence}",
        )
        for incident in course.incidents
    )
    return Section(f"Incidents{under}", (), ("opened", "ended", "worst", "state", "flaps", "incident"), rows)


def _events(course: Course, under: str) -> Section:
    rows = tuple(
        (format_utc(event.at), event.incident.severity.name, f"{event.what.value}: {_name(event.incident)}")
        for event in course.events
        if event.what in TOLD_OF
    )
    return Section(f"What happened{under}", (), ("when", "severity", "what"), rows)


def _messages(course: Course, under: str) -> Section:
    rows = tuple((format_utc(sent.at), sent.notice.kind.value, sent.notice.title) for sent in course.sent)
    return Section(f"What would have been told{under}", (), ("when", "why", "what"), rows)


def _findings(course: Course, under: str) -> Section:
    rows = tuple(
        (format_utc(span.began_at), span.worst.name, _at(span.when(span.worst)), _at(span.ended_at), _about(span))
        for span in course.spans
    )
    return Section(f"Findings{under}", (), ("opened", "worst", "worst from", "resolved", "finding"), rows)


def _difference(present: Course, other: Course) -> Section:
    """Return which findings would have been seen at another time, or not at all."""
    rows = tuple(
        (_at(before), _at(after), severity.name, about) for about, severity, before, after in _changes(present, other)
    )
    said = () if rows else ("Nothing: every finding opens, worsens and ends at the same moments.",)
    header = (present.name, other.name, "at least", "finding") if rows else ()
    return Section("What the other thresholds change", said, header, rows)


def _changes(present: Course, other: Course) -> list[tuple[str, Severity, datetime | None, datetime | None]]:
    """Return for each finding and severity when it was first reached under both, where that differs."""
    first, second = _by_finding(present.spans), _by_finding(other.spans)
    changes: list[tuple[str, Severity, datetime | None, datetime | None]] = []
    for fingerprint in dict.fromkeys((*first, *second)):
        spans = first.get(fingerprint) or second[fingerprint]
        for severity in (Severity.WARNING, Severity.ERROR, Severity.CRITICAL):
            before, after = _reached(first.get(fingerprint), severity), _reached(second.get(fingerprint), severity)
            if before != after:
                changes.append((_about(spans[0]), severity, before, after))
    return changes


def _by_finding(spans: Sequence[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span.fingerprint, []).append(span)
    return found


def _reached(spans: Sequence[Span] | None, severity: Severity) -> datetime | None:
    moments = [moment for span in spans or () if (moment := span.when(severity)) is not None]
    return min(moments, default=None)


def _about(span: Span) -> str:
    return f"{span.check}: {span.subject}"


def _name(incident: Incident) -> str:
    return incident.key.partition("|")[2]


def _at(moment: datetime | None) -> str:
    return format_utc(moment) if moment else _NEVER


def _moment(moment: datetime) -> str:
    return f"{format_eastern(moment)} ({format_utc(moment)})"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
