"""What a notice says. Pure; words from outside are cleaned by each sink for where they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from checks.incidents.incident import Event, Happening, Incident, State
from checks.model import Report
from checks.severity import Severity
from checks.times import format_eastern, format_minutes, format_utc, minutes_between
from console.notify.notice import Kind, Notice, Part

MOST_IN_DIGEST = 10
"""Incidents that a digest names."""

KIND_OF = {
    Happening.OPENED: Kind.OPENED,
    Happening.REOPENED: Kind.OPENED,
    Happening.WORSENED: Kind.WORSENED,
    Happening.ACKNOWLEDGED: Kind.ACKNOWLEDGED,
    Happening.RESOLVED: Kind.RESOLVED,
    Happening.LEFT: Kind.RESOLVED,
    Happening.ABSORBED: Kind.RESOLVED,
}
"""The happenings that people are told of."""

_RANK = (Kind.OPENED, Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.RESOLVED)


def notice_of(place: str, events: Sequence[Event], lasting: Iterable[Incident], at: datetime) -> Notice:
    """Return the one notice about what happened to the incidents of one thread, worst first; there is at least one event.

    `lasting` are the thread's other incidents that people know of.
    """
    latest = {event.incident.id: event for event in sorted(events, key=lambda event: -_RANK.index(KIND_OF[event.what]))}
    ordered = sorted(latest.values(), key=lambda event: (not event.incident.is_live, -event.incident.severity))
    first = ordered[0]
    others = [f"also {event.what.value}: {event.incident.sentence}" for event in ordered[1:]]
    return Notice(
        kind=KIND_OF[first.what],
        place=place,
        thread=first.incident.thread,
        incident=first.incident.key,
        severity=first.incident.severity,
        title=_title(first),
        lines=(*_said(first), *_standing(first.incident, at), *others, *_lasting(lasting)),
        at=at,
        is_live=any(event.incident.is_live for event in ordered),
        count=len(events),
        parts=tuple(_part(KIND_OF[event.what], event.incident, _title(event)) for event in ordered),
    )


def urging(kind: Kind, place: str, incident: Incident, lasting: Iterable[Incident], at: datetime) -> Notice:
    """Return a reminder or an escalation about an incident that is critical and nobody's; `lasting` are its thread's others."""
    what = "still" if kind is Kind.REMINDER else "nobody has taken this in hand:"
    title = f"{what} {incident.severity.name}: {incident.sentence}"
    return Notice(
        kind=kind,
        place=place,
        thread=incident.thread,
        incident=incident.key,
        severity=incident.severity,
        title=title,
        lines=(*_standing(incident, at), *_lasting(lasting)),
        at=at,
        parts=(_part(kind, incident, title),),
    )


def digest(
    place: str, report: Report, incidents: Sequence[Incident], happened: tuple[int, int], at: datetime
) -> Notice:
    """Return the day's digest: the verdict, what is open, and how much was opened and resolved since the last one."""
    live = sorted((item for item in incidents if item.is_live), key=lambda item: (-item.severity, item.key))
    named = [f"{item.severity.name} {item.sentence}{_in_hand(item)}" for item in live[:MOST_IN_DIGEST]]
    more = [f"and {len(live) - MOST_IN_DIGEST} more: courtside incidents"] if len(live) > MOST_IN_DIGEST else []
    opened, resolved = happened
    return Notice(
        kind=Kind.DIGEST,
        place=place,
        thread=f"{place}|digest",
        incident="",
        severity=report.verdict.severity,
        title=f"daily digest: {report.verdict.severity.name}, {report.verdict.sentence}",
        lines=(
            f"{len(live)} open, {opened} opened and {resolved} resolved since the last digest",
            *(named or ["nothing is open, and the checks are being run"]),
            *more,
            f"as of {_moment(report.scope.as_of)}",
        ),
        at=at,
        is_live=bool(live),
    )


