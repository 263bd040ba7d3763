"""Notices that one host's watcher has decided on and another's is to send: under the same key, so that a receiver knows them.

What is not known is whether the first host had sent one when it died. A receiver that takes each key once, as PagerDuty and a
webhook's do, is not told twice, and in a Slack channel a bot looks first (`sinks.sink.CanLook`). Slack's incoming webhooks and
the standard output can do neither: there the one message that was under way, or was doubtful, may stand twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.journal import instant_text
from console.notify.codec import text_of_notice
from console.notify.laying_down import lay_down_but_for
from console.notify.notice import Notice
from console.notify.standings import OPEN

WAITING = f"SELECT sink, text, tries FROM notice WHERE place = ? AND {OPEN} ORDER BY number"  # noqa: S608 - our own
_TAKE_UP = """
    INSERT INTO notice (sink, key, place, thread, escalates, text, tries, put_at)
    VALUES (:sink, :key, :place, :thread, :escalates, :text, :tries, :now)
    ON CONFLICT (sink, key) DO UPDATE SET state = 'waiting', settled_at = NULL, next_at = '' WHERE state = 'superseded'
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """A notice that waited for the sink of that name, and how often it was tried."""

    sink: str
    notice: Notice
    tries: int


def take_up(
    connection: sqlite3.Connection, place: str, carried: Iterable[Carried], sinks: Iterable[str], now: datetime
) -> None:
    """Let wait in this journal what waited in another's, in place of all that waited here; for the `sinks` that there are.

    What was sent from here is not sent again. Inside the caller's transaction; `now` is aware UTC.
    """
    known = set(sinks)
    lay_down_but_for(connection, place, (), now)
    for item in (item for item in carried if item.sink in known):
        values = {
            "sink": item.sink,
            "key": item.notice.key,
            "place": place,
            "thread": item.notice.thread,
            "escalates": item.notice.is_escalation,
            "text": text_of_notice(item.notice),
            "tries": item.tries,
            "now": instant_text(now),
        }
        connection.execute(_TAKE_UP, values)
