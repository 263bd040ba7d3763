"""The second channel is called when nobody acts; whoever was called there also hears that somebody acts, and that it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.notify.notice import Kind, Notice
from console.notify.outbox import put_notices
from console.notify.sinks.slack import SlackSink
from console.slack.delivery import BotDelivery, Pace
from console.slack.destination import Bot
from console.slack.outbox import SlackOutbox
from console.slack.threads import SlackThread, keep_threads
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Post
from tests.slack_double import Fault, SlackDouble
from tests.slack_double.workspace import CHANNEL

MINUTE = timedelta(minutes=1)


@pytest.fixture
def second(post: Post, slack: SlackDouble) -> SlackSink:
    pace = Pace(lambda: post.moment, lambda _: None, lambda: 0.5)
    way = BotDelivery(Bot(CHANNEL, slack.token, slack.api), pace, timeout_seconds=10)
    return SlackSink(SlackOutbox(post.journal, pace), way, takes_others=False)


def told(post: Post, sink: SlackSink, *notices: Notice) -> int:
    """Return how many of these, one a minute, arrive in the channel."""
    arrived = 0
    for item in notices:
        post.moment += MINUTE
        with post.journal.writing() as connection:
            put_notices(connection, [item], [sink], post.moment)
        arrived += post.outbox.deliver(sink)
    return arrived


def test_it_hears_of_its_call_and_how_that_went_on_in_one_thread(
    post: Post, second: SlackSink, slack: SlackDouble
) -> None:
    kinds = (Kind.OPENED, Kind.ESCALATION, Kind.WORSENED, Kind.REMINDER, Kind.ACKNOWLEDGED, Kind.RESOLVED)
    assert told(post, second, *(notice(kind, minute) for minute, kind in enumerate(kinds))) == 3
    parent, *replies = slack.workspace.messages
    assert [reply.text.split(":")[0] for reply in replies] == ["acknowledged", "resolved"]
    assert {reply.thread for reply in replies} == {parent.ts}
    assert "resolved it is" in parent.text


def test_it_hears_the_end_of_what_it_could_not_be_called_for_so_far(
    post: Post, second: SlackSink, slack: SlackDouble
) -> None:
    slack.fails("chat.postMessage", *[Fault.TOO_OFTEN] * 3)
    assert told(post, second, notice(Kind.ESCALATION)) == 0
    post.moment += 60 * MINUTE
    assert told(post, second, notice(Kind.RESOLVED, 2)) == 2
    assert "resolved it is" in slack.workspace.messages[0].text


def test_it_hears_nothing_of_what_it_was_never_called_for(post: Post, second: SlackSink) -> None:
    told(post, second, notice(Kind.ESCALATION, thread="other"))
    assert told(post, second, OPENED, notice(Kind.ACKNOWLEDGED, 1), notice(Kind.RESOLVED, 2)) == 0


def test_it_hears_the_end_of_what_another_host_called_it_for(post: Post, second: SlackSink, slack: SlackDouble) -> None:
    told(post, second, notice(Kind.ESCALATION, thread="elsewhere"))
    (parent,) = slack.workspace.messages
    with post.journal.writing() as connection:  # as the baton brings it
        keep_threads(connection, [SlackThread(CHANNEL, OPENED.thread, parent.ts, "")], post.moment)
    assert told(post, second, notice(Kind.RESOLVED, 2)) == 1
