"""`infra.dead_letter`, through Google's own client, against a Pub/Sub on loopback."""

from __future__ import annotations

import sys

import grpc  # type: ignore[import-untyped]  # grpc ships no types
import pytest
from google import pubsub_v1 as api

from checks.model import Severity
from checks.pipeline import DEAD_LETTERED_TOPICS
from console.audits.infra.pubsub import LOOKS, MOST_SEEN
from console.warehouse import clients
from tests.infra.conftest import HASTY, Judge
from tests.infra.pubsub_double import PROJECT, PubSubDouble

GRADING, DEAD, QUEUE = "grading-requests", "grading-requests-dead", "grading-requests-dead-sub"
FULL_QUEUE = f"projects/{PROJECT}/subscriptions/{QUEUE}"


def test_all_is_well_when_every_topic_has_a_policy_and_every_queue_is_empty(
    pubsub: PubSubDouble, judged: Judge
) -> None:
    result = judged()
    assert (result.severity, result.reason) == (Severity.OK, "")
    assert [finding.sentence for finding in result.findings] == [
        "all 5 topics have dead-letter policies, and no message was seen in their 5 queues"
    ]


def test_a_subscription_without_a_policy_is_an_error_and_named(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.subscribe(GRADING, "late-reader")
    result = judged()
    (finding,) = result.findings
    assert (result.severity, finding.subject.name) == (Severity.ERROR, GRADING)
    assert finding.sentence.startswith("grading-requests: the subscription late-reader has no dead-letter policy")


def test_a_detached_subscription_counts_for_nothing(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.subscribe(GRADING, "old-reader", detached=True)
    assert judged().severity is Severity.OK


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        (GRADING, "grading-requests has no subscription: what is published to it is lost"),
        (
            DEAD,
            f"the dead-letter topic {DEAD} has no subscription: the dead letters of {GRADING} are lost",
        ),
    ],
)
def test_a_topic_that_nobody_is_subscribed_to_is_an_error(
    topic: str, says: str, pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.topics[f"projects/{PROJECT}/topics/{topic}"].clear()
    result = judged()
    assert result.severity is Severity.ERROR
    assert [finding.sentence for finding in result.findings] == [says]


def test_a_topic_that_is_not_there_is_an_error(pubsub: PubSubDouble, judged: Judge) -> None:
    del pubsub.topics[f"projects/{PROJECT}/topics/{GRADING}"]
    result = judged()
    assert result.severity is Severity.ERROR
    assert result.findings[0].sentence == "the topic grading-requests does not exist: whoever publishes to it fails"


@pytest.mark.parametrize("dead", ["nowhere", "_deleted-topic_"])
def test_a_dead_letter_topic_that_is_not_there_is_an_error(dead: str, pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.subscribe(GRADING, "second-reader", dead)
    result = judged()
    assert result.severity is Severity.ERROR
    assert [finding.sentence for finding in result.findings] == [
        f"the dead-letter topic {dead} does not exist: the dead letters of grading-requests go nowhere"
    ]


def test_messages_that_wait_are_a_warning_with_their_number(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.queues[FULL_QUEUE].waiting = ["m1", "m2", "m3"]
    result = judged()
    (finding,) = result.findings
    assert result.severity is Severity.WARNING
    assert finding.sentence == f"at least 3 messages wait in {QUEUE}, the dead letters of grading-requests"
    assert [item.value for item in finding.evidence] == [3]


def test_looking_takes_no_message_away_and_holds_none_back(pubsub: PubSubDouble, judged: Judge) -> None:
    queue = pubsub.queues[FULL_QUEUE]
    queue.waiting = [f"m{n}" for n in range(MOST_SEEN + 5)]
    judged()
    judged()
    assert len(queue.waiting) == MOST_SEEN + 5
    assert queue.leased == set()


def test_messages_that_show_only_at_the_last_look_are_seen(pubsub: PubSubDouble, judged: Judge) -> None:
    queue = pubsub.queues[FULL_QUEUE]
    queue.waiting, queue.empty_pulls = ["m1"], LOOKS - 1
    assert judged().severity is Severity.WARNING


def test_two_topics_that_share_a_dead_letter_topic_are_both_named_and_looked_into_once(
    pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.subscribe("phase3-trigger", "second-reader", DEAD)
    pubsub.queues[FULL_QUEUE].waiting = ["m1"]
    (finding,) = judged().findings
    assert finding.sentence.endswith(
        "1 message waits in " + QUEUE + ", the dead letters of grading-requests, phase3-trigger"
    )
    assert pubsub.asked.count(("Pull", QUEUE)) == 1


def test_a_dead_letter_topic_of_another_project_is_found_there(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.add_topic("nba-ops/dead")
    pubsub.subscribe("nba-ops/dead", "nba-ops/dead-sub").waiting = ["m1"]
    pubsub.subscribe(GRADING, "second-reader", "nba-ops/dead")
    (finding,) = judged().findings
    assert finding.subject.name == "nba-ops/dead"
    assert "nba-ops/dead-sub" in finding.sentence


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"dead_letters": "phase3-trigger-dead"}, "a look counts as a failed delivery"),
        ({"push_config": api.PushConfig(push_endpoint="https://example.com/")}, "pushed to an endpoint"),
        ({"bigquery_config": api.BigQueryConfig(table="p.d.t")}, "exported as it comes"),
    ],
)
def test_a_queue_that_cannot_be_looked_into_is_left_alone_and_unknown_until_one_beside_it_stands_for_it(
    options: dict[str, str], why: str, pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.topics[f"projects/{PROJECT}/topics/{DEAD}"].clear()
    pubsub.subscribe(DEAD, "special", **options)
    result = judged()
    assert result.severity is Severity.UNKNOWN
    assert result.reason.startswith("special: how many messages wait is not known: ")
    assert why in result.reason
    assert f"`gcloud pubsub subscriptions create {DEAD}-seen --topic={DEAD}`" in result.reason
    assert ("Pull", "special") not in pubsub.asked
    pubsub.subscribe(DEAD, f"{DEAD}-seen")
    again = judged()
    assert (again.severity, again.reason) == (Severity.OK, "")
    assert again.findings[0].sentence.endswith("no message was seen in their 5 queues")
    assert ("Pull", "special") not in pubsub.asked


@pytest.mark.parametrize(
    ("method", "about", "role"),
    [
        ("ListTopicSubscriptions", GRADING, "Pub/Sub Viewer (roles/pubsub.viewer)"),
        ("ListTopicSubscriptions", DEAD, "Pub/Sub Viewer (roles/pubsub.viewer)"),
        ("GetSubscription", "grading-requests-sub", "Pub/Sub Viewer (roles/pubsub.viewer)"),
        ("GetSubscription", QUEUE, "Pub/Sub Viewer (roles/pubsub.viewer)"),
        ("Pull", QUEUE, "Pub/Sub Subscriber (roles/pubsub.subscriber)"),
    ],
)
def test_who_may_not_look_is_told_which_role_is_missing_and_the_result_is_unknown(
    method: str, about: str, role: str, pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.refuse(method, about, grpc.StatusCode.PERMISSION_DENIED)
    result = judged()
    assert (result.severity, result.unreadable) == (Severity.UNKNOWN, True)
    assert f"ask for the role {role}" in result.reason
    assert about in result.reason
    assert [finding for finding in result.findings if finding.severity is Severity.OK] == []


def test_what_is_wrong_elsewhere_is_said_beside_what_could_not_be_read(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.refuse("Pull", QUEUE, grpc.StatusCode.PERMISSION_DENIED)
    pubsub.subscribe("phase3-trigger", "bare")
    result = judged()
    assert result.severity is Severity.ERROR
    assert len(result.findings) == 1
    assert "roles/pubsub.subscriber" in result.reason


def test_a_service_that_is_unavailable_for_a_moment_is_asked_again(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.fail_first("GetSubscription", 2)
    assert judged().severity is Severity.OK


def test_a_service_that_stays_unavailable_is_unknown(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.refuse("ListTopicSubscriptions", GRADING, grpc.StatusCode.UNAVAILABLE)
    result = judged(HASTY)
    assert result.severity is Severity.UNKNOWN
    assert result.reason.startswith("grading-requests: Pub/Sub cannot be reached, check network")


def test_an_error_that_nobody_expected_is_quoted_without_its_control_characters(
    pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.refuse("ListTopicSubscriptions", GRADING, grpc.StatusCode.FAILED_PRECONDITION)
    result = judged()
    assert result.reason.startswith("grading-requests: Pub/Sub cannot answer: 400 the double says no")
    assert "\x1b" not in result.reason


@pytest.mark.parametrize("method", ["ListTopicSubscriptions", "GetSubscription", "Pull"])
def test_a_service_that_says_nothing_is_unknown_and_not_an_empty_queue(
    method: str, pubsub: PubSubDouble, judged: Judge
) -> None:
    pubsub.hold(method)
    result = judged(HASTY)
    assert result.severity is Severity.UNKNOWN
    assert "Pub/Sub gave no answer within 20 s" in result.reason


def test_messages_are_counted_also_when_giving_them_back_fails(pubsub: PubSubDouble, judged: Judge) -> None:
    pubsub.queues[FULL_QUEUE].waiting = ["m1"]
    pubsub.refuse("ModifyAckDeadline", QUEUE, grpc.StatusCode.INTERNAL)
    result = judged(HASTY)
    assert result.severity is Severity.WARNING


def test_nothing_that_listens_is_unknown(monkeypatch: pytest.MonkeyPatch, judged: Judge) -> None:
    monkeypatch.setenv(clients.PUBSUB_EMULATOR, "127.0.0.1:1")
    result = judged(HASTY)
    clients.close_clients()
    assert result.severity is Severity.UNKNOWN
    names = ", ".join(DEAD_LETTERED_TOPICS)
    assert result.reason.startswith(f"{names}: Pub/Sub cannot be reached, check network and PUBSUB_EMULATOR_HOST: ")


def test_without_the_library_it_says_how_to_install_it_once(
    pubsub: PubSubDouble, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients.close_clients()
    monkeypatch.delattr("google.pubsub_v1")
    monkeypatch.setitem(sys.modules, "google.pubsub_v1", None)
    result = judged()
    assert result.severity is Severity.UNKNOWN
    assert result.reason.endswith(
        ": the library google-cloud-pubsub is not installed: install it with `pip install 'courtside[gcp]'`"
    )
