"""Notices in the journal from the moment they are decided on until they have arrived: in order, each once for each sink.

A notice is put in the same transaction that moves the incidents on, so whoever dies has either done both or neither. What is sent
is claimed first and settled afterwards; whoever comes after a crash sends it again under the same key, by which Slack's outbox,
PagerDuty and a webhook's receiver know that it is the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from console.journal import Journal, instant_text
from console.notify.codec import notice_of_text, text_of_notice
from console.notify.notice import Notice
from console.notify.sinks.sink import Sink, SinkError

LEASE = timedelta(minutes=5)
"""For how long whoever sends keeps others away: longer than all tries of one notice take."""
FIRST_BACKOFF_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 600.0
MOST_STEPS = 200
"""Of one call; what is left then waits for the next."""


class State(Enum):
    """Where a notice is on its way; the value is what the journal keeps."""

    WAITING = "waiting"
    SENDING = "sending"
    """It is being sent, or was when the process ended."""
    SENT = "sent"
    SUPERSEDED = "superseded"
    """Something newer of its thread says more, and it had never been tried."""
    REFUSED = "refused"
    """It will never be taken."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sink stands: how many notices wait, how many were refused, and a trouble of theirs, or ""."""

    sink: str
    waiting: int
    refused: int
    error: str


@dataclass(frozen=True, slots=True)
class _Claimed:
    number: int
    claim: str
    tries: int
    notice: Notice


class NoticeOutbox:
    """The outbox in a journal, shared by threads and processes. `now` returns aware UTC, `random` 0 up to 1.

    Raises JournalError from every method.
    """

    def __init__(self, journal: Journal, now: Callable[[], datetime], random: Callable[[], float]) -> None:
        self._journal = journal
        self._now = now
        self._random = random

    def deliver(self, sink: Sink) -> int:
        """Send what waits for a sink and is due, oldest first within each thread, and return how many have arrived."""
        sent = 0
        for _ in range(MOST_STEPS):
            claimed = self._claim(sink.name)
            if claimed is None:
                break
            try:
                sink.send(claimed.notice)
            except SinkError as error:
                self._note_failure(claimed, error)
            else:
                self._settle(claimed, State.SENT, "")
                sent += 1
        return sent

    def next_due(self) -> datetime | None:
        """Return when something waits to be sent, None where nothing does; a moment that is past means now."""
        with self._journal.reading() as connection:
            (found,) = connection.execute(_NEXT).fetchone()
        return datetime.fromisoformat(found) if found else None

    def _claim(self, sink: str) -> _Claimed | None:
        """Return the oldest notice that is due and the first of its thread, now this process's; None when there is none."""
        now = self._now()
        values = {"sink": sink, "now": instant_text(now), "claim": instant_text(now + LEASE)}
        with self._journal.writing() as connection:
            row = connection.execute(_DUE, values).fetchone()
            if row is None:
                return None
            connection.execute(_CLAIM, {**values, "number": row[0]})
        return _Claimed(row[0], values["claim"], row[1] + 1, notice_of_text(row[2]))

    def _note_failure(self, claimed: _Claimed, error: SinkError) -> None:
        if not error.again:
            self._settle(claimed, State.REFUSED, str(error))
            return
        # "Full jitter" (AWS Architecture Blog, Exponential Backoff and Jitter), on top of what was asked for.
        longest = min(FIRST_BACKOFF_SECONDS * 2.0 ** min(claimed.tries - 1, 30), LONGEST_BACKOFF_SECONDS)
        wait = timedelta(seconds=error.wait_seconds + self._random() * longest)
        self._settle(claimed, State.WAITING, str(error), next_at=self._now() + wait)

    def _settle(self, claimed: _Claimed, state: State, error: str, *, next_at: datetime | None = None) -> None:
        """Note the end of a try, unless it took so long that another process has taken it over."""
        now = instant_text(self._now())
        values = {
            "number": claimed.number,
            "claim": claimed.claim,
            "state": state.value,
            "error": error,
            "next_at": instant_text(next_at) if next_at else "",
            "settled_at": None if state is State.WAITING else now,
        }
        with self._journal.writing() as connection:
            connection.execute(_SETTLE, values)


def put_notices(
    connection: sqlite3.Connection, notices: Iterable[Notice], sinks: Iterable[Sink], now: datetime
) -> None:
    """Keep notices for each sink that wants them, inside the caller's transaction; one of a key is kept once.

    What waits in the same thread and was never tried is superseded by what replaces it.
    """
    wanting = tuple(sinks)
    for notice in notices:
        for sink in (sink for sink in wanting if sink.wants(notice)):
            values = {
                "sink": sink.name,
                "key": notice.key,
                "place": notice.place,
                "thread": notice.thread,
                "escalates": notice.is_escalation,
                "text": text_of_notice(notice),
                "now": instant_text(now),
            }
            if connection.execute(_PUT, values).rowcount:
                for number, text in connection.execute(_UNTRIED, values).fetchall():
                    if notice.replaces(notice_of_text(text)):
                        connection.execute(_SUPERSEDE, {"number": number, "now": values["now"]})


def standings_of(connection: sqlite3.Connection) -> tuple[Standing, ...]:
    """Return how each sink stands that had a notice of late, by name."""
    return tuple(Standing(*row) for row in connection.execute(_STANDINGS))


_PUT = """
    INSERT INTO notice (sink, key, place, thread, escalates, text, put_at)
    VALUES (:sink, :key, :place, :thread, :escalates, :text, :now) ON CONFLICT (sink, key) DO NOTHING
"""
_UNTRIED = """
    SELECT number, text FROM notice
    WHERE sink = :sink AND thread = :thread AND key != :key AND state = 'waiting' AND tries = 0
"""
_SUPERSEDE = "UPDATE notice SET state = 'superseded', settled_at = :now WHERE number = :number"
_FIRST_OF_THREAD = """
    NOT EXISTS (
        SELECT 1 FROM notice AS earlier WHERE earlier.sink = mine.sink AND earlier.thread = mine.thread
            AND earlier.number < mine.number AND earlier.state IN ('waiting', 'sending')
    )
"""
_DUE = f"""
    SELECT number, tries, text FROM notice AS mine
    WHERE sink = :sink AND state IN ('waiting', 'sending') AND next_at <= :now
        AND (claim <= :now OR claim > :claim)  -- one of a clock that has been set back since is over, as in `console.lease`
        AND {_FIRST_OF_THREAD} ORDER BY number LIMIT 1
"""  # noqa: S608 - a clause of our own
_CLAIM = "UPDATE notice SET state = 'sending', claim = :claim, tries = tries + 1 WHERE number = :number"
_SETTLE = """
    UPDATE notice SET state = :state, error = :error, next_at = :next_at, settled_at = :settled_at, claim = ''
    WHERE number = :number AND claim = :claim
"""
_NEXT = f"""
    SELECT min(max(put_at, next_at, claim)) FROM notice AS mine
    WHERE state IN ('waiting', 'sending') AND {_FIRST_OF_THREAD}
"""  # noqa: S608 - as above
_STANDINGS = """
    SELECT sink, sum(state IN ('waiting', 'sending')), sum(state = 'refused'), max(error)
    FROM notice GROUP BY sink ORDER BY sink
"""
