"""Through an incoming webhook, which cannot look what it has posted: rather twice, and marked as such, than not at all."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from console.journal import FILE_NAME, Journal
from console.notify.notice import Kind
from console.notify.outbox import LEASE, NoticeOutbox, put_notices
from console.notify.sinks.slack import SlackSink
from console.notify.standings import standings_of
from console.slack.delivery import Pace, WebhookDelivery
from console.slack.destination import Webhook
from console.slack.outbox import SlackOutbox
from tests.fuse import BreakableJournal, CrashError, Fuse
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Post
from tests.slack_double import Fault, SlackDouble

MINUTE = timedelta(minutes=1)
OTHER = notice(Kind.OPENED, 1, thread="other", title="CRITICAL: another outage")


def sink_of(post: Post, slack: SlackDouble, journal: Journal | None = None) -> SlackSink:
    pace = Pace(lambda: post.moment, lambda _: None, lambda: 0.5)
    way = WebhookDelivery(Webhook(slack.webhook), pace, timeout_seconds=1)
    return SlackSink(SlackOutbox(journal or post.journal, pace), way)


def texts(slack: SlackDouble) -> list[str]:
    return [message.text.splitlines()[0] for message in slack.workspace.messages]


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.SILENT_AFTER, Fault.CUT_AFTER, Fault.BROKEN_AFTER])
def test_what_may_have_been_posted_counts_as_untold_and_is_posted_again_as_what_may_be_a_repeat(
    post: Post, slack: SlackDouble, fault: Fault
) -> None:
    sink = sink_of(post, slack)
    with post.journal.writing() as connection:
        put_notices(connection, [OPENED], [sink], post.moment)
    slack.fails("webhook", fault, fault)
    for number in range(2):
        assert post.outbox.deliver(sink) == 0
        with post.journal.reading() as connection:
            (standing,) = standings_of(connection, "demo")
        assert (standing.doubtful, standing.untold) == (1, 1)
        assert "may be a repeat" in standing.error
        assert post.outbox.deliver(sink) == 0, "it is not repeated at once"
        assert slack.asked == ["webhook"] * (number + 1)
        post.moment += 60 * MINUTE
    assert post.outbox.deliver(sink) == 1
    assert texts(slack)[-1] == "(may be a repeat, try 3) *CRITICAL: nobody decides*"
    post.moment += 60 * MINUTE
    assert post.outbox.deliver(sink) == 0


def test_killed_at_any_step_of_a_post_it_is_told_within_minutes_and_others_at_once(
    tmp_path: Path, slack: SlackDouble
) -> None:
    for step in count(1):
        slack.workspace.messages.clear()
        folder = tmp_path / str(step)
        folder.mkdir()
        post = Post(folder)
        sink = sink_of(post, slack)
        with post.journal.writing() as connection:
            put_notices(connection, [OPENED], [sink], post.moment)
        crashed = _dies(post, slack, step)
        post.moment += MINUTE
        with post.journal.writing() as connection:
            put_notices(connection, [OTHER], [sink], post.moment)
        post.outbox.deliver(sink)
        assert "*CRITICAL: another outage*" in texts(slack), f"step {step}: the channel is blocked"
        post.moment += LEASE
        for _ in range(3):  # once to find it doubtful, once to post it again
            post.outbox.deliver(sink)
            post.moment += MINUTE
        found = [text for text in texts(slack) if "nobody decides" in text]
        assert found, f"step {step}: nobody is told"
        assert all(text.startswith("(may be a repeat, try 2)") for text in found[1:]), f"step {step}: {found}"
        if not crashed:
            break
    assert step > 6


def _dies(post: Post, slack: SlackDouble, step: int) -> bool:
    """Deliver what waits, and return whether the process ended at that step of it."""
    journal = BreakableJournal(post.path / FILE_NAME, Fuse(step), lambda: post.moment)
    try:
        NoticeOutbox(journal, "demo", lambda: post.moment, lambda: 0.5).deliver(sink_of(post, slack, journal))
    except CrashError:
        return True
    return False
