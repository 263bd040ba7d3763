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
    INSERT INTO heartbeat (name, place, checks, at, host, says, every_seconds) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (name, place, checks) DO UPDATE SET
        at = excluded.at, host = excluded.host, says = excluded.says, every_seconds = excluded.every_seconds
"""
_FORGET = "DELETE FROM heartbeat WHERE name = ? AND place = ? AND checks = ?"
_LAST = (
    "SELECT at, host, says, every_seconds, checks FROM heartbeat WHERE name = ? AND place = ? ORDER BY at DESC, checks"
)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last run: when it ended (aware UTC), on which host, and what it came to.

    `every` is how often it is meant to run; None where nobody has said. `checks` are those that a watcher was told to run, as
    `checks.facts.watcher_runs` writes them; "" is all of them.
    """

    at: datetime
    host: str
    says: str
    every: timedelta | None = None
    checks: str = ""


def beat(journal: Journal, name: str, place: str, heartbeat: Heartbeat) -> None:
    """Keep the newest sign of life of `name` at the warehouse `place`, one for each choice of checks. Raises JournalError."""
    with journal.writing() as connection:
        beat_with(connection, name, place, heartbeat)


def beat_with(connection: sqlite3.Connection, name: str, place: str, heartbeat: Heartbeat) -> None:
    """Do as `beat` in somebody's transaction, so that a run and its sign of life are kept together or not at all."""
    words = (for_terminal(heartbeat.host, LONGEST_WORDS), for_terminal(heartbeat.says, LONGEST_WORDS))
    every = None if heartbeat.every is None else heartbeat.every.total_seconds()
    connection.execute(_BEAT, (name, place, heartbeat.checks, instant_text(heartbeat.at), *words, every))


def forget_heartbeat(journal: Journal, name: str, place: str, checks: str) -> bool:
    """Forget the last run of a choice of checks, and return whether there was one: nobody here misses it. Raises JournalError."""
    with journal.writing() as connection:
        return connection.execute(_FORGET, (name, place, checks)).rowcount > 0


def last_heartbeat(journal: Journal | None, name: str, place: str) -> Heartbeat | None:
    """Return the newest sign of life, whatever was run, None where there was never one or no journal. Raises JournalError."""
    return next(iter(heartbeats(journal, name, place)), None)


def heartbeats(journal: Journal | None, name: str, place: str) -> tuple[Heartbeat, ...]:
    """Return the newest sign of life of each choice of checks, the newest of all first. Raises JournalError."""
    if journal is None:
        return ()
    with journal.reading() as connection:
        rows = connection.execute(_LAST, (name, place)).fetchall()
    return tuple(
        Heartbeat(instant_of(at), host, says, None if every is None else timedelta(seconds=every), checks)
        for at, host, says, every, checks in rows
    )


def sign_of_life(name: str, heartbeat: Heartbeat | None, now: datetime) -> str:
    """Return `drainer last ran 12 min ago, at … on ops-1: …`, or that it never did on this host."""
    if heartbeat is None:
        return f"{name}: never on this host"
    ago = minutes_between(heartbeat.at, now)
    when = f"{format_minutes(ago)} ago" if ago >= 0 else "at a time that this clock has yet to reach"
    whose = f"{name} of {heartbeat.checks.replace(',', ', ')}" if heartbeat.checks else name
    return f"{whose} last ran {when}, {format_utc(heartbeat.at)} on {heartbeat.host}: {heartbeat.says}"


def watcher_runs(journal: Journal | None, place: str) -> tuple[WatcherRun, ...]:
    """Return the last run of each choice of checks on `place` from this host, as the warehouse would have it.

    Raises JournalError.
    """
    return tuple(
        WatcherRun(found.at, found.host, int(found.every.total_seconds()), found.says.partition(" ")[0], found.checks)
        for found in heartbeats(journal, WATCHER, place)
        if found.every is not None
    )
