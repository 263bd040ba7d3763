"""The incidents in the journal: those that are not closed, of which there is one a key, and the closed ones for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from checks.incidents.incident import Incident, State
from console.incidents.codec import IncidentCodecError, incident_of_text, text_of_incident
from console.journal import instant_text

_CURRENT = "SELECT text FROM incident WHERE place = ? AND state != 'closed' ORDER BY key"
_FORGET_CURRENT = "DELETE FROM incident WHERE place = ? AND state != 'closed'"
_KEEP = """
    INSERT INTO incident (id, place, key, state, text, touched_at) VALUES (:id, :place, :key, :state, :text, :now)
    ON CONFLICT (place, id) DO UPDATE SET state = excluded.state, text = excluded.text, touched_at = excluded.touched_at
"""
_CLOSED = "SELECT text FROM incident WHERE place = ? AND state = 'closed' ORDER BY touched_at DESC, number DESC LIMIT ?"


def current_incidents(connection: sqlite3.Connection, place: str) -> tuple[Incident, ...]:
    """Return the incidents of a place that are not closed, by key; what this version cannot read is as if it were not there."""
    return _read(connection.execute(_CURRENT, (place,)))


def keep_incidents(connection: sqlite3.Connection, place: str, incidents: Iterable[Incident], now: datetime) -> None:
    """Keep all incidents of a place after a step, in place of those that were not closed before it."""
    connection.execute(_FORGET_CURRENT, (place,))
    for incident in sorted(incidents, key=lambda item: item.state is not State.CLOSED):
        values = {
            "id": incident.id,
            "place": place,
            "key": incident.key,
            "state": incident.state.value,
            "text": text_of_incident(incident),
            "now": instant_text(now),
        }
        connection.execute(_KEEP, values)


def newest_incidents(connection: sqlite3.Connection, place: str, limit: int = 200) -> tuple[Incident, ...]:
    """Return the incidents of a place that were ever opened, as whoever is on call wants them.

    All that last come first, the worst before the rest and the oldest before the younger; then those that are over for now; then
    the newest `limit` that are closed. Of these two the last to end comes first.
    """
    current = [incident for incident in current_incidents(connection, place) if incident.state is not State.NEW]
    live = sorted((incident for incident in current if incident.is_live), key=_urgency)
    over = [incident for incident in current if not incident.is_live]
    return (*live, *_last_first(over), *_last_first(_read(connection.execute(_CLOSED, (place, limit)))))


def _urgency(incident: Incident) -> tuple[int, datetime, str]:
    return (-incident.severity, incident.since or incident.first_seen, incident.key)


def _last_first(incidents: Iterable[Incident]) -> list[Incident]:
    return sorted(incidents, key=lambda incident: (incident.changed_at, incident.key), reverse=True)


def _read(rows: Iterable[tuple[str]]) -> tuple[Incident, ...]:
    found: list[Incident] = []
    for (text,) in rows:
        with suppress(IncidentCodecError):  # of another version of the program; the next run opens it anew
            found.append(incident_of_text(text))
    return tuple(found)
