"""Flapping: what comes and goes is told as that once, and then only when it stays or stops. Pure.

A told incident flaps from the third reopening within 24 hours on (`Manner`). Once or twice is a mend that did not hold at first,
and people want to hear of it; by the third they have had six messages in a day, and a seventh says nothing that the sixth did
not. Each swing thereafter goes untold. What is no swing is told as ever: that it is worse than anything that was told, another
word, dates that are left. So is that it stays after all, once it has been bad for an hour without an end, and at most as often
as reminders come; and that it is over, once it has been so until the incident is closed. Digest and reminders go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from checks.incidents.incident import Event, Happening, Incident, State
from console.notify.notice import Manner, Told


def swung(item: Told, now: datetime, manner: Manner) -> Told:
    """Return what is known of an incident that has just reopened: as many of its last reopenings as the rule asks for."""
    swings = (*(swing for swing in item.swings if now - swing < manner.swings_within), now)[-manner.swings :]
    return replace(item, swings=swings, flaps=item.flaps or len(swings) >= manner.swings)


def is_swing(event: Event, item: Told) -> bool:
    """Return whether an event says nothing new of an incident that people know to come and go."""
    incident = event.incident
    if not item.flaps:
        return False
    if event.what is Happening.RESOLVED:
        return incident.state is State.RESOLVED  # once it is closed its end is one
    if event.what is Happening.ACKNOWLEDGED:
        return incident.hush is not None and incident.hush.said == item.word
    # It worsened, than it has been since it last reopened, or reopened: news is what is worse than people know.
    is_known = incident.severity <= item.worst and set(incident.blind) <= set(item.blind)
    return is_known and event.what in (Happening.REOPENED, Happening.WORSENED)


def turns(
    incidents: tuple[Incident, ...], events: tuple[Event, ...], told: Mapping[str, Told], seen: datetime, manner: Manner
) -> Iterator[Event]:
    """Give what comes and goes and has come to stay by the run as of `seen` (aware UTC), and what is over for good.

    They are given as an opening and as an end.
    """
    for event in events:
        item = told.get(event.incident.id)
        if event.what is Happening.CLOSED and item and item.flaps and event.incident.resolved_at is not None:
            yield Event(Happening.RESOLVED, event.incident, event.at)
    for incident in incidents:
        item = told.get(incident.id)
        if item and item.flaps and _has_come_to_stay(incident, item, seen, manner):
            yield Event(Happening.OPENED, incident, seen)


def steady(item: Told, incident: Incident, now: datetime, manner: Manner) -> Told:
    """Return what is known of an incident, without the flapping of one that lasts and has not reopened for a day."""
    if not item.flaps or not incident.is_live or now - item.swings[-1] < manner.swings_within:
        return item
    return replace(item, swings=(), flaps=False, stayed_at=None)


def _has_come_to_stay(incident: Incident, item: Told, seen: datetime, manner: Manner) -> bool:
    """Return whether it has been bad for an hour since it last reopened, nobody has it in hand, and it was not said of late."""
    last = item.swings[-1]
    is_said = item.stayed_at is not None and (item.stayed_at >= last or seen - item.stayed_at < manner.reminds_every)
    return incident.state is State.OPEN and not incident.good and seen - last >= manner.stays_after and not is_said
