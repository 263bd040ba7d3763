"""What a notice says. Pure; words from outside are cleaned by each sink for where they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.incidents.incident import Event, Happening, Incident, State
from checks.model import Report
from checks.severity import Severity
from checks.times import both_zones, format_minutes, minutes_between
from console.notify.notice import Kind, Notice, Part

MOST_IN_DIGEST = 10
"""Incidents that a digest names."""

KIND_OF = {
    Happening.OPENED: Kind.OPENED,
    Happening.REOPENED: Kind.OPENED,
    Happening.WORSENED: Kind.WORSENED,
    Happening.ACKNOWLEDGED: Kind.ACKNOWLEDGED,
    Happening.RESOLVED: Kind.RESOLVED,
    Happening.SPOKE_UP: Kind.OPENED,
    Happening.LEFT: Kind.LEFT,
    Happening.ABSORBED: Kind.RESOLVED,
}
"""The happenings that people are told of; what nobody has in hand any more is told as if it began, so that it pages again."""

_RANK = tuple(KIND_OF)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class View:
    """From where a notice speaks: of the warehouse that people call `place`, at a time, after a run as of `seen` (aware UTC)."""

    place: str
    at: datetime
    seen: datetime

    def has_seen(self, incident: Incident) -> bool:
        """Return whether the last run showed an incident; an as-of is a minute's."""
        return incident.last_seen > self.seen - _A_MINUTE


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened since the last digest, or so far where there was none."""

    opened: int
    resolved: int
    is_first: bool


def notice_of(view: View, events: Sequence[Event], lasting: Iterable[Incident]) -> Notice:
    """Return the one notice about what happened to the incidents of one thread, worst first; there is at least one event.

    `lasting` are the thread's other incidents that people know of.
    """
    latest = {event.incident.id: event for event in sorted(events, key=lambda event: -_RANK.index(event.what))}
    ordered = sorted(latest.values(), key=lambda event: (not event.incident.is_live, -event.incident.severity))
    first = ordered[0]
    others = [f"also {event.what.value}: {event.incident.sentence}" for event in ordered[1:]]
    return Notice(
        kind=KIND_OF[first.what],
        place=view.place,
        thread=first.incident.thread,
        incident=first.incident.key,
        severity=first.incident.severity,
        title=_title(first),
        lines=(*_said(first, view), *_standing(first.incident, view), *others, *_lasting(lasting, view)),
        at=view.at,
        is_live=any(event.incident.is_live for event in ordered),
        count=len(events),
        parts=tuple(_part(KIND_OF[event.what], event.incident, _title(event)) for event in ordered),
    )


def urging(view: View, kind: Kind, incident: Incident, lasting: Iterable[Incident]) -> Notice:
    """Return a reminder or an escalation about an incident that is critical and nobody's; `lasting` are its thread's others."""
    called = "nobody has this in hand any more: " if incident.word else "nobody has taken this in hand: "
    still = "still " if view.has_seen(incident) else ""
    title = f"{still if kind is Kind.REMINDER else called}{_as_seen(incident, view)}"
    return Notice(
        kind=kind,
        place=view.place,
        thread=incident.thread,
        incident=incident.key,
        severity=incident.severity,
        title=title,
        lines=(*_was_said(incident, view), *_standing(incident, view), *_lasting(lasting, view)),
        at=view.at,
        parts=(_part(kind, incident, title),),
    )


def digest(view: View, report: Report, incidents: Sequence[Incident], tally: Tally) -> Notice:
    """Return the day's digest: the verdict, what is open, and how much was opened and resolved since the last one."""
    live = sorted((item for item in incidents if item.is_live), key=lambda item: (-item.severity, item.key))
    named = [f"{_as_seen(item, view)}{_in_hand(item)}" for item in live[:MOST_IN_DIGEST]]
    more = [f"and {len(live) - MOST_IN_DIGEST} more: courtside incidents"] if len(live) > MOST_IN_DIGEST else []
    since = "so far: this is the first digest" if tally.is_first else "since the last digest"
    return Notice(
        kind=Kind.DIGEST,
        place=view.place,
        thread=f"{view.place}|digest",
        incident="",
        severity=report.verdict.severity,
        title=f"daily digest: {report.verdict.severity.name}, {report.verdict.sentence}",
        lines=(
            f"{len(live)} open, {tally.opened} opened and {tally.resolved} resolved {since}",
            *(named or [_nothing_open(report, incidents)]),
            *more,
            f"as of {both_zones(report.scope.as_of)}",
        ),
        at=view.at,
        is_live=bool(live),
    )


