"""From a report to people: incidents move on and notices go out, by the one way of `console.incidents.moving`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.hushes import Hushes
from checks.incidents.incident import Rules, Run
from checks.model import Report
from console.incidents.moving import Moved, deliver, held_back, move, remind, with_clock
from console.journal import Journal
from console.notify.notice import Manner
from console.notify.outbox import NoticeOutbox
from console.notify.sinks.sink import Sink
from console.notify.standings import standings_of


@dataclass(frozen=True, slots=True)
class Sent:
    """What delivering came to: notices that arrived just now, how many have not by now, and why, or "".

    `refused` are those that somebody has to do something about; `waiting` are all others, with those that may have arrived and
    those that are `held` back: by the ceiling of messages an hour, or for the minute in which a thread is told one thing.
    `is_mute` is that there is nobody to tell.
    """

    arrived: int = 0
    waiting: int = 0
    refused: int = 0
    trouble: str = ""
    held: int = 0
    is_mute: bool = False


class Telling:
    """Tells people about the warehouse `place`, through `sinks`. Raises JournalError from every method."""

    def __init__(
        self, journal: Journal, place: str, sinks: Sequence[Sink], outbox: NoticeOutbox, rules: Rules, manner: Manner
    ) -> None:
        self._journal = journal
        self._place = place
        self._sinks = tuple(sinks)
        self._outbox = outbox
        self._rules = rules
        self._manner = manner
        self._last: Run | None = None
        self._next: datetime | None = None

    @property
    def is_mute(self) -> bool:
        """True where there is nobody to tell."""
        return not self._sinks

    def saw(self, report: Report, hushes: Hushes, now: datetime) -> Moved:
        """Let a report that was made at `now` (aware UTC) move the incidents on, and keep what is to be told."""
        self._last = Run(self._place, report, hushes, now)
        moved = move(self._journal, self._last, self._sinks, self._rules, self._manner)
        self._next = moved.next_due
        return moved

    def is_due(self, now: datetime) -> bool:
        """Return whether there is something to tell or to send before the next run."""
        waits = self._outbox.next_due() if self._sinks else None
        return any(due is not None and due <= now for due in (self._next, waits))

    def catch_up(self, now: datetime) -> int:
        """Keep what is due without a run: reminders, escalations, the digest, what was held back; return `Moved.unread`."""
        if self._last is None or self._next is None or self._next > now:
            return 0
        moved = remind(self._journal, with_clock(self._last, now), self._sinks, self._manner)
        self._next = moved.next_due
        return moved.unread

    def send(self) -> Sent:
        """Send what waits; meant for a thread of its own, because a sink may take its time."""
        arrived = deliver(self._outbox, self._sinks)
        names = {sink.name for sink in self._sinks}
        with self._journal.reading() as connection:
            standings = [item for item in standings_of(connection, self._place) if item.sink in names]
            held = len(held_back(connection, self._place)) if names else 0
        return Sent(
            arrived,
            waiting=sum(item.waiting + item.doubtful for item in standings) + held,
            refused=sum(item.refused for item in standings),
            trouble=next((f"{item.sink}: {item.error}" for item in standings if item.error), ""),
            held=held,
            is_mute=self.is_mute,
        )
