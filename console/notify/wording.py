"""What a notice says. Pure; words from outside are cleaned by each sink for where they go."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.incidents.incident import Event, Happening, Incident, State
from checks.severity import Severity
from checks.times import both_zones, format_minutes, minutes_between
from console.incidents.wordless import WORDLESS, is_wordless
from console.notify.notice import Kind, Notice, Part, held_back_thread

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
    """From where a notice speaks: of the warehouse that people call `place`, at a time, after a run as of `seen` (aware UTC).

    `checks` are those of that run, and `flapping` the ids of incidents that people know to come and go.
    """

    place: str
    at: datetime
    seen: datetime
    checks: frozenset[str]
    flapping: frozenset[str] = frozenset()

    def has_seen(self, incident: Incident) -> bool:
        """Return whether the last run showed an incident; an as-of is a minute's."""
        return incident.last_seen > self.seen - _A_MINUTE

    def has_looked(self, incident: Incident) -> bool:
        """Return whether the last run ran all that an incident stands on."""
        return self.checks.issuperset(incident.checks)

    def flaps(self, incident: Incident) -> bool:
        """Return whether people know that an incident comes and goes."""
        return incident.id in self.flapping


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
        title=_title(first, view),
        lines=(*_said(first, view), *_standing(first.incident, view), *others, *_lasting(lasting, view)),
        at=view.at,
        is_live=any(event.incident.is_live for event in ordered),
        count=len(events),
        parts=tuple(_part(KIND_OF[event.what], event.incident, _title(event, view)) for event in ordered),
        as_of=view.seen,
    )


def urging(view: View, kind: Kind, incident: Incident, lasting: Iterable[Incident]) -> Notice:
    """Return a reminder or an escalation about an incident that is urgent and nobody's; `lasting` are its thread's others."""
    called = "nobody has this in hand any more: " if incident.word else "nobody has taken this in hand: "
    lasts = "it comes and goes: " if view.flaps(incident) else "still "
    still = lasts if view.has_seen(incident) else ""
    title = f"{still if kind is Kind.REMINDER else called}{as_seen(incident, view)}"
    return Notice(
        kind=kind,
        place=view.place,
        thread=incident.thread,
        incident=incident.key,
        severity=incident.severity,
        title=title,
        lines=(*_taking(incident, view), *_standing(incident, view), *_lasting(lasting, view)),
        at=view.at,
        parts=(_part(kind, incident, title),),
        as_of=view.seen,
    )


def held_back(place: str, held: Sequence[Notice], most: int, at: datetime) -> Notice:
    """Return the one message that says how many others are held back."""
    worst = max(notice.severity for notice in held)
    count = len(held)
    return Notice(
        kind=Kind.HELD_BACK,
        place=place,
        thread=held_back_thread(place),
        incident="",
        severity=worst,
        title=f"{count} {'message is' if count == 1 else 'messages are'} held back: more than {most} an hour",
        lines=(f"the worst of them: {max(held, key=lambda notice: notice.severity).title}", "courtside incidents"),
        at=at,
        as_of=max(notice.seen for notice in held),
    )


