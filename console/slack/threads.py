"""The Slack threads of incidents, as another host needs them to answer in the same ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.journal import instant_text
from console.slack.statements import KEEP_THREAD, THREAD

_ALL = "SELECT destination, incident, ts, standing FROM slack_thread ORDER BY destination, incident"


@dataclass(frozen=True, slots=True)
class SlackThread:
    """A channel's id, the thread of an incident, its parent message as Slack knows it, and what that says."""

    destination: str
    incident: str
    ts: str
    standing: str


def threads_of(connection: sqlite3.Connection, incidents: Iterable[str]) -> tuple[SlackThread, ...]:
    """Return the threads that there are of incidents."""
    wanted = set(incidents)
    found = (SlackThread(*row) for row in connection.execute(_ALL))
    return tuple(thread for thread in found if thread.incident in wanted)


def has_thread(connection: sqlite3.Connection, destination: str, incident: str) -> bool:
    """Return whether an incident was ever written of in a channel, as far as is known here."""
    return connection.execute(THREAD, (destination, incident)).fetchone() is not None


def keep_threads(connection: sqlite3.Connection, threads: Iterable[SlackThread], now: datetime) -> None:
    """Keep threads in place of what was known of them. `now` is aware UTC."""
    for thread in threads:
        values = (thread.destination, thread.incident, thread.ts, thread.standing, instant_text(now))
        connection.execute(KEEP_THREAD, values)
