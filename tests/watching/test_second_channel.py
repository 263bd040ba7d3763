"""`courtside watch` and a second channel: whoever is called there also hears who took it in hand, and the end."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.builders import at
from tests.cli.conftest import Courtside, data
from tests.cli.words import Operator
from tests.notify.conftest import slack
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL, SECOND, Posted

__all__ = ["data", "slack"]  # fixtures

SILENT = tuple(at(f"2026-01-23T{time}:20") for time in ("06:05", "06:20", "06:35"))
"""The controller has been silent for an hour at the second, and a quarter of an hour later nobody has it in hand."""
OVER = (at("2026-01-25T01:35:20"), at("2026-01-25T01:50:20"))


@pytest.fixture
def ann(tmp_path: Path, data: Path, demo_file: Path) -> Operator:
    (tmp_path / "courtside.toml").write_text(
        f'[slack]\nchannel = "{CHANNEL}"\n[notify]\nsinks = ["slack"]\nescalate_to = "{SECOND}"\ndigest = false\n'
    )
    return Operator(Courtside(tmp_path, data), Path(shutil.copy(demo_file, tmp_path / "week.duckdb")), SILENT[0])


def watches(ann: Operator, slack: SlackDouble, *moments: datetime) -> None:
    for moment in moments:
        ann.now = moment
        ann("watch", "--once", "--every", "15m", env=env_of(slack))


def env_of(slack: SlackDouble) -> dict[str, str]:
    return {"COURTSIDE_SLACK_TOKEN": slack.token, "COURTSIDE_SLACK_API": slack.api}


def in_second(slack: SlackDouble) -> list[Posted]:
    return [message for message in slack.workspace.messages if message.channel == SECOND]


def test_it_hears_the_end(ann: Operator, slack: SlackDouble) -> None:
    watches(ann, slack, *SILENT)
    (called,) = in_second(slack)
    assert "nobody has taken this in hand" in called.text
    watches(ann, slack, *OVER)
    assert "*over: " in called.text
    (reply,) = (message for message in in_second(slack) if message.thread == called.ts)
    assert reply.text.startswith("resolved: over: ")


def test_it_hears_who_took_it_in_hand(ann: Operator, slack: SlackDouble) -> None:
    watches(ann, slack, *SILENT)
    (called,) = in_second(slack)
    assert ann("ack", "orchestration.gap", "--apply").status == 0
    watches(ann, slack, at("2026-01-23T06:50:20"))
    (reply,) = (message for message in in_second(slack) if message.thread == called.ts)
    assert reply.text.startswith("acknowledged: acknowledged by ")
