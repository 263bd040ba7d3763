"""Deliveries to the double, with a clock and a sleep that only count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.journal import FILE_NAME, Journal
from console.slack.delivery import BotDelivery, Pace, WebhookDelivery
from console.slack.destination import Bot, Webhook
from console.slack.message import Message
from console.slack.outbox import SlackOutbox
from console.slack.posting import Posting, posted_through
from tests.builders import at
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

NOON = at("2026-01-25T12:00")
SHORT = 1
"""Seconds until the client gives up on the double's silence."""


def message(text: str = "nobody decides", *, standing: str = "bad", incident: str = "demo|controller") -> Message:
    return Message(incident, text, "", f"now: {text}", standing)


@dataclass
class Desk:
    """Somebody at a console: an outbox in a file, a clock, and how long was slept."""

    double: SlackDouble
    path: Path
    moment: datetime = NOON
    slept: list[float] = field(default_factory=list)
    token: str = ""
    is_down: bool = False

    @property
    def pace(self) -> Pace:
        return Pace(lambda: self.moment, self._sleep, lambda: 0.5)

    @property
    def outbox(self) -> SlackOutbox:
        return SlackOutbox(Journal(self.path / FILE_NAME, now=lambda: self.moment), self.pace)

    @property
    def bot(self) -> BotDelivery:
        api = "http://127.0.0.1:9/api/" if self.is_down else self.double.api
        return BotDelivery(Bot(CHANNEL, self.token or self.double.token, api), self.pace, timeout_seconds=SHORT)

    @property
    def webhook(self) -> WebhookDelivery:
        address = "http://127.0.0.1:9/services/x" if self.is_down else self.double.webhook
        return WebhookDelivery(Webhook(address), self.pace, timeout_seconds=SHORT)

    def posts(self, sent: Message) -> Posting:
        return posted_through(self.outbox, self.bot, sent)

    def hooks(self, sent: Message) -> Posting:
        return posted_through(self.outbox, self.webhook, sent)

    def later(self, minutes: float) -> None:
        self.moment += timedelta(minutes=minutes)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    @property
    def shown(self) -> list[str]:
        return [posted.text for posted in self.double.workspace.messages]


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble().serving() as double:
        yield double


@pytest.fixture
def here(double: SlackDouble, tmp_path: Path) -> Desk:
    return Desk(double, tmp_path)
