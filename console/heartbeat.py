"""Signs of life of what runs by itself: when the drainer or the watcher last ran on this host, and what that came to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.facts.watcher_runs import WatcherRun
from checks.times import format_minutes, format_utc, minutes_between
from console.journal import LONGEST_WORDS, Journal, instant_of, instant_text
from screens.clean import for_terminal

DRAINER = "drainer"
WATCHER = "watcher"

_BEAT = """
    INSERT INTO heartbeat (name, place, at, host, says, every_seconds) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (name, place) DO UPDATE SET
        at = excluded.at, host = excluded.host, says = excluded.says, every_seconds = excluded.every_seconds
"""
_LAST = "SELECT at, host, says, every_seconds FROM heartbeat WHERE name = ? AND place = ?"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last run: when it ended (aware UTC), on which host, and what it came to.

    `every` is how often it is meant to run; None where nobody has said.
    """

    at: datetime
    host: str
    says: str
    every: timedelta | None = None


def beat(journal: Journal, name: str, place: str, heartbeat: Heartbeat) -> None:
    """Keep the newest sign of life of `name` at the warehouse `place`. Raises JournalError."""
    with journal.writing() as connection:
        beat_with(connection, name, place, heartbeat)


def beat_with(connection: sqlite3.Connection, name: str, place: str, heartbeat: Heartbeat) -> None:
    """Do as `beat` in somebody's transaction, so that a run and its sign of life are kept together or not at all."""
    words = (for_terminal(heartbeat.host, LONGEST_WORDS), for_terminal(heartbeat.says, LONGEST_WORDS))
    every = None if heartbeat.every is None else heartbeat.every.total_seconds()
    connection.execute(_BEAT, (name, place, instant_text(heartbeat.at), *words, every))


def last_heartbeat(journal: Journal | None, name: str, place: str) -> Heartbeat | None:
    """Return the newest sign of life, None where there was never one or no journal. Raises JournalError."""
    if journal is None:
        return None
    with journal.reading() as connection:
        row = connection.execute(_LAST, (name, place)).fetchone()
    if row is None:
        return None
    return Heartbeat(instant_of(row[0]), row[1], row[2], None if row[3] is None else timedelta(seconds=row[3]))


def sign_of_life(name: str, heartbeat: Heartbeat | None, now: datetime) -> str:
    """Return `drainer last ran 12 min ago, at … on ops-1: …`, or that it never did on this host."""
    if heartbeat is None:
        return f"{name}: never on this host"
    ago = minutes_between(heartbeat.at, now)
    when = f"{format_minutes(ago)} ago" if ago >= 0 else "at a time that this clock has yet to reach"
    return f"{name} last ran {when}, {format_utc(heartbeat.at)} on {heartbeat.host}: {heartbeat.says}"


def watcher_runs(journal: Journal | None, place: str) -> tuple[WatcherRun, ...]:
    """Return the last run of a watcher of `place` on this host as the warehouse would have it. Raises JournalError."""
    found = last_heartbeat(journal, WATCHER, place)
    if found is None or found.every is None:
        return ()
    verdict = found.says.partition(" ")[0]
    return (WatcherRun(found.at, found.host, int(found.every.total_seconds()), verdict),)
