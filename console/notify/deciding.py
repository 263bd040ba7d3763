"""Who is to be told what at a moment: a pure function of what happened and of what was told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from checks.catalogue import IF_WATCHED, IF_WORKERS
from checks.causes import BLIND
from checks.incidents.incident import Event, Happening, Incident, State
from checks.incidents.signs import evaluated
from checks.model import Report
from checks.severity import Severity
from checks.times import eastern_date, eastern_instant
from console.notify.digest import counted_left, digest
from console.notify.flapping import is_swing, steady, swung, turns
from console.notify.notice import Kind, Ledger, Manner, Notice, Tally, Told
from console.notify.rationing import HOUR, Ration, is_for_somebody, ration
from console.notify.wording import KIND_OF, View, is_worth_telling, notice_of, urging

_BEGINNINGS = frozenset({Happening.OPENED, Happening.REOPENED, Happening.WORSENED, Happening.SPOKE_UP})
"""What makes people hear of an incident that they have not heard of."""
_RUNS_BEFORE_A_DIGEST = 2
"""Most incidents open with their second run: before it a digest could not name what is wrong."""
_ELSEWHERE = frozenset(check.id for check in (*IF_WATCHED, *IF_WORKERS))
"""The checks that need nothing of the warehouse: that they can judge is no sight of the pipeline."""


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
        checks = frozenset(result.check for result in self.report.results)
        return View(self.place, self.now, self.report.scope.as_of, checks)

    def view_of(self, told: Mapping[str, Told]) -> View:
        """Return from where it is spoken of to people who know what they were told."""
        return replace(self.view, flapping=frozenset(name for name, item in told.items() if item.flaps))


def decide(
    situation: Situation, ledger: Ledger, manner: Manner, is_heard: Callable[[Notice], bool] = is_for_somebody
) -> Ration:
    """Return what is sent now and the ledger for the next decision, which may come with the next run or earlier (`next_due`).

    `is_heard` returns whether there is anybody to be told of a notice.
    """
    now = situation.now
    ledger = _counted(_not_ahead(ledger, now), situation, manner)
    told = dict(ledger.told)
    wanted = list(_news(situation, told, manner))
    has_digest = _digest_is_due(ledger, now, manner)
    wanted.extend(item for item in _urgings(situation, told, manner) if not (has_digest and item.kind is Kind.REMINDER))
    if has_digest:
        wanted.append(digest(situation.view_of(told), situation.report, situation.incidents, ledger))
        ledger = replace(ledger, digest=eastern_date(now), tally=Tally())
        told = {name: replace(item, at=now) for name, item in told.items()}  # the digest reminds of what it names
    known = {incident.id for incident in situation.incidents}
    kept = {name: item for name, item in told.items() if name in known}
    return ration(wanted, replace(ledger, told=kept), now, manner, is_heard)


def catching_up(situation: Situation, decided: Ration) -> tuple[Notice, ...]:
    """Return what whoever was told nothing so far is told of what lasts, a notice a thread, beside what was decided on now."""
    said = {part.id for notice in (*decided.notices, *decided.ledger.waiting) for part in notice.parts}
    threads: dict[str, list[Event]] = defaultdict(list)
    for incident in situation.incidents:
        is_known = incident.id in decided.ledger.told and incident.id not in said
        if is_known and incident.is_live and incident.state is not State.SILENCED:
            what = Happening.ACKNOWLEDGED if incident.state is State.ACKNOWLEDGED else Happening.OPENED
            threads[incident.thread].append(Event(what, incident, situation.now))
    view = situation.view_of(decided.ledger.told)
    return tuple(notice_of(view, events, ()) for events in threads.values())


def next_due(incidents: tuple[Incident, ...], ledger: Ledger, now: datetime, manner: Manner) -> datetime | None:
    """Return when `decide` has something to do again even if no run comes before; None when only a run can bring it.

    Right after a decision at `now` it lies after `now`, so that nobody who waits for it turns in circles.
    """
    moments: list[datetime] = []
    for incident in incidents:
        told = ledger.told.get(incident.id)
        if told is not None and told.since is not None and incident.state is State.OPEN and not incident.good:
            moments.append(told.at + manner.reminds_every)
            can_escalate = _is_nobodys(incident) and not told.escalated
            moments.extend([told.since + manner.escalates_after] if can_escalate else [])
    moments.extend(_may_go(notice, ledger, now, manner) for notice in ledger.waiting)
    if manner.has_digest and _may_have_digest(ledger):
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


def _is_recalled(incident: Incident, report: Report) -> bool:
    """Return whether people are reminded of an incident: nobody's critical, or that nothing at all can be seen."""
    is_total = incident.cause == BLIND and evaluated(report) <= _ELSEWHERE
    return _is_nobodys(incident) or (is_total and incident.state is State.OPEN)


def _counted(ledger: Ledger, situation: Situation, manner: Manner) -> Ledger:
    """Return a ledger with what has happened, and with the run where it is one of the first that a digest can stand on.

    An end that did not hold is taken back.
    """
    happened = [event.what for event in situation.events]
    ended = happened.count(Happening.RESOLVED) - happened.count(Happening.REOPENED)
    tally = replace(
        ledger.tally,
        opened=ledger.tally.opened + happened.count(Happening.OPENED),
        resolved=max(ledger.tally.resolved + ended, 0),
    )
    left = [event.incident for event in situation.events if event.what is Happening.LEFT]
    run = [situation.report.scope.as_of] if manner.has_digest else []  # one of some checks lets little open
    runs = tuple(dict.fromkeys((*ledger.runs, *run)))[:_RUNS_BEFORE_A_DIGEST]
    return replace(ledger, tally=counted_left(tally, left), runs=runs)


