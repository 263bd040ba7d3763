"""A replay as sections of rows: the one content of the text, the Markdown and the HTML. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.times import both_zones, format_minutes, format_utc, minutes_between
from console.replaying.course import TOLD_OF, Counts, Course, Period, Span
from console.replaying.difference import Change, finding_changes, incident_changes
from console.replaying.operator import ANSWERED_AFTER

_NEVER = "-"
_UNMENDED = "left unmended"


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
    title = f"{place} from {both_zones(period.first)} to {both_zones(courses[0].until)}, every {minutes}"
    sections = [Section("Summary", (*remarks, *map(_summary, courses))), _counts(courses)]
    if len(courses) > 1:
        present, other = courses[0], courses[1]
        sections.append(_difference("incidents", present, other, incident_changes(present, other)))
        sections.append(_difference("findings", present, other, finding_changes(present, other)))
    for course in courses:
        under = f", {course.name} thresholds" if len(courses) > 1 else ""
        sections.extend((_incidents(course, under), _events(course, under), _messages(course, under)))
        sections.append(_findings(course, under))
    return Timeline(title, tuple(sections))


def _summary(course: Course) -> str:
    opened = sum(incident.opened_at is not None for incident in course.incidents)
    counts = course.counts
    alone = " with nobody there" if course.answered is not None else ""
    said = (
        f"Under the {course.name} thresholds: {_count(opened, 'incident')}, "
        f"{_count(counts.about_incidents, 'message')} about them in {_count(counts.threads, 'thread')}{alone}, "
        f"and {_count(counts.digests, 'daily digest')}."
    )
    return f"{said} {_answered(course.answered)}" if course.answered is not None else said


def _answered(counts: Counts) -> str:
    after = format_minutes(ANSWERED_AFTER.total_seconds() / 60)
    return (
        f"With somebody who acknowledges what is critical {after} after being told of it: "
        f"{_count(counts.about_incidents, 'message')} in {_count(counts.threads, 'thread')}."
    )


def _columns(course: Course, name: str) -> list[tuple[str, Counts]]:
    """Return the columns of counts of a course: as it was, and beside it with somebody there."""
    if course.answered is None:
        return [(name or "messages", course.counts)]
    named = f"{name}, " if name else ""
    return [(f"{named}nobody there", course.counts), (f"{named}acknowledged", course.answered)]


def _counts(courses: Sequence[Course]) -> Section:
    """Return how many messages of each sort there were, a column or two for each set of thresholds."""
    columns = [column for course in courses for column in _columns(course, course.name if len(courses) > 1 else "")]
    counts = [item for _, item in columns]
    rows = (
        ("alerts: opened, worsened, acknowledged, over", [item.alerts for item in counts]),
        ("escalations of what was critical and nobody's", [item.escalations for item in counts]),
        ("reminders of what was critical and nobody's", [item.reminders for item in counts]),
        ("together, about incidents", [item.about_incidents for item in counts]),
        ("threads that they stand in", [item.threads for item in counts]),
        ("daily digests", [item.digests for item in counts]),
        ("saying that others were held back", [item.held_back for item in counts]),
    )
    header = ("what", *(name for name, _ in columns))
    return Section("Messages", (), header, tuple((what, *map(str, numbers)) for what, numbers in rows))


def _incidents(course: Course, under: str) -> Section:
    rows = tuple(
        (
            _at(incident.opened_at),
            _at(None if incident.is_live else incident.ended_at),
            incident.worst.name,
            incident.state.value,
            str(incident.flaps),
            f"{incident.cause}: {incident.account}",
        )
        for incident in course.incidents
    )
    return Section(f"Incidents{under}", (), ("opened", "ended", "worst", "state", "flaps", "incident"), rows)


def _events(course: Course, under: str) -> Section:
    rows = tuple(
        (
            format_utc(event.at),
            event.incident.severity.name,
            f"{event.what.value}: {event.incident.cause}: {event.incident.account}",
        )
        for event in course.events
        if event.what in TOLD_OF
    )
    return Section(f"What happened{under}", (), ("when", "severity", "what"), rows)


def _messages(course: Course, under: str) -> Section:
    numbers = {thread: str(number) for number, thread in enumerate(course.threads, 1)}
    rows = tuple(
        (format_utc(sent.at), notice.severity.name, numbers.get(notice.thread, _NEVER), notice.kind.value, notice.title)
        for sent in course.sent
        for notice in (sent.notice,)
    )
    return Section(f"What would have been told{under}", (), ("when", "severity", "thread", "why", "what"), rows)


def _findings(course: Course, under: str) -> Section:
    rows = tuple(
        (format_utc(span.began_at), span.worst.name, _at(span.when(span.worst)), _end(span), _about(span))
        for span in course.spans
    )
    said = (f"{_UNMENDED}: its date was no longer looked at, and nothing says that it was mended.",)
    header = ("opened", "worst", "worst from", "resolved", "finding")
    return Section(f"Findings{under}", said if any(span.has_left for span in course.spans) else (), header, rows)


def _difference(things: str, present: Course, other: Course, changes: Sequence[Change]) -> Section:
    """Return what would have come at another time, or not at all."""
    rows = tuple(
        (_at(change.present), _at(change.other), _by_how_much(change), change.what, change.about) for change in changes
    )
    said = () if rows else (f"Nothing: all {things} come and grow worse at the same moments.",)
    header = (present.name, other.name, f"with the {other.name}", "becomes", things[:-1]) if rows else ()
    return Section(f"What the {other.name} thresholds change: {things}", said, header, rows)


def _by_how_much(change: Change) -> str:
    if change.present is not None and change.other is not None:
        minutes = minutes_between(change.present, change.other)
        return f"{format_minutes(abs(minutes))} {'later' if minutes > 0 else 'earlier'}"
    only = "only then" if change.present is None else "no more"
    return f"{only}, {change.times} times up to {format_utc(change.latest)}" if change.times > 1 else only


def _end(span: Span) -> str:
    return _UNMENDED if span.has_left else _at(span.ended_at)


def _about(span: Span) -> str:
    return f"{span.check}: {span.subject}"


def _at(moment: datetime | None) -> str:
    return format_utc(moment) if moment else _NEVER


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
