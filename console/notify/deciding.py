"""Who is to be told what at a moment: a pure function of what happened and of what was told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.incidents.incident import Event, Happening, Incident, State
from checks.model import Report
from checks.severity import Severity
from checks.times import eastern_date, eastern_instant
from console.notify.notice import Kind, Ledger, Manner, Notice, Told
from console.notify.rationing import HOUR, Ration, ration
from console.notify.wording import KIND_OF, Tally, View, digest, is_worth_telling, notice_of, urging

_BEGINNINGS = frozenset({Happening.OPENED, Happening.REOPENED, Happening.WORSENED, Happening.SPOKE_UP})
"""What makes people hear of an incident that they have not heard of."""


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand on the warehouse that people call `place` at `now` (aware UTC).

    `incidents` are those that are not closed, `events` what has happened to them since the last decision.
    """

    place: str
    report: Report
    incidents: tuple[Incident, ...]
    events: tuple[Event, ...]
    now: datetime

    @property
    def view(self) -> View:
        """From where it is spoken of."""
        return View(self.place, self.now, self.report.scope.as_of)


def decide(situation: Situation, ledger: Ledger, manner: Manner) -> Ration:
    """Return what is sent now and the ledger for the next decision, which may come with the next run or earlier (`next_due`)."""
    now = situation.now
    ledger = _not_ahead(ledger, now)
    told = dict(ledger.told)
    wanted = list(_news(situation, told))
    has_digest = _digest_is_due(ledger, now, manner)
    wanted.extend(item for item in _urgings(situation, told, manner) if not (has_digest and item.kind is Kind.REMINDER))
    opened = ledger.opened + sum(event.what is Happening.OPENED for event in situation.events)
    resolved = ledger.resolved + sum(event.what is Happening.RESOLVED for event in situation.events)
    day = ledger.digest
    if has_digest:
        tally = Tally(opened, resolved, is_first=day is None)
        wanted.append(digest(situation.view, situation.report, situation.incidents, tally))
        day, opened, resolved = eastern_date(now), 0, 0
        told = {name: replace(item, at=now) for name, item in told.items()}  # the digest reminds of what it names
    known = {incident.id for incident in situation.incidents}
    kept = {name: item for name, item in told.items() if name in known}
    return ration(wanted, replace(ledger, told=kept, digest=day, opened=opened, resolved=resolved), now, manner)


def catching_up(situation: Situation, decided: Ration) -> tuple[Notice, ...]:
    """Return what whoever was told nothing so far is told of what lasts, a notice a thread, beside what was decided on now."""
    said = {part.id for notice in (*decided.notices, *decided.ledger.waiting) for part in notice.parts}
    threads: dict[str, list[Event]] = defaultdict(list)
    for incident in situation.incidents:
        is_known = incident.id in decided.ledger.told and incident.id not in said
        if is_known and incident.is_live and incident.state is not State.SILENCED:
            what = Happening.ACKNOWLEDGED if incident.state is State.ACKNOWLEDGED else Happening.OPENED
            threads[incident.thread].append(Event(what, incident, situation.now))
    return tuple(notice_of(situation.view, events, ()) for events in threads.values())


def next_due(incidents: tuple[Incident, ...], ledger: Ledger, now: datetime, manner: Manner) -> datetime | None:
    """Return when `decide` has something to do again even if no run comes before; None when only a run can bring it.

    Right after a decision at `now` it lies after `now`, so that nobody who waits for it turns in circles.
    """
    moments: list[datetime] = []
    for incident in incidents:
        told = ledger.told.get(incident.id)
        if told is not None and told.since is not None and _is_nobodys(incident) and not incident.good:
            moments.append(told.at + manner.reminds_every)
            moments.extend([] if told.escalated else [told.since + manner.escalates_after])
    moments.extend(_may_go(notice, ledger, now, manner) for notice in ledger.waiting)
    if manner.has_digest:
        today = eastern_date(now)
        day = today + timedelta(days=1) if ledger.digest == today else today
        moments.append(eastern_instant(day, manner.digest_hour))
    return max(min(moments), now) if moments else None


def _may_go(notice: Notice, ledger: Ledger, now: datetime, manner: Manner) -> datetime:
    """Return when what waits may be sent: its thread has been quiet for a while, and the hour has room again."""
    spoke = ledger.spoke.get(notice.thread)
    quiet = spoke + manner.groups_within if spoke else now
    has_room = len(ledger.sent) < manner.most_an_hour
    return quiet if has_room else max(quiet, min(ledger.sent) + HOUR)


