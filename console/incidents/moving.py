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
from console.incidents.returning import missed_ends
from console.incidents.shelf import current_incidents, keep_incidents
from console.journal import Journal
from console.notify.codec import ledger_of_text, text_of_ledger
from console.notify.deciding import Situation, catching_up, decide, next_due
from console.notify.laying_down import lay_down_but_for, lay_down_thread
from console.notify.notice import Ledger, Manner, Notice, held_back_thread
from console.notify.outbox import NoticeOutbox, is_for, put_notices
from console.notify.received import places
from console.notify.sinks.sink import Sink

_LEDGER = "SELECT text FROM ledger WHERE place = ?"
_KEEP_LEDGER = "INSERT INTO ledger VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET text = excluded.text"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a run came to: the incidents that are not closed, what happened to them, and what people are told of it.

    `next_due` is when there is something to tell again even without a run, `unread` how many notices gave way that another
    version of the program had written and this one cannot read.
    """

    incidents: tuple[Incident, ...]
    events: tuple[Event, ...]
    notices: tuple[Notice, ...]
    next_due: datetime | None
    unread: int = 0


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
    names = tuple(way.name for way in ways)
    new = [way for way in ways if before.sinks is not None and way.name not in before.sinks]
    # What waits for a sink that is gone or was is nobody's to send, and holds no place any more.
    lay_down_but_for(connection, run.place, set(names).difference(way.name for way in new), run.now)
    held = places(connection, run.place, before.sent, names, run.now)
    counted = replace(before, sent=tuple(item.counts_from for item in held))
    told = decide(situation, counted, manner, lambda notice: any(is_for(way, notice, connection) for way in ways))
    sent = (*(item.decided_at for item in held), *told.ledger.sent[len(held) :])
    keep_ledger(connection, run.place, replace(told.ledger, sent=sent, sinks=names))
    if not told.ledger.waiting:
        lay_down_thread(connection, run.place, held_back_thread(run.place), run.now)
    missed = [(missed_ends(connection, situation, way.name, told), [way]) for way in new]
    # What lasts is put last: so it has the last word in a thread in which something else has ended.
    posts = (*missed, (told.notices, ways), (catching_up(situation, told), new))
    unread = sum(put_notices(connection, notices, to, run.now) for notices, to in posts)
    return Moved(incidents, events, told.notices, next_due(incidents, told.ledger, run.now, manner), unread)


def with_clock(run: Run, now: datetime) -> Run:
    """Return a run as it looks later: the same report, another time (aware UTC)."""
    return replace(run, now=now)
