"""Notices that nobody is to send any more, because their sink is gone, was gone for a while, or because they are no longer true.

They are settled, so that they count as untold no more and the retention removes them. What is being sent at this moment goes on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from console.journal import instant_text
from console.notify.standings import OPEN

_OF_OTHERS = f"""
    UPDATE notice SET state = 'superseded', settled_at = :now, claim = ''
    WHERE place = :place AND {OPEN} AND sink NOT IN (SELECT value FROM json_each(:sinks))
"""  # noqa: S608  # a clause of our own
_OF_THREAD = f"""
    UPDATE notice SET state = 'superseded', settled_at = :now
    WHERE place = :place AND thread = :thread AND {OPEN} AND state != 'sending'
"""  # noqa: S608  # as above


def lay_down_but_for(connection: sqlite3.Connection, place: str, sinks: Iterable[str], now: datetime) -> None:
    """Lay down what waits about a place for any sink but these, by their names. `now` is aware UTC."""
    values = {"place": place, "sinks": json.dumps([*sinks]), "now": instant_text(now)}
    connection.execute(_OF_OTHERS, values)


def lay_down_thread(connection: sqlite3.Connection, place: str, thread: str, now: datetime) -> None:
    """Lay down what waits in a thread for whichever sink. `now` is aware UTC."""
    connection.execute(_OF_THREAD, {"place": place, "thread": thread, "now": instant_text(now)})
