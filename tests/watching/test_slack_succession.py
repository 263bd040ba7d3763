"""A host that takes over from one that died while it told Slack: it looks first, as bot, and goes on in the same thread."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path
from typing import cast

import pytest

from checks.model import Severity
from console.notify.sinks.slack import SlackSink
from console.slack.delivery import BotDelivery, Pace
from console.slack.destination import Bot
from console.slack.outbox import SlackOutbox
from console.warehouse.embedded import EmbeddedWarehouse
from tests.fuse import Fuse
from tests.notify.conftest import slack
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL
from tests.watching.test_succession import NAME, TERM, Cut, Host
from tests.watching.worlds import HALF_AN_HOUR, START, People, World, crashes

__all__ = ["slack"]  # fixture

OVER = START + HALF_AN_HOUR


def until_it_is_over(moment: datetime) -> Severity:
    return Severity.CRITICAL if moment < OVER else Severity.OK


def host(folder: Path, file: Path, double: SlackDouble, lease: str) -> Host:
    """Return a host that tells Slack."""
    world = World(folder, until_it_is_over)
    tells_slack(world, double, Fuse())
    return Host(world, Cut(lambda: EmbeddedWarehouse(file)), lease)


def tells_slack(world: World, double: SlackDouble, fuse: Fuse) -> None:
    pace = Pace(world.now, lambda _: None, lambda: 0.5)
    way = BotDelivery(Bot(CHANNEL, double.token, double.api), pace)
    world.people = cast("People", SlackSink(SlackOutbox(world.journal(fuse), pace), way))


def dies_at(host: Host, double: SlackDouble, at: int, moment: datetime) -> bool:
    """Let a host run once more, and return whether it died at the step."""
    fuse = Fuse(at)
    tells_slack(host.world, double, fuse)
    host.watcher.stop()
    host.starts(fuse)
    return crashes(lambda: host.runs(moment))


@pytest.mark.parametrize(
    ("runs_before", "texts"),
    [
        (0, ["nobody has decided for hours"]),
        (2, ["over: nobody has decided for hours", "resolved: over: nobody has decided for hours"]),
    ],
    ids=["while it tells the beginning", "while it tells the end"],
)
def test_whoever_dies_at_whatever_step_while_it_tells_slack_each_message_stands_there_once(
    tmp_path: Path, slack: SlackDouble, runs_before: int, texts: list[str]
) -> None:
    file = tmp_path / "warehouse.duckdb"
    EmbeddedWarehouse(file).apply_schema()
    for at in count(1):
        slack.workspace.messages.clear()
        folder = tmp_path / str(at)
        folder.mkdir()
        a, b = (host(folder / name, file, slack, f"{NAME} {at}") for name in "ab")
        for number in range(runs_before):
            a.runs(START + number * HALF_AN_HOUR)
        crashed = dies_at(a, slack, at, START + runs_before * HALF_AN_HOUR)
        if runs_before == 0:
            a.world.severity_at = b.world.severity_at = lambda _: Severity.CRITICAL
        b.runs(START + runs_before * HALF_AN_HOUR + TERM)
        said = [message.text for message in slack.workspace.messages]
        assert len(said) == len(texts), (at, said)
        assert all(text in message for text, message in zip(texts, said, strict=True)), (at, said)
        if not crashed:
            break
    assert at > 10