def _nothing_open(report: Report, incidents: Iterable[Incident]) -> str:
    """Return what a digest says where no incident is open: that all is well only where the last run says so."""
    if report.verdict.severity is Severity.OK:
        return "nothing is open, and the checks are being run"
    new = sum(incident.state is State.NEW for incident in incidents)
    unconfirmed = f"; {new} will be when the next run shows {'it' if new == 1 else 'them'} too" if new else ""
    return f"no incident is open, but the last run was not OK{unconfirmed}: courtside check"


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


def _lasting(incidents: Iterable[Incident], view: View) -> list[str]:
    """Return what else a thread is about, so that its newest message always says how all of it stands."""
    ordered = sorted(incidents, key=lambda item: (-item.severity, item.key))
    return [f"{'still ' if view.has_seen(item) else ''}{_as_seen(item, view)}{_in_hand(item)}" for item in ordered]


def _as_seen(incident: Incident, view: View) -> str:
    """Return an incident as it is, or as it was when it could last be seen: nobody takes that for the present."""
    when = "" if view.has_seen(incident) else f" when last seen, {both_zones(incident.last_seen)}"
    return f"{incident.severity.name}{when}: {incident.sentence}"


def _title(event: Event) -> str:
    incident = event.incident
    if event.what is Happening.RESOLVED:
        return f"over: {incident.note or incident.sentence}"
    if event.what is Happening.ACKNOWLEDGED and incident.hush is not None:
        return f"{incident.hush.said}: {incident.sentence}"
    if event.what is Happening.LEFT:
        return f"no longer looked at, and not known to be mended: {incident.severity.name}: {incident.sentence}"
    if event.what is Happening.ABSORBED:
        return f"{incident.sentence}: {incident.note}"
    if event.what is Happening.SPOKE_UP and incident.word is not None:
        return f"no longer {incident.word.kind.value}, and it lasts: {incident.severity.name}: {incident.sentence}"
    again = "again " if event.what is Happening.REOPENED else ""
    return f"{again}{incident.severity.name}: {incident.sentence}"


def _said(event: Event, view: View) -> tuple[str, ...]:
    """Return who has a trouble in hand that got worse meanwhile, or had it, and what the end of looking at it means."""
    if event.what is Happening.LEFT:
        return (f"{event.incident.note}; whoever pages (PagerDuty) keeps it open: close it there once it is mended",)
    if event.what in (Happening.SPOKE_UP, Happening.WORSENED) and event.incident.hush is None:
        return _was_said(event.incident, view)
    hush = event.incident.hush if event.what is not Happening.ACKNOWLEDGED else None
    return (hush.said,) if hush else ()


def _was_said(incident: Incident, view: View) -> tuple[str, ...]:
    """Return the word that was said and holds no longer: it has ended, or what it was said of has become critical since."""
    word = incident.word
    if word is None:
        return ()
    if word.until <= view.at or not incident.has_outgrown_its_word:
        return (f"it was {word.said}",)
    return (
        f"{word.said}, but that was before it became CRITICAL, and holds no longer",
        "`courtside ack --withdraw`, then `courtside ack`, takes it in hand again",
    )


def _standing(incident: Incident, view: View) -> tuple[str, ...]:
    """Return how an incident stands, line by line; where nothing tells since when it lasts, when it was first seen."""
    began = incident.since or incident.first_seen
    if incident.ended_at is not None and not incident.is_live:
        lasted = format_minutes(max(minutes_between(began, incident.ended_at), 0))
        seen = "from" if incident.since else "first seen"
        to = "to" if incident.since else "and over by"
        return (f"{seen} {both_zones(began)} {to} {both_zones(incident.ended_at)}, {lasted}", *_flapping(incident))
    lasted = format_minutes(max(minutes_between(began, view.at), 0))
    age = f"since {both_zones(began)}, {lasted}" if incident.since else f"first seen {both_zones(began)}, {lasted} ago"
    unseen = () if view.has_seen(incident) else (f"last seen {both_zones(incident.last_seen)}, not in the last run",)
    followed = f"{incident.symptoms} {'finding follows' if incident.symptoms == 1 else 'findings follow'} from it"
    return (
        age,
        *unseen,
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


def is_worth_telling(incident: Incident) -> bool:
    """Return whether an incident deserves a message of its own; what does not is told by the digest."""
    return incident.has_own_thread or incident.severity is Severity.CRITICAL
