"""Notices in the journal from the moment they are decided on until they have arrived: in order, each once for each sink.

A notice is put in the same transaction that moves the incidents on, so whoever dies has either done both or neither. What is sent
is claimed first and settled afterwards; whoever comes after a crash sends it again under the same key, by which Slack's outbox,
PagerDuty and a webhook's receiver know that it is the same.

Nothing is given up. What was refused, and what may have arrived while nobody can find out, is tried again at least every hour
until it has arrived or something newer of its thread says more: nobody must be left untold because a key was wrong for a night.
Only what waits for a sink that the settings name no more is laid down (`console.notify.laying_down`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from console.journal import Journal, instant_text
from console.notify.codec import readable_notice, text_of_notice
from console.notify.notice import Notice
from console.notify.sinks.sink import LONGEST_WAIT_SECONDS, Follows, Sink, SinkError
from console.notify.standings import OPEN

LEASE = timedelta(minutes=5)
"""For how long whoever sends keeps others away: longer than all tries of one notice take."""
FIRST_BACKOFF_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 600.0
FIRST_DOUBT_SECONDS, LONGEST_DOUBT_SECONDS = 60.0, 3600.0
"""As the two above, of what was refused or is doubtful: somebody has to do something first, and a repetition disturbs people."""
LONGEST_QUIET = timedelta(seconds=LONGEST_WAIT_SECONDS + LONGEST_BACKOFF_SECONDS)
"""No try is put off for longer: what is due later than this was put off by a clock that has been set back since."""
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
    """It was not taken, and somebody has to see to the address, the login or the message."""
    DOUBTFUL = "doubtful"
    """It may have arrived, and nobody can find out."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    number: int
    claim: str
    tries: int
    text: str


class NoticeOutbox:
    """The outbox of the warehouse `place` in a journal, shared by threads and processes.

    What waits about another warehouse waits for that one's own run: its people are others, and so may its sinks be. `now` returns
    aware UTC, `random` 0 up to 1. Raises JournalError from every method.
    """

    def __init__(self, journal: Journal, place: str, now: Callable[[], datetime], random: Callable[[], float]) -> None:
        self._journal = journal
        self._place = place
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
                sink.send(_read(claimed.text))
            except SinkError as error:
                self._note_failure(claimed, error)
            # courtside: ignore[silent_exceptions] it is kept as the notice's trouble; a defect of one sink silences no other
            except Exception as error:  # noqa: BLE001  # see above
                self._note_failure(claimed, SinkError(f"a defect while sending: {type(error).__name__}", again=True))
            else:
                self._settle(claimed, State.SENT, "")
                sent += 1
        return sent

    def next_due(self) -> datetime | None:
        """Return when something waits to be sent, None where nothing does; a moment that is past means now."""
        with self._journal.reading() as connection:
            (found,) = connection.execute(_NEXT, self._moments()).fetchone()
        return datetime.fromisoformat(found) if found else None

    def _claim(self, sink: str) -> _Claimed | None:
        """Return the oldest notice that is due and the first of its thread, now this process's; None when there is none."""
        values = {"sink": sink, **self._moments()}
        with self._journal.writing() as connection:
            row = connection.execute(_DUE, values).fetchone()
            if row is None:
                return None
            connection.execute(_CLAIM, {**values, "number": row[0]})
        return _Claimed(row[0], values["claim"], row[1] + 1, row[2])

    def _moments(self) -> dict[str, str]:
        now = self._now()
        moments = {"now": now, "claim": now + LEASE, "latest": now + LONGEST_QUIET}
        return {"place": self._place, **{name: instant_text(moment) for name, moment in moments.items()}}

    def _note_failure(self, claimed: _Claimed, error: SinkError) -> None:
        """Keep why it has not arrived, and when it is tried again."""
        state = State.DOUBTFUL if error.is_doubtful else State.WAITING if error.again else State.REFUSED
        first, most = FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS
        if state is not State.WAITING:
            first, most = FIRST_DOUBT_SECONDS, LONGEST_DOUBT_SECONDS
        # "Full jitter" (AWS Architecture Blog, Exponential Backoff and Jitter), on top of what was asked for.
        longest = min(first * 2.0 ** min(claimed.tries - 1, 30), most)
        wait = timedelta(seconds=error.wait_seconds + self._random() * longest)
        self._settle(claimed, state, str(error), next_at=self._now() + wait)

    def _settle(self, claimed: _Claimed, state: State, error: str, *, next_at: datetime | None = None) -> None:
        """Note the end of a try, unless it took so long that another process has taken it over."""
        now = instant_text(self._now())
        values = {
            "number": claimed.number,
            "claim": claimed.claim,
            "state": state.value,
            "error": error,
            "next_at": instant_text(next_at) if next_at else "",
            "settled_at": now if state is State.SENT else None,
        }
        with self._journal.writing() as connection:
            is_ours = connection.execute(_SETTLE, values).rowcount
            if is_ours and state is State.SENT:
                connection.execute(_OPEN_THE_DOOR, values)


