"""What a sink that comes back has missed: the end of what it had been told of, without which a page stays open for ever."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable

from checks.incidents.incident import Event, Happening, Incident, State
from console.incidents.shelf import newest_incidents
from console.notify.codec import readable_notice
from console.notify.deciding import Situation
from console.notify.notice import Notice
from console.notify.rationing import Ration
from console.notify.wording import notice_of

_PUT = "SELECT text FROM notice WHERE place = ? AND sink = ? ORDER BY number"
_MOST = 1_000
"""Incidents among which those that ended are looked for."""


def missed_ends(connection: sqlite3.Connection, situation: Situation, sink: str, decided: Ration) -> tuple[Notice, ...]:
    """Return the ends that the sink of that name has not been told of, a notice a thread, beside what was decided on now.

    A pause of what comes and goes is none: its end is told to all once it is closed, and until then no swing is.
    """
    said = {part.id for notice in (*decided.notices, *decided.ledger.waiting) for part in notice.parts}
    lasting = _lasting_for(connection, situation.place, sink) - said - _pausing(situation, decided)
    if not lasting:
        return ()
    incidents = newest_incidents(connection, situation.place, _MOST)
    symptoms = {key for incident in incidents for key in incident.absorbed}
    threads: dict[str, list[Event]] = defaultdict(list)
    for incident in incidents:
        if incident.id in lasting and not incident.is_live:
            threads[incident.thread].append(Event(_end_of(incident, symptoms), incident, situation.now))
    return tuple(notice_of(situation.view, events, ()) for events in threads.values())


def _pausing(situation: Situation, decided: Ration) -> set[str]:
    """Return the ids of what people know to come and go, and is over for now."""
    over = {incident.id for incident in situation.incidents if incident.state is State.RESOLVED}
    return {name for name, item in decided.ledger.told.items() if item.flaps and name in over}


def _lasting_for(connection: sqlite3.Connection, place: str, sink: str) -> set[str]:
    """Return the ids of the incidents that last as far as a sink was told."""
    lasts: dict[str, bool] = {}
    for notice in _readable(connection.execute(_PUT, (place, sink))):
        lasts.update((part.id, part.is_live) for part in notice.parts)
    return {name for name, is_live in lasts.items() if is_live}


def _readable(rows: Iterable[tuple[str]]) -> Iterable[Notice]:
    found = (readable_notice(text) for (text,) in rows)
    return (notice for notice in found if notice is not None)


def _end_of(incident: Incident, symptoms: Collection[str]) -> Happening:
    """Return how it ended; `symptoms` are the keys of those that joined their cause."""
    if incident.resolved_at is not None:
        return Happening.RESOLVED
    return Happening.ABSORBED if incident.key in symptoms else Happening.LEFT
