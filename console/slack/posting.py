"""Posting a summary, from the journal to Slack and back: what became of it, in one sentence for whoever asked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.memory import open_journal
from console.slack.answers import SlackError
from console.slack.delivery import BotDelivery, Pace, WebhookDelivery
from console.slack.destination import Bot, Destination
from console.slack.message import Message
from console.slack.outbox import Entry, SlackOutbox, State, Way


@dataclass(frozen=True, slots=True)
class Posting:
    """What became of a message: its state, where it is (a permalink or a channel), and why it has not arrived, or ""."""

    state: State
    where: str
    reason: str = ""

    @property
    def is_delivered(self) -> bool:
        """True when it has certainly arrived."""
        return self.state is State.DELIVERED

    @property
    def sentence(self) -> str:
        """Return where it is, for people."""
        if self.state is State.DELIVERED:
            return f"posted, {self.where}"
        if self.state is State.DOUBTFUL:
            return f"it may have been posted, look at {self.where} before posting it again: {self.reason}"
        if self.state is State.REFUSED:
            return f"not posted, and not kept: {self.reason}"
        return f"not delivered yet, it is in the outbox and goes with the next --post: {self.reason}"


def keep_summary(message: Message, destination: Destination, state_dir: Path, now: Callable[[], datetime]) -> None:
    """Put a message into the outbox of `state_dir` and deliver nothing: it goes with the next one. Raises JournalError."""
    pace = Pace(now, time.sleep, random.SystemRandom().random)
    SlackOutbox(open_journal(state_dir, now=now), pace).put(destination.name, message)


def post_summary(
    message: Message,
    destination: Destination,
    state_dir: Path,
    now: Callable[[], datetime],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Posting:
    """Put a message into the outbox of `state_dir`, deliver what is there, oldest first, and return what became of it.

    `now` returns aware UTC. Raises JournalError where the outbox cannot be kept: nothing is sent that is not in it first.
    """
    pace = Pace(now, sleep, random.SystemRandom().random)
    outbox = SlackOutbox(open_journal(state_dir, now=now), pace)
    return posted_through(outbox, way_to(destination, pace), message)


def way_to(destination: Destination, pace: Pace) -> Way:
    """Return what delivers to a destination."""
    return BotDelivery(destination, pace) if isinstance(destination, Bot) else WebhookDelivery(destination, pace)


def posted_through(outbox: SlackOutbox, way: Way, message: Message) -> Posting:
    """Put a message into an outbox, deliver what waits there, and return what became of this one. Raises JournalError."""
    outbox.put(way.destination, message)
    outbox.deliver(way)
    entry = outbox.entry(way.destination, message.key)
    if entry is None:
        raise AssertionError("a message that was put just now is kept for weeks")
    return Posting(entry.state, _where(entry, way), entry.error or _held_up(entry, outbox, way))


def _where(entry: Entry, way: Way) -> str:
    """Return the message's address, or the channel where that cannot be had."""
    if isinstance(way, WebhookDelivery):
        return "the webhook's channel"
    if entry.state is State.DELIVERED:
        with suppress(SlackError):  # it is posted; only its address is not known
            return way.permalink(entry.ts)
    return f"channel {way.destination}"


def _held_up(entry: Entry, outbox: SlackOutbox, way: Way) -> str:
    """Return why a message that is open has not even been tried."""
    if entry.state in (State.DELIVERED, State.DOUBTFUL, State.REFUSED):
        return ""
    first = outbox.waiting(way.destination)[:1]
    if first and first[0].number != entry.number and first[0].error:
        return f"an earlier message is still in the way: {first[0].error}"
    return "another console is delivering just now, or ended while it did; try again in 8 min"
