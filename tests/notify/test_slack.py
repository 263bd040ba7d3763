"""Incidents in Slack: a thread each, and nothing lost or twice while it is down."""

from __future__ import annotations

from datetime import timedelta

from console.notify.notice import Kind
from console.notify.outbox import put_notices
from console.notify.sinks.slack import SlackSink
from console.slack.delivery import BotDelivery, Pace
from console.slack.destination import Bot
from console.slack.outbox import SlackOutbox
from tests.incidents.reports import NOON
from tests.notify.notices import notice
from tests.notify.posts import Post
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

MINUTE = timedelta(minutes=1)


class TestSlack:
    def test_has_one_thread_an_incident_with_its_changes_as_replies(self, post: Post, slack: SlackDouble) -> None:
        sink = _slack(post, slack)
        for minutes, kind in enumerate((Kind.OPENED, Kind.ESCALATION, Kind.ACKNOWLEDGED, Kind.RESOLVED)):
            post.moment = NOON + minutes * MINUTE
            with post.journal.writing() as connection:
                put_notices(connection, [notice(kind, minutes)], [sink], post.moment)
            assert post.outbox.deliver(sink) == 1
        parents = [item for item in slack.workspace.messages if not item.thread]
        replies = [item for item in slack.workspace.messages if item.thread]
        assert len(parents) == 1
        assert "resolved it is" in parents[0].text
        assert [item.text.split(":")[0] for item in replies] == ["escalation", "acknowledged", "resolved"]

    def test_that_is_down_for_two_hours_gets_what_still_matters_in_order(self, post: Post, slack: SlackDouble) -> None:
        down = _slack(post, slack, is_down=True)
        for minutes, kind in ((0, Kind.OPENED), (15, Kind.ESCALATION), (60, Kind.WORSENED), (120, Kind.RESOLVED)):
            post.moment = NOON + minutes * MINUTE
            with post.journal.writing() as connection:
                put_notices(connection, [notice(kind, minutes)], [down], post.moment)
            post.outbox.deliver(down)
        assert slack.workspace.messages == []
        post.moment += timedelta(minutes=20)
        up = _slack(post, slack)
        while post.outbox.deliver(up):
            pass
        texts = [item.text for item in slack.workspace.messages]
        assert len(texts) == 2
        assert "resolved it is" in texts[0]  # the parent, which was edited
        assert texts[1].startswith("resolved")


def _slack(post: Post, double: SlackDouble, *, is_down: bool = False) -> SlackSink:
    pace = Pace(lambda: post.moment, lambda _: None, lambda: 0.5)
    api = "http://127.0.0.1:9/api/" if is_down else double.api
    way = BotDelivery(Bot(CHANNEL, double.token, api), pace, timeout_seconds=10)
    return SlackSink(SlackOutbox(post.journal, pace), way)