def merged(newer: Notice, older: Notice) -> Notice:
    """Return one notice for two of a thread that are for the same people: the graver leads, the other is a line of it."""
    first, second = (newer, older) if _gravity(newer) >= _gravity(older) else (older, newer)
    parts = {part.id: part for part in (*older.parts, *newer.parts)}
    return replace(
        first,
        lines=(*first.lines, f"also {second.kind.value}: {second.title}"),
        at=newer.at,
        as_of=newer.as_of,
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
    return [f"{'still ' if view.has_seen(item) else ''}{as_seen(item, view)}{in_hand(item)}" for item in ordered]


def as_seen(incident: Incident, view: View) -> str:
    """Return an incident as it is, or as it was when it could last be seen: nobody takes that for the present."""
    when = "" if view.has_seen(incident) else f" when last seen, {both_zones(incident.last_seen)}"
    return f"{incident.severity.name}{when}: {incident.sentence}"


def _title(event: Event, view: View) -> str:
    incident = event.incident
    flaps = view.flaps(incident)
    if event.what is Happening.RESOLVED:
        return f"over{' for an hour' if flaps else ''}: {incident.note or incident.sentence}"
    if event.what is Happening.ACKNOWLEDGED and incident.hush is not None:
        return f"{incident.hush.said}: {incident.sentence}"
    if event.what is Happening.LEFT:
        return f"no longer looked at, and not known to be mended: {incident.severity.name}: {incident.sentence}"
    if event.what is Happening.ABSORBED:
        return f"{incident.sentence}: {incident.note}"
    if event.what is Happening.SPOKE_UP and incident.word is not None:
        return f"no longer {incident.word.kind.value}, and it lasts: {incident.severity.name}: {incident.sentence}"
    return f"{_before_severity(event.what, flaps=flaps)}{incident.severity.name}: {incident.sentence}"


def _before_severity(what: Happening, *, flaps: bool) -> str:
    """Return what a title says of a beginning: of what comes and goes the other beginning is that it has come to stay."""
    if what is Happening.REOPENED:
        return "it comes and goes: " if flaps else "again "
    return "it comes and goes, and stays for an hour now: " if what is Happening.OPENED and flaps else ""


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
    name = shlex.quote(incident.name)
    return (
        f"{word.said}, but that was before it became CRITICAL, and holds no longer",
        f"`courtside ack {name} --withdraw --apply`, then `{ack_command(incident)}`, takes it in hand again",
    )


def _taking(incident: Incident, view: View) -> tuple[str, ...]:
    """Return how somebody takes a trouble in hand that is nobody's, after who had it."""
    said = _was_said(incident, view)
    if len(said) > 1:
        return said
    return (*said, WORDLESS if is_wordless(incident) else f"take it in hand: {ack_command(incident)}")


def ack_command(incident: Incident) -> str:
    """Return the command that takes an incident in hand."""
    return f"courtside ack {shlex.quote(incident.name)} --reason 'on it' --apply"


def _standing(incident: Incident, view: View) -> tuple[str, ...]:
    """Return how an incident stands, line by line."""
    flapping = _flapping(incident, view)
    if incident.ended_at is not None and not incident.is_live:
        return (lasted(incident, view.at), *flapping)
    followed = f"{incident.symptoms} {'finding follows' if incident.symptoms == 1 else 'findings follow'} from it"
    return (
        lasted(incident, view.at),
        *_last_look(incident, view),
        *([followed] if incident.symptoms else []),
        *flapping,
        f"next: {incident.command}",
    )


def lasted(incident: Incident, at: datetime) -> str:
    """Return from when to when an incident lasts or lasted; where nothing tells since when, when it was first seen."""
    began, ended = incident.since or incident.first_seen, None if incident.is_live else incident.ended_at
    until = ended or (at if incident.is_live else incident.changed_at)
    minutes = format_minutes(max(minutes_between(began, until), 0))
    if ended is not None and incident.since:
        return f"from {both_zones(began)} to {both_zones(ended)}, {minutes}"
    if ended is not None:
        return f"first seen {both_zones(began)} and over by {both_zones(ended)}, {minutes}"
    return (
        f"since {both_zones(began)}, {minutes}" if incident.since else f"first seen {both_zones(began)}, {minutes} ago"
    )


def _last_look(incident: Incident, view: View) -> tuple[str, ...]:
    """Return of when the knowledge of an incident is, unless it is of this minute."""
    if not view.has_seen(incident):
        why = (
            "not in the last run" if view.has_looked(incident) else "not looked at in the last run, which was of others"
        )
        return (f"last seen {both_zones(incident.last_seen)}, {why}",)
    return (f"as the run of {both_zones(view.seen)} saw it",) if view.at - view.seen >= _A_MINUTE else ()


def _flapping(incident: Incident, view: View) -> tuple[str, ...]:
    if not incident.flaps:
        return ()
    if not view.flaps(incident):
        return (seemed_over(incident),)
    since = f"since {both_zones(incident.opened_at or incident.first_seen)} {seemed_over(incident)}"
    return (f"{since}: told again when it stays for an hour, or is over for one" if incident.is_live else since,)


def seemed_over(incident: Incident) -> str:
    """Return how often an incident seemed over and was not."""
    return f"it seemed over {incident.flaps} {'time' if incident.flaps == 1 else 'times'}, and was not"


def in_hand(incident: Incident) -> str:
    """Return in brackets who has an incident in hand, "" where nobody does."""
    return (
        f" ({incident.state.value} by {incident.hush.by})" if incident.hush and incident.state is not State.OPEN else ""
    )


def is_worth_telling(incident: Incident) -> bool:
    """Return whether an incident deserves a message of its own; what does not is told by the digest."""
    return incident.has_own_thread or incident.severity is Severity.CRITICAL
