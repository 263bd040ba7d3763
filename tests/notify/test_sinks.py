"""What leaves by each way, and what each answer means."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from checks.severity import Severity
from console.notify.notice import Kind
from console.notify.sinks.http import Patience
from console.notify.sinks.pagerduty import PagerDutySink, events_of
from console.notify.sinks.sink import Sink, SinkError
from console.notify.sinks.slack import message_of_notice
from console.notify.sinks.stdout import StdoutSink
from console.notify.sinks.webhook import WebhookSink
from tests.incidents.reports import NOON
from tests.notify.notices import OPENED, notice, part
from tests.notify.services import Receiver, Says

SECRET = "between us two"  # noqa: S105  # of a test
HASTE = Patience(silence=0.3, whole=0.6)


def webhook(receiver: Receiver, patience: Patience | None = None) -> WebhookSink:
    return WebhookSink(f"{receiver.address}/hook", SECRET, lambda: NOON, patience or Patience())


def pagerduty(receiver: Receiver) -> PagerDutySink:
    return PagerDutySink("R0UT1NG", f"{receiver.address}/v2/enqueue")


class TestTheWebhook:
    def test_gets_the_notice_as_json_with_a_signature_over_time_and_body(self, receiver: Receiver) -> None:
        webhook(receiver).send(OPENED)
        (got,) = receiver.got
        signed = f"{int(NOON.timestamp())}.".encode() + got.body
        assert got.headers["X-Courtside-Timestamp"] == str(int(NOON.timestamp()))
        assert got.headers["X-Courtside-Signature"] == (
            "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        )
        assert got.headers["Idempotency-Key"] == OPENED.key
        assert got.document == {
            "schema": "courtside-notice/1",
            "key": OPENED.key,
            "kind": "opened",
            "place": "demo",
            "incident": "demo|controller_silent",
            "thread": OPENED.thread,
            "severity": "critical",
            "title": "CRITICAL: nobody decides",
            "lines": list(OPENED.lines),
            "at": "2026-01-23T12:00:00Z",
            "is_live": True,
            "count": 1,
            "parts": [
                {
                    "id": "demo|controller_silent@20260123T120000Z",
                    "kind": "opened",
                    "severity": "critical",
                    "title": "CRITICAL: nobody decides",
                    "is_live": True,
                }
            ],
        }

    def test_gets_no_escape_sequence(self, receiver: Receiver) -> None:
        webhook(receiver).send(replace(OPENED, title="\x1b[2Jred\u202e"))
        assert receiver.got[0].document["title"] == "red"


class TestPagerDuty:
    def test_gets_a_trigger_whose_key_is_the_incident(self, receiver: Receiver) -> None:
        receiver.always = Says(202)
        pagerduty(receiver).send(OPENED)
        event = receiver.got[0].document
        assert (event["routing_key"], event["event_action"]) == ("R0UT1NG", "trigger")
        assert event["dedup_key"] == OPENED.thread  # machinery has a thread of its own, and its incident's id
        assert event["payload"]["severity"] == "critical"
        assert event["payload"]["source"] == "demo"
        assert event["payload"]["summary"] == "CRITICAL: nobody decides"

    def test_gets_acknowledgement_and_end_under_the_same_key(self) -> None:
        events = [events_of(notice(kind), "k")[0] for kind in (Kind.OPENED, Kind.ACKNOWLEDGED, Kind.RESOLVED)]
        assert [event["event_action"] for event in events] == ["trigger", "acknowledge", "resolve"]
        assert len({event["dedup_key"] for event in events}) == 1

    def test_keeps_to_the_lengths_that_it_takes(self) -> None:
        (event,) = events_of(replace(OPENED, parts=(part(Kind.OPENED, title="x" * 5_000),)), "k")
        assert isinstance(event["payload"], dict)
        assert len(event["payload"]["summary"]) == 1_024

    @pytest.mark.parametrize("severity", list(Severity))
    def test_knows_each_severity(self, severity: Severity) -> None:
        payload = events_of(replace(OPENED, parts=(part(Kind.OPENED, severity),)), "k")[0]["payload"]
        assert isinstance(payload, dict)
        assert payload["severity"] in ("critical", "error", "warning", "info")

    def test_gets_an_event_for_each_incident_of_a_thread_that_several_share(self, receiver: Receiver) -> None:
        parts = (part(Kind.OPENED, incident="a"), part(Kind.RESOLVED, incident="b"), part(Kind.REMINDER, incident="c"))
        pagerduty(receiver).send(notice(Kind.OPENED, thread="standing", parts=parts))
        events = [got.document for got in receiver.got]
        assert [(event["dedup_key"], event["event_action"]) for event in events] == [("a", "trigger"), ("b", "resolve")]

    def test_wants_neither_digests_nor_reminders(self) -> None:
        wanted = [kind for kind in Kind if PagerDutySink("k").wants(notice(kind))]
        assert wanted == [Kind.OPENED, Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.RESOLVED]


@pytest.mark.parametrize("make", [webhook, pagerduty])
class TestAnAnswer:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
    def test_that_refuses_is_final(self, receiver: Receiver, make: Callable[[Receiver], Sink], status: int) -> None:
        receiver.always = Says(status)
        assert not refusal(make(receiver)).again

    @pytest.mark.parametrize("status", [408, 429, 500, 503])
    def test_that_has_trouble_is_worth_another_try(
        self, receiver: Receiver, make: Callable[[Receiver], Sink], status: int
    ) -> None:
        receiver.always = Says(status, {"Retry-After": "120"})
        error = refusal(make(receiver))
        assert (error.again, error.wait_seconds) == (True, 120)

    def test_that_sends_elsewhere_is_not_followed(self, receiver: Receiver, make: Callable[[Receiver], Sink]) -> None:
        receiver.always = Says(307, {"Location": f"{receiver.address}/elsewhere"})
        error = refusal(make(receiver))
        assert not error.again
        assert "elsewhere" in str(error)
        assert len(receiver.got) == 1


def refusal(sink: Sink) -> SinkError:
    with pytest.raises(SinkError) as caught:
        sink.send(OPENED)
    assert "127.0.0.1" not in str(caught.value)
    return caught.value


def test_a_date_in_retry_after_counts_from_the_services_own_clock(receiver: Receiver) -> None:
    # http.server writes the Date header; a date far behind it asks for nothing
    receiver.always = Says(503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert refusal(webhook(receiver)).wait_seconds == 0


def test_a_service_that_says_nothing_is_given_up_on_and_tried_again(receiver: Receiver) -> None:
    receiver.always = Says(hangs=True)
    error = refusal(webhook(receiver, HASTE))
    assert error.again
    assert "no answer within 0.6 s" in str(error)


def test_a_service_that_is_not_there_is_tried_again(receiver: Receiver) -> None:
    gone = WebhookSink("http://127.0.0.1:9/hook", SECRET, lambda: NOON)
    assert refusal(gone).again


def test_what_a_sink_says_of_itself_holds_no_secret(receiver: Receiver) -> None:
    for sink in (webhook(receiver), pagerduty(receiver)):
        assert SECRET not in repr(sink)
        assert "R0UT1NG" not in repr(sink)


def test_the_output_gets_a_line_and_what_belongs_to_it_indented() -> None:
    out = io.StringIO()
    StdoutSink(out).send(OPENED)
    assert out.getvalue().splitlines() == [
        "2026-01-23T12:00Z opened: CRITICAL: nobody decides",
        "  since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 0 min",
        "  next: courtside gaps",
    ]


class TestTheSlackMessage:
    def test_of_one_incident_stands_in_one_thread_and_a_digest_in_none(self) -> None:
        assert message_of_notice(OPENED).incident == message_of_notice(notice(Kind.RESOLVED, 9)).incident
        days = [notice(Kind.DIGEST, minutes, thread="demo|digest") for minutes in (0, 1440)]
        assert len({message_of_notice(day).incident for day in days}) == 2

    def test_calls_somebody_only_when_it_escalates(self) -> None:
        mention = "<!subteam^S0123>"
        assert mention not in message_of_notice(OPENED, mention).head
        escalated = message_of_notice(notice(Kind.ESCALATION), mention)
        assert escalated.head.startswith(mention)
        assert escalated.change.startswith(mention)

    def test_obeys_nothing_that_a_sentence_holds(self) -> None:
        head = message_of_notice(replace(OPENED, title="<!channel> @here `x`")).head
        assert "<!channel>" not in head
        assert "@here" not in head

    def test_fits_into_a_block(self) -> None:
        parts = (part(Kind.OPENED, title="&" * 5_000),) * 50
        longest = message_of_notice(replace(OPENED, title="&" * 5_000, lines=("<" * 5_000,) * 50, parts=parts))
        assert len(longest.head) < 3_000 + 300
        assert len(longest.change) < 3_000


def test_the_key_tells_one_notice_from_another() -> None:
    others = [notice(kind) for kind in Kind if kind is not Kind.OPENED]
    later = replace(OPENED, at=NOON + timedelta(minutes=1))
    assert len({OPENED.key, later.key, *(item.key for item in others)}) == len(Kind) + 1
