"""What has not arrived for sure is tried again until it has, and is seen for as long as it has not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.incidents.moving import deliver
from console.notify.notice import Kind, Notice
from console.notify.outbox import put_notices
from console.notify.sinks.pagerduty import PagerDutySink
from console.notify.sinks.sink import SinkError
from console.notify.sinks.webhook import WebhookSink
from console.notify.standings import Standing, standings_of
from console.watching.ping import Ping, Sign
from tests.incidents.reports import NOON
from tests.notify.notices import OPENED, notice
from tests.notify.posts import Ear, Post
from tests.notify.services import Receiver, Says

HOUR = timedelta(hours=1)
REFUSED = SinkError("wrong key", again=False)
DOUBTFUL = SinkError("no answer", again=True, is_doubtful=True)


@pytest.fixture
def ear() -> Ear:
    return Ear()


def standing(post: Post, place: str = "demo") -> Standing:
    with post.journal.reading() as connection:
        (found,) = standings_of(connection, place)
    return found


class TestWhatIsRefused:
    def test_is_seen_until_it_has_arrived_and_then_no_more(self, post: Post, ear: Ear) -> None:
        ear.deaf = REFUSED
        post.puts(OPENED, ear=ear)
        post.outbox.deliver(ear)
        assert standing(post) == Standing("ear", waiting=0, refused=1, error="wrong key")
        post.moment += timedelta(days=3)
        post.outbox.deliver(ear)
        assert standing(post).refused == 1
        ear.deaf = None
        post.moment += HOUR
        assert post.outbox.deliver(ear) == 1
        assert standing(post) == Standing("ear", waiting=0, refused=0, error="")

    def test_is_tried_again_after_a_minute_and_then_ever_later_but_at_least_every_hour(
        self, post: Post, ear: Ear
    ) -> None:
        ear.deaf = REFUSED
        post.puts(OPENED, ear=ear)
        waits = []
        for _ in range(10):
            post.outbox.deliver(ear)
            due = post.outbox.next_due()
            assert due is not None
            waits.append((due - post.moment) / timedelta(seconds=1))
            post.moment = due
        assert waits[:4] == [30, 60, 120, 240]
        assert waits[-1] == 1_800  # half of the hour, as the random part of this test is

    @pytest.mark.parametrize("error", [REFUSED, DOUBTFUL])
    def test_holds_up_nothing_that_comes_after_it_in_its_thread(self, post: Post, ear: Ear, error: SinkError) -> None:
        ear.deaf = error
        post.puts(OPENED, ear=ear)
        post.outbox.deliver(ear)
        ear.deaf = None
        post.puts(notice(Kind.ESCALATION, 15), ear=ear)
        post.outbox.deliver(ear)
        assert ear.kinds[0] is Kind.ESCALATION

    @pytest.mark.parametrize("error", [REFUSED, DOUBTFUL])
    def test_gives_way_to_what_says_more(self, post: Post, ear: Ear, error: SinkError) -> None:
        ear.deaf = error
        post.puts(OPENED, ear=ear)
        post.outbox.deliver(ear)
        ear.deaf = None
        post.puts(notice(Kind.RESOLVED, 15), ear=ear)
        post.moment += HOUR
        post.outbox.deliver(ear)
        assert ear.kinds == [Kind.RESOLVED]
        assert standing(post).untold == 0

    def test_is_tried_at_once_where_something_else_has_arrived(self, post: Post, ear: Ear) -> None:
        ear.deaf = REFUSED
        post.puts(OPENED, ear=ear)
        post.outbox.deliver(ear)
        ear.deaf = None
        post.puts(notice(Kind.OPENED, 1, thread="other"), ear=ear)
        assert post.outbox.deliver(ear) == 2

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 307])
    def test_by_a_pager_reaches_it_once_somebody_has_mended_it(
        self, post: Post, receiver: Receiver, status: int
    ) -> None:
        pager = PagerDutySink("R0UT1NG", f"{receiver.address}/v2/enqueue")
        with post.journal.writing() as connection:
            put_notices(connection, [OPENED], [pager], post.moment)
        receiver.always = Says(status)
        assert post.outbox.deliver(pager) == 0
        assert standing(post).refused == 1
        receiver.always = Says(202)
        post.moment += HOUR
        assert post.outbox.deliver(pager) == 1
        assert receiver.got[-1].document["event_action"] == "trigger"


def test_what_is_doubtful_is_no_arrival_and_tried_again(post: Post, ear: Ear) -> None:
    ear.deaf = DOUBTFUL
    post.puts(OPENED, ear=ear)
    assert post.outbox.deliver(ear) == 0
    assert standing(post) == Standing("ear", waiting=0, refused=0, error="no answer", doubtful=1)
    ear.deaf = None
    post.moment += HOUR
    assert post.outbox.deliver(ear) == 1


def test_what_another_warehouse_has_untold_is_not_told_of_this_one(post: Post, ear: Ear) -> None:
    post.puts(notice(Kind.OPENED, place="elsewhere"), ear=ear)
    with post.journal.reading() as connection:
        assert standings_of(connection, "demo") == ()
    assert standing(post, "elsewhere").waiting == 1


def test_what_a_sink_has_untold_that_somebody_took_out_of_the_settings_counts_no_more(post: Post) -> None:
    for name in ("slack:C0123456789", "webhook"):
        post.puts(OPENED, ear=Ear(name=name))
    with post.journal.reading() as connection:
        named = [
            [item.sink for item in standings_of(connection, "demo", kinds)]
            for kinds in (("slack",), ("slack", "webhook"), ())
        ]
    assert named == [["slack:C0123456789"], ["slack:C0123456789", "webhook"], ["slack:C0123456789", "webhook"]]


class TestAClockThatWasSetBack:
    AHEAD = timedelta(hours=37)

    def test_keeps_no_notice_waiting_for_the_time_that_it_was_ahead(self, post: Post, ear: Ear) -> None:
        post.puts(OPENED, ear=ear)
        post.moment = NOON + self.AHEAD
        ear.deaf = SinkError("down", again=True)
        post.outbox.deliver(ear)
        ear.deaf = None
        post.moment = NOON
        assert post.outbox.next_due() == NOON
        assert post.outbox.deliver(ear) == 1

    @pytest.mark.parametrize("ahead", [AHEAD, timedelta(minutes=10)])
    def test_keeps_none_waiting_that_was_put_while_it_was_ahead_and_still_waits_between_two_tries(
        self, post: Post, ear: Ear, ahead: timedelta
    ) -> None:
        tries = 0

        class Down(Ear):
            def send(self, notice: Notice) -> None:
                nonlocal tries
                tries += 1
                super().send(notice)

        down = Down(deaf=SinkError("down", again=True))
        post.moment = NOON + ahead
        post.puts(OPENED, ear=down)
        post.outbox.deliver(down)
        post.moment = NOON
        for _ in range(3):
            post.outbox.deliver(down)
        assert tries == 2
        due = post.outbox.next_due()
        assert due is not None
        assert NOON < due < NOON + timedelta(minutes=1)


def test_a_defect_of_one_sink_keeps_no_other_from_telling(post: Post, ear: Ear) -> None:
    class Defective(Ear):
        def send(self, notice: Notice) -> None:
            raise LookupError(notice.title)

    broken = Defective(name="broken")
    with post.journal.writing() as connection:
        put_notices(connection, [OPENED], [broken, ear], post.moment)
    assert deliver(post.outbox, [broken, ear]) == 1
    assert ear.heard == [OPENED]
    with post.journal.reading() as connection:
        found = standings_of(connection, "demo")[0]
    assert found == Standing("broken", waiting=1, refused=0, error="a defect while sending: LookupError")


@pytest.mark.parametrize("host", ["hc..ping.example", "hc.", ".example", "a" * 64 + ".example"])
def test_an_address_that_nobody_can_look_up_is_a_trouble_and_ends_nothing(host: str) -> None:
    sink = WebhookSink(f"https://{host}/secret", "s3cret", lambda: NOON)
    with pytest.raises(SinkError) as refused:
        sink.send(OPENED)
    assert "secret" not in str(refused.value)
    said = Ping(f"https://{host}/secret")(Sign.START)
    assert said
    assert "secret" not in said