def _read(text: str) -> Notice:
    """Return the notice of a text. Raises SinkError for one of another version, which is seen until something newer is put."""
    notice = readable_notice(text)
    if notice is None:
        raise SinkError(
            "another version of courtside wrote this message, and this one cannot read it: `courtside incidents` tells what "
            "is open",
            again=False,
        )
    return notice


def put_notices(connection: sqlite3.Connection, notices: Iterable[Notice], sinks: Iterable[Sink], now: datetime) -> int:
    """Keep notices for each sink that wants them, inside the caller's transaction; one of a key is kept once.

    What waits in the same thread and was never tried is superseded by what replaces it, and so is what has not arrived for sure.
    So is what another version wrote and this one cannot read; return how much that was.
    """
    wanting, unread = tuple(sinks), 0
    for notice in notices:
        for sink in (sink for sink in wanting if is_for(sink, notice, connection)):
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
                unread += _give_way(connection, notice, values)
    return unread


def _give_way(connection: sqlite3.Connection, notice: Notice, values: Mapping[str, object]) -> int:
    """Supersede what a notice replaces that was put with `values`; return how much of that could not be read."""
    unread = 0
    for number, text in connection.execute(_UNTRIED, values).fetchall():
        earlier = readable_notice(text)
        if earlier is None or notice.replaces(earlier):
            connection.execute(_SUPERSEDE, {"number": number, "now": values["now"]})
        unread += earlier is None
    return unread


def is_for(sink: Sink, notice: Notice, connection: sqlite3.Connection) -> bool:
    """Return whether whoever is behind a sink wants a notice, or follows what it says."""
    return sink.wants(notice) or (isinstance(sink, Follows) and sink.follows(notice, connection))


_PUT = """
    INSERT INTO notice (sink, key, place, thread, escalates, text, put_at)
    VALUES (:sink, :key, :place, :thread, :escalates, :text, :now) ON CONFLICT (sink, key) DO NOTHING
"""
_UNTRIED = """
    SELECT number, text FROM notice
    WHERE place = :place AND sink = :sink AND thread = :thread AND key != :key
        AND ((state = 'waiting' AND tries = 0) OR state IN ('refused', 'doubtful'))
"""
_SUPERSEDE = "UPDATE notice SET state = 'superseded', settled_at = :now WHERE number = :number"
_WHEN = """
    max(
        min(put_at, :now),
        -- what a clock has written that has been set back since is over, as in `console.lease`
        CASE WHEN claim > :claim THEN '' ELSE claim END,
        CASE WHEN next_at > :latest OR put_at > :now THEN '' ELSE next_at END
    )
"""
"""When a notice is due."""
_FIRST_OF_THREAD = """
    NOT EXISTS (
        SELECT 1 FROM notice AS earlier
        WHERE earlier.place = mine.place AND earlier.sink = mine.sink AND earlier.thread = mine.thread
            AND earlier.number < mine.number AND earlier.state IN ('waiting', 'sending')
    )
"""
"""What was refused or is doubtful holds up nothing that comes after it."""
_DUE = f"""
    SELECT number, tries, text FROM notice AS mine
    WHERE place = :place AND sink = :sink AND {OPEN} AND {_WHEN} <= :now AND {_FIRST_OF_THREAD} ORDER BY number LIMIT 1
"""  # noqa: S608 - clauses of our own
_CLAIM = """
    UPDATE notice SET state = 'sending', claim = :claim, tries = tries + 1, put_at = min(put_at, :now) WHERE number = :number
"""
_SETTLE = """
    UPDATE notice SET state = :state, error = :error, next_at = :next_at, settled_at = :settled_at, claim = ''
    WHERE number = :number AND claim = :claim
"""
_OPEN_THE_DOOR = """
    UPDATE notice SET next_at = ''
    WHERE state = 'refused' AND sink = (SELECT arrived.sink FROM notice AS arrived WHERE arrived.number = :number)
"""
"""Where something has arrived, what was refused before may be taken by now."""
_NEXT = f"SELECT min({_WHEN}) FROM notice AS mine WHERE place = :place AND {OPEN} AND {_FIRST_OF_THREAD}"  # noqa: S608 - as above