def held_back(place: str, held: Sequence[Notice], most: int, at: datetime) -> Notice:
    """Return the one message that says how many others are held back."""
    worst = max(notice.severity for notice in held)
    count = len(held)
    return Notice(
        kind=Kind.HELD_BACK,
        place=place,
        thread=f"{place}|held_back",
        incident="",
        severity=worst,
        title=f"{count} {'message is' if count == 1 else 'messages are'} held back: more than {most} an hour",
        lines=(f"the worst of them: {max(held, key=lambda notice: notice.severity).title}", "courtside incidents"),
        at=at,
    )


def merged(newer: Notice, older: Notice) -> Notice:
    """Return one notice for two of a thread that are for the same people: the graver leads, the other is a line of it."""
    first, second = (newer, older) if _gravity(newer) >= _gravity(older) else (older, newer)
    parts = {part.id: part for part in (*older.parts, *newer.parts)}
    return replace(
        first,
        lines=(*first.lines, f"also {second.kind.value}: {second.title}"),
        at=newer.at,
        is_live=newer.is_live or older.is_live,
        count=newer.count + older.count,
        parts=tuple(parts.values()),
    )


def _gravity(notice: Notice) -> tuple[bool, int, bool]:
    return notice.is_live, notice.severity, notice.kind is not Kind.REMINDER


def _part(kind: Kind, incident: Incident, title: str) -> Part:
    return Part(incident.id, kind, incident.severity, title, incident.is_live)


def _lasting(incidents: Iterable[Incident]) -> list[str]:
    """Return what else a thread is about, so that its newest message always says how all of it stands."""
    ordered = sorted(incidents, key=lambda item: (-item.severity, item.key))
    return [f"still {item.severity.name}: {item.sentence}{_in_hand(item)}" for item in ordered]


def _title(event: Event) -> str:
    incident = event.incident
    if event.what is Happening.RESOLVED:
        return f"over: {incident.note or incident.sentence}"
    if event.what is Happening.ACKNOWLEDGED and incident.hush is not None:
        return f"{incident.hush.said}: {incident.sentence}"
    if event.what in (Happening.LEFT, Happening.ABSORBED):
        return f"{incident.sentence}: {incident.note}"
    again = "again " if event.what is Happening.REOPENED else ""
    return f"{again}{incident.severity.name}: {incident.sentence}"


def _said(event: Event) -> tuple[str, ...]:
    """Return who has a trouble in hand that got worse meanwhile."""
    hush = event.incident.hush if event.what is not Happening.ACKNOWLEDGED else None
    return (hush.said,) if hush else ()


def _standing(incident: Incident, at: datetime) -> tuple[str, ...]:
    """Return how an incident stands, line by line."""
    began = incident.since or incident.first_seen
    if incident.ended_at is not None and not incident.is_live:
        lasted = format_minutes(max(minutes_between(began, incident.ended_at), 0))
        return (f"from {_moment(began)} to {_moment(incident.ended_at)}, {lasted}", *_flapping(incident))
    lasted = format_minutes(max(minutes_between(began, at), 0))
    followed = f"{incident.symptoms} {'finding follows' if incident.symptoms == 1 else 'findings follow'} from it"
    return (
        f"since {_moment(began)}, {lasted}",
        *([followed] if incident.symptoms else []),
        *_flapping(incident),
        f"next: {incident.command}",
    )


def _flapping(incident: Incident) -> tuple[str, ...]:
    if not incident.flaps:
        return ()
    return (f"it seemed over {incident.flaps} {'time' if incident.flaps == 1 else 'times'}, and was not",)


def _in_hand(incident: Incident) -> str:
    return (
        f" ({incident.state.value} by {incident.hush.by})" if incident.hush and incident.state is not State.OPEN else ""
    )


def _moment(moment: datetime) -> str:
    return f"{format_eastern(moment)} ({format_utc(moment)})"


def is_worth_telling(incident: Incident) -> bool:
    """Return whether an incident deserves a message of its own; what does not is told by the digest."""
    return incident.has_own_thread or incident.severity is Severity.CRITICAL
