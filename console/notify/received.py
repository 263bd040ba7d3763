"""Which messages of the last hour anybody has received: only those count against the ceiling of messages an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

from console.journal import instant_text
from console.notify.notice import held_back_thread

_HEARD = """
    SELECT put_at, sum(is_heard) FROM (
        SELECT min(put_at) AS put_at,
            max(state IN ('sent', 'sending', 'doubtful') OR (state = 'waiting' AND tries = 0)) AS is_heard
        FROM notice WHERE place = ? AND thread != ? AND put_at >= ? GROUP BY key
    ) GROUP BY put_at
"""
"""How many notices of each moment have arrived somewhere, may have, or are on their way."""


def unheard(connection: sqlite3.Connection, place: str, sent: Collection[datetime]) -> tuple[datetime, ...]:
    """Return of the moments (aware UTC) at which messages about a place were decided on those whose message reached nobody.

    Every sink has failed so far, or something newer took its place before it was sent. Of a moment of which the outbox knows
    nothing, as one that another host left, all count as received.
    """
    if not sent:
        return ()
    rows = connection.execute(_HEARD, (place, held_back_thread(place), instant_text(min(sent))))
    heard: dict[str, int] = dict(rows.fetchall())
    silent: list[datetime] = []
    for moment in sent:
        text = instant_text(moment)
        if text not in heard:
            continue
        if heard[text] > 0:
            heard[text] -= 1
        else:
            silent.append(moment)
    return tuple(silent)