def _not_ahead(ledger: Ledger, now: datetime) -> Ledger:
    """Return a ledger in which nothing lies in the future: after a clock was put back, what was told was told just now."""
    return replace(
        ledger,
        told={
            name: replace(
                item,
                at=min(item.at, now),
                since=min(item.since, now) if item.since else None,
                swings=tuple(min(swing, now) for swing in item.swings),
                stayed_at=min(item.stayed_at, now) if item.stayed_at else None,
            )
            for name, item in ledger.told.items()
        },
        sent=tuple(min(sent, now) for sent in ledger.sent),
        counted_at=min(ledger.counted_at, now) if ledger.counted_at else None,
        spoke={thread: min(at, now) for thread, at in ledger.spoke.items()},
    )


def _news(situation: Situation, told: dict[str, Told], manner: Manner) -> Iterator[Notice]:
    """Give one notice a thread for what happened and deserves one, and note in `told` what people then know."""
    threads: dict[str, list[Event]] = defaultdict(list)
    staying = turns(situation.incidents, situation.events, told, situation.report.scope.as_of, manner)
    # Each knows what the ones before it told.
    for event in chain(situation.events, _never_told(situation, told), staying):
        incident, before = event.incident, told.get(event.incident.id)
        if before is not None and event.what is Happening.REOPENED:
            told[incident.id] = swung(before, situation.now, manner)
        if _is_told(event, before):
            threads[incident.thread].append(event)
            told[incident.id] = _known(event, told.get(incident.id), situation)
    for thread, events in threads.items():
        named = {event.incident.id for event in events}
        yield notice_of(situation.view_of(told), events, _lasting(situation, told, thread, named))


def _never_told(situation: Situation, told: Mapping[str, Told]) -> Iterator[Event]:
    """Give as an opening what lasts, deserves a message and has had none: it was silenced when it began, or lesser then."""
    happened = {event.incident.id for event in situation.events if event.what in _BEGINNINGS}
    for incident in situation.incidents:
        is_news = incident.id not in told and incident.id not in happened
        if is_news and incident.state is State.OPEN and not incident.good and is_worth_telling(incident):
            yield Event(Happening.OPENED, incident, situation.now)


def _is_told(event: Event, before: Told | None) -> bool:
    """Return whether an event becomes a message for people who knew so much `before` it.

    What is silenced does not, nor each swing of what comes and goes, and of what nobody knows only what is worth it.
    """
    incident = event.incident
    if event.what not in KIND_OF or incident.state is State.SILENCED:
        return False
    if before is None:
        return event.what in _BEGINNINGS and is_worth_telling(incident)
    return not is_swing(event, before)


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


def _known(event: Event, before: Told | None, situation: Situation) -> Told:
    """Return what people know of an incident that they are told of at a moment."""
    at, incident = situation.now, event.incident
    item = before or Told(at)
    blind = tuple(dict.fromkeys((*item.blind, *incident.blind)))
    item = replace(item, at=at, worst=max(item.worst, incident.severity), blind=blind)
    if event.what is Happening.ACKNOWLEDGED and incident.hush is not None:
        item = replace(item, word=incident.hush.said)
    if item.flaps and event.what is Happening.OPENED:
        item = replace(item, stayed_at=at)
    if not _is_recalled(incident, situation.report):
        return replace(item, since=None, escalated=False)
    return item if item.since is not None else replace(item, since=at, escalated=False)


def _urgings(situation: Situation, told: dict[str, Told], manner: Manner) -> Iterator[Notice]:
    """Give what nobody has taken in hand, and note in `told` that it was said once more."""
    now = situation.now
    for incident in situation.incidents:
        if incident.id not in told:
            continue
        item = told[incident.id] = steady(told[incident.id], incident, now, manner)
        if not _is_recalled(incident, situation.report):
            is_pause = item.flaps and incident.hush is None  # whoever was called is not called at every swing
            told[incident.id] = item if is_pause else replace(item, since=None, escalated=False)
        elif not incident.good:  # else it may be over: the next run says
            since = item.since or now  # it can become critical again without being worse than it has been
            told[incident.id] = replace(item, since=since)
            kind = _urging(item, incident, now - since, now - item.at, manner)
            if kind is not None:
                escalated = item.escalated or kind is Kind.ESCALATION
                told[incident.id] = replace(item, at=now, since=since, escalated=escalated)
                others = _lasting(situation, told, incident.thread, {incident.id})
                yield urging(situation.view_of(told), kind, incident, others)


def _urging(item: Told, incident: Incident, lasted: timedelta, untold: timedelta, manner: Manner) -> Kind | None:
    """Return what is said of an incident that has been nobody's for so long, and untold of; None while it is too early.

    Nobody is called for what is not critical, such as that nothing can be seen.
    """
    if _is_nobodys(incident) and not item.escalated and lasted >= manner.escalates_after:
        return Kind.ESCALATION
    return Kind.REMINDER if untold >= manner.reminds_every else None


def _digest_is_due(ledger: Ledger, now: datetime, manner: Manner) -> bool:
    """Return whether it is nine o'clock Eastern or later and this date has had no digest: of nights slept through only one."""
    today = eastern_date(now)
    is_late = now >= eastern_instant(today, manner.digest_hour)
    return manner.has_digest and _may_have_digest(ledger) and ledger.digest != today and is_late


def _may_have_digest(ledger: Ledger) -> bool:
    """Return whether there were runs enough: a watcher that is new sends none before what it sees could have opened."""
    return ledger.digest is not None or len(ledger.runs) >= _RUNS_BEFORE_A_DIGEST