def _is_nobodys(incident: Incident) -> bool:
    """Return whether an incident is critical and nobody has it in hand."""
    return incident.state is State.OPEN and incident.severity is Severity.CRITICAL


def _not_ahead(ledger: Ledger, now: datetime) -> Ledger:
    """Return a ledger in which nothing lies in the future: after a clock was put back, what was told was told just now."""
    return replace(
        ledger,
        told={
            name: replace(item, at=min(item.at, now), since=min(item.since, now) if item.since else None)
            for name, item in ledger.told.items()
        },
        sent=tuple(min(sent, now) for sent in ledger.sent),
        counted_at=min(ledger.counted_at, now) if ledger.counted_at else None,
        spoke={thread: min(at, now) for thread, at in ledger.spoke.items()},
    )


def _news(situation: Situation, told: dict[str, Told]) -> Iterator[Notice]:
    """Give one notice a thread for what happened and deserves one, and note in `told` what people then know."""
    threads: dict[str, list[Event]] = defaultdict(list)
    for event in (*situation.events, *_never_told(situation, told)):
        if _is_told(event, told):
            threads[event.incident.thread].append(event)
            told[event.incident.id] = _known(event.incident, told.get(event.incident.id), situation.now)
    for thread, events in threads.items():
        named = {event.incident.id for event in events}
        yield notice_of(situation.view, events, _lasting(situation, told, thread, named))


def _never_told(situation: Situation, told: Mapping[str, Told]) -> Iterator[Event]:
    """Give as an opening what lasts, deserves a message and has had none: it was silenced when it began, or lesser then."""
    happened = {event.incident.id for event in situation.events if event.what in _BEGINNINGS}
    for incident in situation.incidents:
        is_news = incident.id not in told and incident.id not in happened
        if is_news and incident.state is State.OPEN and not incident.good and is_worth_telling(incident):
            yield Event(Happening.OPENED, incident, situation.now)


def _is_told(event: Event, told: Mapping[str, Told]) -> bool:
    """Return whether an event becomes a message: not what is silenced, and of what nobody knows only what is worth it."""
    incident = event.incident
    if event.what not in KIND_OF or incident.state is State.SILENCED:
        return False
    return incident.id in told or (event.what in _BEGINNINGS and is_worth_telling(incident))


def _lasting(situation: Situation, told: Mapping[str, Told], thread: str, named: Collection[str]) -> list[Incident]:
    """Return the incidents of a thread that people know of and that last, but for those that are `named` anyhow."""
    return [
        incident
        for incident in situation.incidents
        if incident.thread == thread
        and incident.is_live
        and incident.state is not State.SILENCED
        and incident.id in told
        and incident.id not in named
    ]


def _known(incident: Incident, before: Told | None, at: datetime) -> Told:
    """Return what people know of an incident that they are told of at a moment."""
    if not _is_nobodys(incident):
        return Told(at)
    if before is None or before.since is None:
        return Told(at, since=at)
    return replace(before, at=at)


def _urgings(situation: Situation, told: dict[str, Told], manner: Manner) -> Iterator[Notice]:
    """Give what nobody has taken in hand, and note in `told` that it was said once more."""
    now = situation.now
    for incident in situation.incidents:
        item = told.get(incident.id)
        if item is None:
            continue
        if not _is_nobodys(incident):
            told[incident.id] = Told(item.at)
        elif not incident.good:  # else it may be over: the next run says
            since = item.since or now  # it can become critical again without being worse than it has been
            told[incident.id] = replace(item, since=since)
            kind = _urging(item, since, now, manner)
            if kind is not None:
                told[incident.id] = Told(now, since, item.escalated or kind is Kind.ESCALATION)
                others = _lasting(situation, told, incident.thread, {incident.id})
                yield urging(situation.view, kind, incident, others)


def _urging(item: Told, since: datetime, now: datetime, manner: Manner) -> Kind | None:
    """Return what is said of an incident that has been critical and nobody's for so long; None while it is too early."""
    if not item.escalated and now - since >= manner.escalates_after:
        return Kind.ESCALATION
    return Kind.REMINDER if now - item.at >= manner.reminds_every else None


def _digest_is_due(ledger: Ledger, now: datetime, manner: Manner) -> bool:
    """Return whether it is nine o'clock Eastern or later and this date has had no digest: of nights slept through only one."""
    today = eastern_date(now)
    return manner.has_digest and ledger.digest != today and now >= eastern_instant(today, manner.digest_hour)
