"""The outbox for Slack: messages in the journal from before they are sent until they have arrived, in order, each once.

Before anything is posted, the journal says that it is about to be. So whoever comes after a crash or an unclear answer knows that
he must look first. A message goes into its incident's thread: the first one is the parent, later ones edit it, and what changed
more than the time is answered below it. One whose sender died holds up its own incident for some minutes, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from console.journal import Journal, instant_of, instant_text
from console.slack.answers import GoneError, NotSentError, SlackError, UnfitError, UnsureError
from console.slack.delivery import BotDelivery, Pace, Post, WebhookDelivery
from console.slack.message import Message
from console.slack.statements import CLAIM, FAIL, FORGET_THREAD, KEEP_THREAD, MOVE, OLDEST, OPEN, PUT, THREAD

LEASE, WEBHOOK_LEASE = timedelta(minutes=8), timedelta(minutes=3)
"""For how long a console that delivers keeps others away from a message: longer than all tries of one step take.

Those are three posts of 10 s and twice 62 s between them; the bot may look through ten pages before each.
"""
LONGEST_QUIET = timedelta(hours=24)
"""No message waits longer before it is tried again, for so much Slack can ask (`console.slack.answers`)."""
MOST_STEPS = 200
"""Of one call; what is left then waits for the next."""

Way = BotDelivery | WebhookDelivery


class State(Enum):
    """Where a message is on its way; the value is what the journal keeps."""

    WAITING = "waiting"
    POSTING = "posting"
    """Its parent message is being posted, or was when the process ended: look before posting again."""
    THREADED = "threaded"
    """The parent says it; the reply is still to be posted."""
    REPLYING = "replying"
    """As POSTING, for the reply."""
    DELIVERED = "delivered"
    DOUBTFUL = "doubtful"
    """It may have been posted, nobody can find out, and it is not posted again from here: whoever put it knows which is worse."""
    REFUSED = "refused"
    """Slack does not take this content; it is tried again when it is put again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message in the outbox; `claim` is the lease under which it is being delivered, `error` why it has not arrived."""

    number: int
    key: str
    incident: str
    head: str
    detail: str
    change: str
    standing: str
    state: State
    began_at: datetime | None
    ts: str
    claim: str
    error: str

    @property
    def post(self) -> Post:
        """The parent message."""
        return Post(self.key, self.head, self.detail)

    @property
    def reply(self) -> Post:
        """The reply below the parent, with a key of its own."""
        return Post(f"{self.key}-reply", self.change)


class LostClaimError(Exception):
    """Another console has taken over a delivery that took too long."""


class SlackOutbox:
    """The outbox in a journal, shared by threads and processes. Raises JournalError from every method."""

    def __init__(self, journal: Journal, pace: Pace) -> None:
        self._journal = journal
        self._pace = pace

    def put(self, destination: str, message: Message, *, began_at: datetime | None = None) -> None:
        """Keep a message until it is delivered; the same content for the same incident is kept once.

        `began_at` (aware UTC) is since when somebody else may have posted it, as bot: then it is looked for first.
        """
        values = (
            message.key,
            destination,
            message.incident,
            message.head,
            message.detail,
            message.change,
            message.standing,
        )
        state = State.WAITING if began_at is None else State.POSTING
        began = None if began_at is None else instant_text(began_at)
        with self._journal.writing() as connection:
            connection.execute(PUT, (*values, instant_text(self._pace.now()), state.value, began))

    def entry(self, destination: str, key: str) -> Entry | None:
        """Return how a message stands; None when it was never put or is forgotten."""
        with self._journal.reading() as connection:
            row = connection.execute(f"{_ENTRY} WHERE destination = ? AND key = ?", (destination, key)).fetchone()
        return _entry_of(row) if row else None

    def waiting(self, destination: str) -> tuple[Entry, ...]:
        """Return what has still to be delivered, oldest first."""
        with self._journal.reading() as connection:
            rows = connection.execute(f"{_ENTRY} WHERE destination = ? AND {OPEN} ORDER BY number", (destination,))
            return tuple(map(_entry_of, rows))

    def deliver(self, way: Way) -> None:
        """Deliver what waits for this destination and is due, oldest first, up to the first that cannot be delivered now.

        What another console is delivering, and what comes after it in its incident, is left alone.
        """
        for _ in range(MOST_STEPS):
            entry = self._claim(way)
            if entry is None:
                return
            try:
                self._send(entry, way)
            except LostClaimError:  # courtside: ignore[silent_exceptions] another process has it now, and delivers it
                return
            except SlackError as error:
                self._note_failure(entry, way, error)
                if not isinstance(error, UnfitError | GoneError) and not self._is_doubtful(way, error):
                    return

    def _claim(self, way: Way) -> Entry | None:
        """Return the oldest message that can be sent now, as this console's; None when there is none, or Slack wants quiet."""
        now = self._pace.now()
        lease = WEBHOOK_LEASE if isinstance(way, WebhookDelivery) else LEASE
        moments = {"now": now, "claim": now + lease, "longest": now + LEASE, "latest": now + LONGEST_QUIET}
        values = {"destination": way.destination, **{name: instant_text(at) for name, at in moments.items()}}
        with self._journal.writing() as connection:
            due = connection.execute(OLDEST, values).fetchone()
            if due is None:
                return None
            connection.execute(CLAIM, {**values, "number": due[0]})
            return _entry_of(connection.execute(f"{_ENTRY} WHERE number = ?", due).fetchone())

    def _send(self, entry: Entry, way: Way) -> None:
        if isinstance(way, WebhookDelivery):
            self._send_to_webhook(entry, way)
        elif entry.state in (State.THREADED, State.REPLYING):
            self._send_reply(entry, way)
        else:
            self._send_parent(entry, way)

    def _send_to_webhook(self, entry: Entry, way: WebhookDelivery) -> None:
        if entry.state is State.POSTING:
            raise UnsureError("courtside ended while it was being posted")
        self._move(entry, State.POSTING, began_at=self._pace.now())
        way.post(entry.post)
        self._move(entry, State.DELIVERED)

    def _send_parent(self, entry: Entry, way: BotDelivery) -> None:
        """Edit the incident's parent, or post it."""
        ts, standing = self._thread(entry, way)
        if ts:
            way.update(ts, entry.post)
            if standing == entry.standing:
                self._move(entry, State.DELIVERED, ts=ts, thread_of=way)
            elif entry.state is State.POSTING:  # somebody else may have posted the reply: it is looked for next
                self._move(entry, State.REPLYING, ts=ts, thread_of=way, began_at=entry.began_at, lets_go=True)
            else:
                self._move(entry, State.THREADED, ts=ts, thread_of=way)
            return
        began_at, may_be_there = self._begin(entry, State.POSTING)
        ts = way.post(entry.post, began_at=began_at, may_be_there=may_be_there)
        self._move(entry, State.DELIVERED, ts=ts, thread_of=way)

    def _send_reply(self, entry: Entry, way: BotDelivery) -> None:
        began_at, may_be_there = self._begin(entry, State.REPLYING)
        way.post(entry.reply, began_at=began_at, may_be_there=may_be_there, thread=entry.ts)
        self._move(entry, State.DELIVERED)

    def _begin(self, entry: Entry, state: State) -> tuple[datetime, bool]:
        """Note that a post begins, unless one has; return when it did, and whether it may be there by now."""
        if entry.state is state:
            return entry.began_at or self._pace.now(), True
        began_at = self._pace.now()
        self._move(entry, state, began_at=began_at)
        return began_at, False

    def _thread(self, entry: Entry, way: BotDelivery) -> tuple[str, str]:
        """Return the parent's `ts` and what it was last changed to; both "" where the incident has no thread."""
        with self._journal.reading() as connection:
            row = connection.execute(THREAD, (way.destination, entry.incident)).fetchone()
        return (str(row[0]), str(row[1])) if row else ("", "")

    def _move(
        self,
        entry: Entry,
        state: State,
        *,
        began_at: datetime | None = None,
        ts: str = "",
        thread_of: Way | None = None,
        lets_go: bool = False,
    ) -> None:
        """Note a step, and in the same transaction the incident's thread where `thread_of` says so. Raises LostClaimError.

        While something is posted its claim stays, unless `lets_go`.
        """
        now = instant_text(self._pace.now())
        values = {
            "number": entry.number,
            "claim": entry.claim,
            "state": state.value,
            "began_at": instant_text(began_at) if began_at else None,
            "ts": ts,
            "settled_at": now if state is State.DELIVERED else None,
            "keeps": state in (State.POSTING, State.REPLYING) and not lets_go,
        }
        with self._journal.writing() as connection:
            if connection.execute(MOVE, values).rowcount == 0:
                raise LostClaimError
            if thread_of is not None:
                connection.execute(KEEP_THREAD, (thread_of.destination, entry.incident, ts, entry.standing, now))

    def _note_failure(self, entry: Entry, way: Way, error: SlackError) -> None:
        """Let go of the message, in the state that the failure leaves it in."""
        now = self._pace.now()
        is_reply = entry.state in (State.THREADED, State.REPLYING)
        if isinstance(error, UnfitError):
            state = State.REFUSED
        elif self._is_doubtful(way, error):
            state = State.DOUBTFUL
        elif isinstance(error, UnsureError):
            state = State.REPLYING if is_reply else State.POSTING
        elif is_reply and not isinstance(error, GoneError):
            state = State.THREADED
        elif entry.state is State.POSTING and not isinstance(error, GoneError):
            state = State.POSTING  # this try has not posted it, but the one before may have
        else:
            state = State.WAITING
        values = {
            "number": entry.number,
            "claim": entry.claim,
            "state": state.value,
            "error": str(error),
            "next_at": instant_text(now + timedelta(seconds=error.wait_seconds or 0.0)),
            "settled_at": instant_text(now) if state in (State.REFUSED, State.DOUBTFUL) else None,
        }
        with self._journal.writing() as connection:
            connection.execute(FAIL, values)
            if isinstance(error, GoneError):
                connection.execute(FORGET_THREAD, (way.destination, entry.incident))

    @staticmethod
    def _is_doubtful(way: Way, error: SlackError) -> bool:
        return isinstance(way, WebhookDelivery) and not isinstance(error, NotSentError)


def _entry_of(row: tuple[Any, ...]) -> Entry:
    number, key, incident, head, detail, change, standing, state, began_at, ts, claim, error = row
    began = instant_of(began_at) if began_at else None
    return Entry(number, key, incident, head, detail, change, standing, State(state), began, ts, claim, error)


_ENTRY = """
    SELECT number, key, incident, head, detail, change, standing, state, began_at, ts, claim, error FROM slack_message
"""
