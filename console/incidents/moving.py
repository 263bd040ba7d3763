"""A run moves the incidents on and decides who is told what, in one transaction: both happen, or neither.

This is the one way for watcher, server and `--alert`: `move` with a report, `remind` between two reports, then `deliver`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from checks.incidents.incident import Event, Incident, Rules, Run
from checks.incidents.stepping import step
from console.incidents.shelf import current_incidents, keep_incidents
from console.journal import Journal
from console.notify.codec import ledger_of_text, text_of_ledger
from console.notify.deciding import Situation, catching_up, decide, next_due
from console.notify.notice import Ledger, Manner, Notice
from console.notify.outbox import NoticeOutbox, put_notices
from console.notify.sinks.sink import Sink

_LEDGER = "SELECT text FROM ledger WHERE place = ?"
_KEEP_LEDGER = "INSERT INTO ledger VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET text = excluded.text"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a run came to: the incidents that are not closed, what happened to them, and what people are told of it.

    `next_due` is when there is something to tell again even without a run.
    """

    incidents: tuple[Incident, ...]
    events: tuple[Event, ...]
    notices: tuple[Notice, ...]
    next_due: datetime | None


def move(journal: Journal, run: Run, sinks: Iterable[Sink], rules: Rules, manner: Manner) -> Moved:
    """Let a run move the incidents of its place on, and put what is to be told into the outbox. Raises JournalError."""
    with journal.writing() as connection:
        done = step(current_incidents(connection, run.place), run, rules)
        keep_incidents(connection, run.place, done.incidents, run.now)
        return _tell(connection, run, done.current, done.events, sinks, manner)


def remind(journal: Journal, run: Run, sinks: Iterable[Sink], manner: Manner) -> Moved:
    """Put what is due without a new run into the outbox: reminders, escalations, the digest and what was held back.

    `run` is the last run, with the present time as its `now`. Raises JournalError.
    """
    with journal.writing() as connection:
        return _tell(connection, run, current_incidents(connection, run.place), (), sinks, manner)


def deliver(outbox: NoticeOutbox, sinks: Iterable[Sink]) -> int:
    """Send what waits for each sink, and return how many notices have arrived. Raises JournalError."""
    return sum(outbox.deliver(sink) for sink in sinks)


def last_ledger(connection: sqlite3.Connection, place: str) -> Ledger:
    """Return what was told about a place; an empty ledger where nothing was, or where another version wrote it."""
    row = connection.execute(_LEDGER, (place,)).fetchone()
    try:
        return ledger_of_text(row[0]) if row else Ledger()
    except (ValueError, KeyError, TypeError):
        return Ledger()


def held_back(connection: sqlite3.Connection, place: str) -> tuple[Notice, ...]:
    """Return what is to be told about a place and goes to no sink yet: the ceiling, or the minute of its thread, holds it back.

    Nothing where no sink was ever sent anything about the place: there nobody is to be told.
    """
    has_sinks = connection.execute("SELECT 1 FROM notice WHERE place = ? LIMIT 1", (place,)).fetchone()
    return last_ledger(connection, place).waiting if has_sinks else ()


def keep_ledger(connection: sqlite3.Connection, place: str, ledger: Ledger) -> None:
    """Keep what was told about a place."""
    connection.execute(_KEEP_LEDGER, (place, text_of_ledger(ledger)))


def _tell(
    connection: sqlite3.Connection,
    run: Run,
    incidents: tuple[Incident, ...],
    events: tuple[Event, ...],
    sinks: Iterable[Sink],
    manner: Manner,
) -> Moved:
    situation = Situation(run.place, run.report, incidents, events, run.now)
    before, ways = last_ledger(connection, run.place), tuple(sinks)
    told = decide(situation, before, manner)
    keep_ledger(connection, run.place, replace(told.ledger, sinks=tuple(way.name for way in ways)))
    put_notices(connection, told.notices, ways, run.now)
    if before.sinks is not None:
        new = [way for way in ways if way.name not in before.sinks]
        put_notices(connection, catching_up(situation, told), new, run.now)
    return Moved(incidents, events, told.notices, next_due(incidents, told.ledger, run.now, manner))


def with_clock(run: Run, now: datetime) -> Run:
    """Return a run as it looks later: the same report, another time (aware UTC)."""
    return replace(run, now=now)
