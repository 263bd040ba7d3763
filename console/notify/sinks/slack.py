"""Slack: one thread an incident. The parent says how it stands, a reply says what changed.

The posting itself, with its looking before posting again, is `console.slack.outbox`'s. An incoming webhook cannot look. There
what may have been posted is posted again, marked as what may be a repeat: of an outage people are rather told twice than not at
all. (A summary, which somebody posts who can look into the channel, is not.)
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import count

from checks.times import both_zones
from console.journal import JournalError
from console.notify.notice import Kind, Notice
from console.notify.sinks.sink import SinkError
from console.slack.delivery import BotDelivery
from console.slack.message import Message
from console.slack.outbox import SlackOutbox, State, Way
from console.slack.posting import Posting, posted_through
from console.slack.threads import has_thread
from console.summary import for_slack

_TITLE, _LINE, _LINES, _ALSO = 400, 200, 12, 8
"""Characters of title and line, how many lines, and how many others a reply names: each below the 3,000 that a block holds."""
_WITHOUT_THREAD = frozenset({Kind.DIGEST, Kind.HELD_BACK})
_FOLLOWED = frozenset({Kind.ACKNOWLEDGED, Kind.RESOLVED, Kind.LEFT})
_ESCALATED = """
    SELECT 1 FROM notice WHERE sink = ? AND place = ? AND thread = ? AND escalates AND state != 'superseded' LIMIT 1
"""


def message_of_notice(notice: Notice, mention: str = "", *, before: int = 0) -> Message:
    """Return a notice as Slack's message; `mention` is Slack's code for whom an escalation calls, such as `<!subteam^S01>`.

    `before` is how often it was posted already while nobody knows whether that arrived.
    """
    called = f"{mention} " if mention and notice.kind is Kind.ESCALATION else ""
    called = f"(may be a repeat, try {before + 1}) {called}" if before else called
    title = f"{called}*{for_slack(notice.title, _TITLE)}*"
    seen = f"as of {both_zones(notice.seen)}"
    moment = f"{seen} on {for_slack(notice.place, 60)}"
    said = [line for line in notice.lines if line != seen]
    lines = [for_slack(line, _LINE) for line in said[:_LINES]]
    left = len(said) - _LINES
    more = [f"and {left} more {'line' if left == 1 else 'lines'}"] if left > 0 else []
    also = [
        f"also {item.kind.value}: {for_slack(item.title, _LINE)}" for item in notice.parts if item.title != notice.title
    ]
    thread = notice.thread
    return Message(
        incident=f"{thread}:{notice.at.isoformat()}" if notice.kind in _WITHOUT_THREAD else thread,
        head="\n".join((title, *lines, *more, moment)),
        detail="",
        change="\n".join(
            (f"{called}{notice.kind.value}: {for_slack(notice.title, _TITLE)}", *also[:_ALSO], *lines[:3], moment)
        ),
        standing=notice.key,
    )


@dataclass(frozen=True, slots=True)
class SlackSink:
    """Sends to one channel. `takes_escalations` and `takes_others` say which notices are for it."""

    outbox: SlackOutbox
    way: Way
    mention: str = ""
    takes_escalations: bool = True
    takes_others: bool = True

    @property
    def name(self) -> str:
        """One for each channel."""
        return f"slack:{self.way.destination}"

    def wants(self, notice: Notice) -> bool:
        """Whether it is for this channel."""
        return self.takes_escalations if notice.kind is Kind.ESCALATION else self.takes_others

    def follows(self, notice: Notice, connection: sqlite3.Connection) -> bool:
        """Whether those who are called when nobody acts were called, and this says that somebody has, or that it is over."""
        if not self.takes_escalations or _FOLLOWED.isdisjoint(part.kind for part in notice.parts):
            return False
        asked = connection.execute(_ESCALATED, (self.name, notice.place, notice.thread))
        return asked.fetchone() is not None or has_thread(connection, self.way.destination, notice.thread)

    def look_first(self, notice: Notice) -> None:
        """Look whether it is in the channel before it is posted; a webhook cannot look. Raises JournalError."""
        if isinstance(self.way, BotDelivery):
            message = message_of_notice(notice, self.mention)
            self.outbox.put(self.way.destination, message, began_at=notice.at)

    def send(self, notice: Notice) -> None:
        """Post it, unless it has been. Raises SinkError."""
        try:
            posting = self._posted(notice)
        except JournalError as error:
            raise SinkError(str(error), again=True) from None
        if posting.state is State.DOUBTFUL:
            reason = f"it may stand in the channel, and is posted again as what may be a repeat: {posting.reason}"
            raise SinkError(reason, again=True, is_doubtful=True)
        if posting.state is not State.DELIVERED:
            raise SinkError(posting.reason, again=posting.state is not State.REFUSED)

    def _posted(self, notice: Notice) -> Posting:
        """Post it in the first wording that is not known to be doubtful. Raises JournalError."""
        for before in count():
            message = message_of_notice(notice, self.mention, before=before)
            entry = self.outbox.entry(self.way.destination, message.key)
            if entry is None or entry.state is not State.DOUBTFUL:
                break
        return posted_through(self.outbox, self.way, message)
