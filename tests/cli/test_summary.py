"""`courtside summary` shows what would be sent, sends it when told to, and says where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from console.crash import crash_report
from tests.cli.conftest import Courtside
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

OUTAGE = ("summary", "--at", "2026-01-23T06:20Z")


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble().serving() as double:
        yield double


@pytest.fixture
def bot(courtside: Courtside, double: SlackDouble) -> dict[str, str]:
    """The environment and the settings of somebody who may post."""
    (courtside.home / "courtside.toml").write_text(f'[slack]\nchannel = "{CHANNEL}"\n')
    return {"COURTSIDE_SLACK_TOKEN": double.token, "COURTSIDE_SLACK_API": double.api}


def test_without_post_it_prints_what_would_be_sent_and_sends_nothing(
    courtside: Courtside, bot: dict[str, str], double: SlackDouble
) -> None:
    printed = courtside(*OUTAGE, "--sentence", "On it.", env=bot)
    assert printed.status == 2
    assert double.asked == []
    assert courtside(*OUTAGE, "--sentence", "On it.", "--post", env=bot).status == 2
    (posted,) = double.workspace.messages
    assert printed.out == posted.shown + "\n"
    assert "*Note* On it." in printed.lines


def test_post_says_where_it_is(courtside: Courtside, bot: dict[str, str], double: SlackDouble) -> None:
    done = courtside(*OUTAGE, "--post", env=bot, width=120)
    link = f"https://double.slack.com/archives/{CHANNEL}/p{double.workspace.messages[0].ts}"
    assert done.lines[-1] == f"Slack: posted, {link}"
    assert courtside(*OUTAGE, "--post", "--json", env=bot).document["posting"] == {
        "state": "delivered",
        "where": link,
        "reason": "",
    }
    assert len(double.workspace.messages) == 1


def test_what_is_not_delivered_is_in_the_outbox_and_the_exit_status_is_4(
    courtside: Courtside, bot: dict[str, str], double: SlackDouble
) -> None:
    wrong = courtside(*OUTAGE, "--post", env={**bot, "COURTSIDE_SLACK_TOKEN": "xoxb-not-this"}, width=120)
    assert wrong.status == 4
    assert "it is in the outbox" in wrong.out
    assert "xoxb-not-this" not in wrong.out + wrong.err
    assert courtside(*OUTAGE, "--post", env=bot).status == 2
    assert len(double.workspace.messages) == 1


def test_through_a_webhook_it_goes_too(courtside: Courtside, double: SlackDouble) -> None:
    done = courtside(*OUTAGE, "--post", env={"COURTSIDE_SLACK_WEBHOOK": double.webhook})
    assert (done.status, done.lines[-1]) == (2, "Slack: posted, the webhook's channel")
    assert "secretpath" not in done.out


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({}, "there is no way to Slack: set COURTSIDE_SLACK_TOKEN"),
        ({"COURTSIDE_SLACK_TOKEN": "xoxb-1-s3cret"}, "COURTSIDE_SLACK_TOKEN is set but no channel"),
        ({"COURTSIDE_SLACK_TOKEN": "xoxb-s3cret\nX: y"}, "COURTSIDE_SLACK_TOKEN (environment) must be a bot's token"),
        (
            {"COURTSIDE_SLACK_WEBHOOK": "http://example.org/s3cret"},
            "COURTSIDE_SLACK_WEBHOOK (environment) must be the https",
        ),
        ({"COURTSIDE_SLACK_TOKEN": "xoxb-s3cret", "COURTSIDE_SLACK_API": "http://example.org/"}, "COURTSIDE_SLACK_API"),
    ],
)
def test_a_way_to_slack_that_cannot_be_is_refused_without_the_secret(
    courtside: Courtside, env: dict[str, str], says: str
) -> None:
    refused = courtside(*OUTAGE, "--post", env=env)
    assert refused.status == 3
    assert says in refused.err
    assert "s3cret" not in refused.out + refused.err


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('token = "xoxb-s3cret"', "slack.token in "),
        ('webhook = "https://hooks.slack.com/s3cret"', "set COURTSIDE_SLACK_WEBHOOK"),
        ('chanel = "C0123456789"', "slack.chanel in "),
        ('channel = "#alerts"', "must be a channel's id such as C0123456789"),
        ('channel = "xoxb-s3cret"', "must be a channel's id such as C0123456789"),
        ("channel = 3", "must be a channel's id such as C0123456789"),
    ],
)
def test_a_slack_table_that_cannot_be_is_refused(courtside: Courtside, table: str, says: str) -> None:
    (courtside.home / "courtside.toml").write_text(f"[slack]\n{table}\n")
    refused = courtside(*OUTAGE)
    assert refused.status == 3
    assert says in refused.err
    assert "s3cret" not in refused.err


def test_no_secret_of_slack_is_in_a_crash_report(double: SlackDouble) -> None:
    environment = {
        "COURTSIDE_SLACK_TOKEN": "xoxb-1-s3cret",
        "COURTSIDE_SLACK_WEBHOOK": "https://hooks.slack.com/services/T0/B0/s3cret",
    }
    trace = "\n".join(f"RuntimeError: {value}" for value in environment.values())
    assert "s3cret" not in crash_report(trace, datetime(2026, 1, 25, tzinfo=UTC), (), environment)


def test_who_looks_at_a_destination_sees_no_secret(double: SlackDouble) -> None:
    from console.slack.destination import destination_of

    for env in ({"COURTSIDE_SLACK_TOKEN": "xoxb-s3cret"}, {"COURTSIDE_SLACK_WEBHOOK": "https://h.example/s3cret"}):
        assert "s3cret" not in repr(destination_of(CHANNEL, env))
