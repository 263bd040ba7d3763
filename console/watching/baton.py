"""What the watcher that leads hands to one of another host that takes over: incidents, what was told of them, what waits.

Without it the other would tell all that is open once more, because what was told stands in the first one's journal.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from checks.incidents.incident import Incident
from console.incidents.codec import incident_of_text, text_of_incident
from console.incidents.moving import keep_ledger, last_ledger
from console.incidents.shelf import current_incidents, keep_incidents
from console.journal_statements import PREFER, PREFERENCE
from console.notify.carrying import WAITING, Carried, take_up
from console.notify.codec import (
    ledger_of_text,
    notice_of_text,
    readable_notice,
    text_of_ledger,
    text_of_notice,
)
from console.notify.notice import Ledger
from console.slack.threads import SlackThread, keep_threads, threads_of


class BatonError(ValueError):
    """A text is no baton that this version can read."""


@dataclass(frozen=True, slots=True)
class Baton:
    """The state of one place as whoever leads has it: the incidents that are not closed, what was told, and what waits."""

    incidents: tuple[Incident, ...]
    ledger: Ledger
    waiting: tuple[Carried, ...]
    threads: tuple[SlackThread, ...]


def gathered(connection: sqlite3.Connection, place: str) -> Baton:
    """Return the baton as a journal has it; what waits of another version stays there, as nobody can read it here."""
    incidents = current_incidents(connection, place)
    waiting = ((sink, readable_notice(text), tries) for sink, text, tries in connection.execute(WAITING, (place,)))
    return Baton(
        incidents,
        last_ledger(connection, place),
        tuple(Carried(sink, notice, tries) for sink, notice, tries in waiting if notice is not None),
        threads_of(connection, {incident.thread for incident in incidents}),
    )


def adopt(connection: sqlite3.Connection, place: str, baton: Baton, sinks: Iterable[str], now: datetime) -> None:
    """Go on where another host stopped, in place of what this journal knew of the place. `now` is aware UTC.

    What waited here is not sent any more: the other has told what there was to tell, or it waits in the baton.
    """
    keep_incidents(connection, place, baton.incidents, now)
    keep_ledger(connection, place, baton.ledger)
    take_up(connection, place, baton.waiting, sinks, now)
    keep_threads(connection, baton.threads, now)


def was_taken(connection: sqlite3.Connection, name: str, stamp: str) -> bool:
    """Return whether this journal has taken the baton of that stamp before."""
    row = connection.execute(PREFERENCE, (f"baton {name}",)).fetchone()
    return row is not None and row[0] == stamp


def note_taken(connection: sqlite3.Connection, name: str, stamp: str) -> None:
    """Keep that it was, in the transaction that takes it."""
    connection.execute(PREFER, (f"baton {name}", stamp))


def text_of_baton(baton: Baton) -> str:
    """Return a baton as JSON in one line; the same text for the same state."""
    return json.dumps(
        {
            "incidents": [text_of_incident(incident) for incident in baton.incidents],
            "ledger": text_of_ledger(baton.ledger),
            "waiting": [[item.sink, text_of_notice(item.notice), item.tries] for item in baton.waiting],
            "threads": [asdict(thread) for thread in baton.threads],
        }
    )


def baton_of_text(text: str) -> Baton:
    """Return the baton that `text_of_baton` wrote. Raises BatonError."""
    try:
        raw: dict[str, Any] = json.loads(text)
        return Baton(
            tuple(incident_of_text(item) for item in raw["incidents"]),
            ledger_of_text(raw["ledger"]),
            tuple(Carried(sink, notice_of_text(notice), int(tries)) for sink, notice, tries in raw["waiting"]),
            tuple(SlackThread(**thread) for thread in raw["threads"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BatonError(f"this is no state that this version can read: {error}") from error
