"""Whatever Slack or the network does, a summary is posted once, or lies in the outbox with the reason."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from console.slack.answers import NotSentError, SlackError, UnsureError, of_api, of_network
from console.slack.outbox import LEASE, State
from tests.slack.conftest import Desk, message
from tests.slack_double import Fault


def test_the_first_message_of_an_incident_is_its_parent_and_says_where_it_is(here: Desk) -> None:
    posting = here.posts(message())
    (parent,) = here.double.workspace.messages
    assert (parent.shown, parent.thread) == ("nobody decides", "")
    assert posting.sentence == f"posted, https://double.slack.com/archives/C0123456789/p{parent.ts}"


def test_a_later_look_edits_the_parent_and_says_nothing_more(here: Desk) -> None:
    here.posts(message("silent for 2 h"))
    assert here.posts(message("silent for 3 h")).is_delivered
    (parent,) = here.double.workspace.messages
    assert (parent.shown, parent.edits) == ("silent for 3 h", 1)


def test_a_change_edits_the_parent_and_is_answered_below_it(here: Desk) -> None:
    here.posts(message("silent"))
    here.posts(message("decides again", standing="good"))
    parent, reply = here.double.workspace.messages
    assert (parent.shown, reply.shown, reply.thread) == ("decides again", "now: decides again", parent.ts)


def test_each_incident_has_a_thread_of_its_own(here: Desk) -> None:
    for incident in ("demo|controller", "demo|standing:2026-01-24"):
        here.posts(message(incident, incident=incident))
    assert [(m.text, m.edits) for m in here.double.workspace.messages] == [
        ("demo|controller", 0),
        ("demo|standing:2026-01-24", 0),
    ]


def test_the_same_content_is_posted_once_however_often_it_is_asked_for(here: Desk) -> None:
    first = here.posts(message())
    assert here.posts(message()) == first
    assert here.hooks(message()).is_delivered  # another destination
    assert here.hooks(message()).is_delivered
    assert here.shown == ["nobody decides"] * 2


def test_a_parent_that_somebody_deleted_is_posted_anew(here: Desk) -> None:
    here.posts(message("one"))
    here.double.workspace.delete(here.double.workspace.messages[0].ts)
    assert here.posts(message("two")).is_delivered
    assert here.shown == ["two"]


@pytest.mark.parametrize("method", ["chat.postMessage", "webhook"])
def test_after_429_it_waits_as_long_as_slack_says_and_a_random_part_more(here: Desk, method: str) -> None:
    here.double.fails(method, Fault.TOO_OFTEN, Fault.TOO_OFTEN)
    posting = here.hooks(message()) if method == "webhook" else here.posts(message())
    assert posting.is_delivered
    assert here.slept == [7.5, 8.0]
    assert here.shown == ["nobody decides"]


def test_a_wait_longer_than_anybody_stays_at_the_prompt_is_the_outboxs(here: Desk) -> None:
    here.double.fails("chat.postMessage", Fault.MUCH_TOO_OFTEN)
    assert "it wants 900 s of quiet" in here.posts(message()).sentence
    here.later(14)
    assert not here.posts(message()).is_delivered
    assert here.double.asked == ["chat.postMessage"]
    here.later(2)
    assert here.posts(message()).is_delivered


@pytest.mark.parametrize(
    "fault",
    [Fault.BROKEN, Fault.BROKEN_AFTER, Fault.SILENT, Fault.SILENT_AFTER, Fault.CUT_AFTER],
)
def test_after_an_unclear_answer_it_looks_before_it_posts_again(here: Desk, fault: Fault) -> None:
    for number in range(3):  # what is found does not stand on the first page
        here.posts(message(f"other {number}", incident=f"other {number}"))
    here.double.fails("chat.postMessage", fault)
    assert here.posts(message()).is_delivered
    assert here.shown.count("nobody decides") == 1
    assert here.double.asked.count("conversations.history") in (1, 2)
    assert here.slept == [0.5]


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.SILENT_AFTER])
def test_the_reply_below_a_parent_is_looked_for_too(here: Desk, fault: Fault) -> None:
    here.posts(message("silent"))
    here.double.fails("chat.postMessage", fault)
    assert here.posts(message("fine", standing="good")).is_delivered
    assert here.shown == ["fine", "now: fine"]
    assert "conversations.replies" in here.double.asked


def test_where_it_may_not_look_it_does_not_post_again_until_it_may(here: Desk) -> None:
    here.double.workspace.may_read = False
    here.double.fails("chat.postMessage", Fault.CUT_AFTER)
    posting = here.posts(message())
    assert (posting.state, "channels:history" in posting.reason) == (State.POSTING, True)
    here.double.workspace.may_read = True
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]


def test_three_tries_are_enough(here: Desk) -> None:
    here.double.fails("chat.postMessage", *[Fault.BROKEN] * 3)
    posting = here.posts(message())
    assert posting.sentence == (
        "not delivered yet, it is in the outbox and goes with the next --post: Slack has trouble of its own (HTTP 500)"
    )
    assert here.slept == [0.5, 1.0]
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]


def test_an_invalid_token_is_said_at_once_and_the_message_goes_with_the_next_valid_one(here: Desk) -> None:
    here.token = "xoxb-wrong"  # noqa: S105  # nobody's
    posting = here.posts(message())
    assert "put a valid one into COURTSIDE_SLACK_TOKEN" in posting.reason
    assert here.token not in posting.sentence
    assert here.double.asked == ["chat.postMessage"]
    here.token = ""
    assert here.posts(message("later", incident="another")).is_delivered
    assert here.shown == ["nobody decides", "later"]


def test_a_revoked_webhook_is_said_at_once_and_the_message_waits_for_a_new_one(here: Desk) -> None:
    here.double.workspace.webhook_is_there = False
    posting = here.hooks(message())
    assert "(no_service): it was revoked" in posting.reason
    assert "secretpath" not in posting.sentence
    here.double.workspace.webhook_is_there = True
    assert here.hooks(message()).is_delivered
    assert here.shown == ["nobody decides"]


@pytest.mark.parametrize("fault", [Fault.SILENT_AFTER, Fault.CUT_AFTER, Fault.BROKEN_AFTER, Fault.SILENT])
def test_what_a_webhook_may_have_posted_is_said_to_be_so_and_never_tried_again(here: Desk, fault: Fault) -> None:
    here.double.fails("webhook", fault)
    for _ in range(2):
        posting = here.hooks(message())
        assert posting.state is State.DOUBTFUL
        assert posting.sentence.startswith("it may have been posted, look at the webhook's channel")
    assert here.double.asked == ["webhook"]
    assert here.hooks(message("the next one")).is_delivered


def test_a_login_page_in_between_is_no_slack(here: Desk) -> None:
    here.double.fails("chat.postMessage", *[Fault.LOGIN_PAGE] * 3)
    assert "is there a proxy or a login page in between?" in here.posts(message()).reason


@pytest.mark.parametrize("through", ["bot", "webhook"])
def test_after_half_an_hour_without_a_network_nothing_is_lost_and_nothing_is_twice(here: Desk, through: str) -> None:
    send = here.posts if through == "bot" else here.hooks
    here.is_down = True
    for minute in range(0, 30, 10):
        posting = send(message(f"silent for {minute} min", standing=str(minute)))
        assert "Slack cannot be reached" in posting.reason
        assert posting.state is State.WAITING
        here.later(10)
    here.is_down = False
    assert send(message("over", standing="over")).is_delivered
    told = ["over", "now: silent for 10 min", "now: silent for 20 min", "now: over"]
    every = ["silent for 0 min", "silent for 10 min", "silent for 20 min", "over"]
    assert here.shown == (told if through == "bot" else every)
    assert here.outbox.waiting("webhook" if through == "webhook" else here.bot.destination) == ()


def test_while_another_console_delivers_this_one_does_not(here: Desk) -> None:
    here.outbox.put(here.bot.destination, message())
    assert here.outbox._claim(here.bot) is not None
    assert "another console is delivering just now" in here.posts(message()).reason
    assert here.double.asked == []
    here.later(LEASE.total_seconds() / 60 + 1)
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]


def test_of_many_consoles_that_post_the_same_at_once_one_does(here: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: here.posts(message()), range(16)))
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]


def test_content_that_slack_will_never_take_does_not_hold_up_what_comes_after_it(here: Desk) -> None:
    here.double.workspace.refuses = "awful"
    posting = here.posts(message("awful words"))
    assert posting.sentence == "not posted, and not kept: Slack refuses the message: invalid_blocks"
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (URLError(ConnectionRefusedError()), NotSentError, True),
        (URLError(socket.gaierror(-2, "unknown")), NotSentError, True),
        (URLError(OSError(101, "unreachable")), NotSentError, True),
        (URLError(TimeoutError()), NotSentError, True),
        (URLError(ssl.SSLCertVerificationError()), NotSentError, False),
        (URLError(ConnectionResetError()), UnsureError, True),
        (TimeoutError(), UnsureError, True),
        (RemoteDisconnected("https://hooks.slack.com/secret"), UnsureError, True),
        (ValueError("https://hooks.slack.com/secret"), UnsureError, True),
    ],
)
def test_only_what_cannot_have_left_counts_as_not_sent(error: Exception, kind: type[SlackError], again: bool) -> None:
    found = of_network(error)
    assert (type(found), found.again) == (kind, again)
    assert "secret" not in str(found)


def test_an_absurd_retry_after_keeps_a_message_for_a_day_and_not_for_ever() -> None:
    assert of_api(429, "ratelimited", {"Retry-After": "9" * 30}).wait_seconds == 24 * 3600


@pytest.mark.parametrize("hours", [5, 37])
@pytest.mark.parametrize("through", ["bot", "webhook"])
def test_a_clock_that_was_set_back_keeps_no_message_for_the_time_that_it_was_ahead(
    here: Desk, through: str, hours: int
) -> None:
    send = here.posts if through == "bot" else here.hooks
    method = "chat.postMessage" if through == "bot" else "webhook"
    here.later(hours * 60)
    here.double.fails(method, Fault.MUCH_TOO_OFTEN)
    assert not send(message()).is_delivered
    here.later(-hours * 60)
    assert send(message()).is_delivered
    assert here.shown == ["nobody decides"]


def test_a_claim_of_a_clock_that_was_set_back_is_over(here: Desk) -> None:
    here.outbox.put(here.bot.destination, message())
    here.later(37 * 60)
    assert here.outbox._claim(here.bot) is not None
    here.later(-37 * 60)
    assert here.posts(message()).is_delivered


@pytest.mark.parametrize("through", ["bot", "webhook"])
def test_a_message_whose_sender_died_holds_up_no_other_incident(here: Desk, through: str) -> None:
    way = here.bot if through == "bot" else here.webhook
    here.outbox.put(way.destination, message("one"))
    assert here.outbox._claim(way) is not None
    assert (here.posts if through == "bot" else here.hooks)(message("two", incident="another")).is_delivered
    assert here.shown == ["two"]


def test_while_slack_wants_quiet_no_message_of_the_channel_is_sent(here: Desk) -> None:
    here.double.fails("chat.postMessage", Fault.MUCH_TOO_OFTEN)
    here.posts(message("one"))
    assert not here.posts(message("two", incident="another")).is_delivered
    assert here.double.asked == ["chat.postMessage"]


def test_what_was_posted_while_the_clock_was_ahead_is_found_when_it_has_been_set_back(here: Desk) -> None:
    here.later(37 * 60)
    here.double.workspace.may_read = False
    here.double.fails("chat.postMessage", Fault.CUT_AFTER)
    assert here.posts(message()).state is State.POSTING
    here.later(-37 * 60)
    here.double.workspace.may_read = True
    assert here.posts(message()).is_delivered
    assert here.shown == ["nobody decides"]
