"""Incidents in Slack: a thread each, and nothing lost or twice while it is down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Severity
from checks.times import both_zones
from console.incidents.moving import deliver, move, remind, with_clock
from console.notify.codec import notice_of_text, text_of_notice
from console.notify.notice import Kind, Manner
from console.notify.outbox import put_notices
from console.notify.sinks.slack import SlackSink, message_of_notice
from console.slack.delivery import BotDelivery, Pace
from console.slack.destination import Bot
from console.slack.outbox import SlackOutbox
from tests.incidents.reports import NOON, RETRIER, SILENCE, finding, report
from tests.notify.notices import notice
from tests.notify.posts import Ear, Post
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

MINUTE = timedelta(minutes=1)
LONG_AGO = date(2026, 1, 20)
TROUBLES = [  # from the first minute that shows them to the last: two have threads of their own, two share one
    (SILENCE, 0, 120),
    (RETRIER, 15, 45),
    (replace(RETRIER, severity=Severity.CRITICAL), 60, 75),
    (finding("reconcile.players", Severity.CRITICAL, day=LONG_AGO), 30, 120),
    (finding("reconcile.impossible", Severity.CRITICAL, day=LONG_AGO), 45, 120),
]


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

    def test_that_is_down_for_two_hours_ends_up_saying_of_each_thread_what_one_that_was_not_down_says(
        self, post: Post, slack: SlackDouble
    ) -> None:
        ear = Ear()
        for minutes in range(0, 120, 15):
            post.moment = NOON + minutes * MINUTE
            sees = [finding for finding, first, last in TROUBLES if first <= minutes <= last]
            down = _slack(post, slack, is_down=True)
            run = Run("demo", report(post.moment, *sees), NOTHING_SAID, post.moment)
            move(post.journal, run, [down, ear], Rules(), Manner(has_digest=False))
            deliver(post.outbox, [down, ear])
        assert slack.workspace.messages == []
        up = _slack(post, slack)
        for _ in range(20):
            post.moment = max(post.moment, post.outbox.next_due() or post.moment)
            deliver(post.outbox, [up])
        assert post.outbox.next_due() is None
        parents = {item.text for item in slack.workspace.messages if not item.thread}
        newest = {notice.thread: message_of_notice(notice).head for notice in ear.heard}
        assert parents == set(newest.values())
        assert len(newest) == 3
        said = "\n".join(item.text for item in slack.workspace.messages)
        assert [finding.sentence for finding, _, _ in TROUBLES if finding.sentence not in said] == []
        assert len(slack.workspace.messages) < len(ear.heard)  # what was superseded meanwhile is not told any more
        for thread in {item.thread for item in slack.workspace.messages if item.thread}:
            stamps = [item.text.splitlines()[-1] for item in slack.workspace.messages if item.thread == thread]
            assert stamps == sorted(stamps)

    def test_that_refused_the_content_is_asked_again(self, post: Post, slack: SlackDouble) -> None:
        sink = _slack(post, slack)
        with post.journal.writing() as connection:
            put_notices(connection, [notice(Kind.OPENED)], [sink], post.moment)
        slack.workspace.refuses = "opened it is"
        assert post.outbox.deliver(sink) == 0
        slack.workspace.refuses = "nothing"
        post.moment += timedelta(hours=1)
        assert post.outbox.deliver(sink) == 1
        assert len(slack.workspace.messages) == 1


class TestItsLastLine:
    def test_is_the_as_of_of_the_run_that_saw_it_also_in_a_reminder_between_two(
        self, post: Post, slack: SlackDouble
    ) -> None:
        sink, manner = _slack(post, slack), Manner(has_digest=False, escalates_after=timedelta(minutes=7))
        run = Run("demo", report(NOON, SILENCE), NOTHING_SAID, post.moment)
        move(post.journal, run, [sink], Rules(), manner)
        post.moment += 8 * MINUTE
        assert [item.kind for item in remind(post.journal, with_clock(run, post.moment), [sink], manner).notices] == [
            Kind.ESCALATION
        ]
        deliver(post.outbox, [sink])
        (called,) = (item for item in slack.workspace.messages if not item.thread)
        assert called.text.splitlines()[-1] == f"as of {both_zones(NOON)} on demo"

    def test_of_a_digest_of_many_incidents_is_its_as_of_and_nothing_is_lost(self) -> None:
        open_now = [f"incident {number}" for number in range(10)]
        lines = ("13 open", *open_now, "and 3 more: courtside incidents", f"as of {both_zones(NOON)}")
        said = message_of_notice(notice(Kind.DIGEST, 5, lines=lines, as_of=NOON)).head.splitlines()
        assert said[1:] == [*lines[:-1], f"as of {both_zones(NOON)} on demo"]

    def test_says_how_many_lines_were_too_many(self) -> None:
        said = message_of_notice(notice(Kind.OPENED, lines=tuple(map(str, range(13))))).head.splitlines()
        assert said[-2] == "and 1 more line"

    def test_is_kept_with_the_notice(self) -> None:
        kept = notice(Kind.OPENED, as_of=NOON - MINUTE)
        assert notice_of_text(text_of_notice(kept)) == kept


def _slack(post: Post, double: SlackDouble, *, is_down: bool = False) -> SlackSink:
    pace = Pace(lambda: post.moment, lambda _: None, lambda: 0.5)
    api = "http://127.0.0.1:9/api/" if is_down else double.api
    way = BotDelivery(Bot(CHANNEL, double.token, api), pace, timeout_seconds=10)
    return SlackSink(SlackOutbox(post.journal, pace), way)
