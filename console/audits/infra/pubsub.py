"""Reads Pub/Sub's topics, subscriptions and dead letters, through Google's client; nothing is written or acknowledged.

Pub/Sub's admin interface does not say how many messages wait. Cloud Monitoring does, minutes late, under another permission and
through another service. So each queue is looked into: messages are pulled and given back in the same breath, by an ack deadline
of 0 s. That is one delivery more of each, and whoever else reads the queue may get it a moment later. None is acknowledged, so
none is lost: whatever breaks in between, they come back when the queue's own deadline ends. A pull gives what the nearest server
has at hand, so what is seen is the least that waits.

Two kinds of queues are not looked into. One that is pushed or exported cannot be pulled, and in one with a dead-letter policy of
its own each look would count as a failed delivery, until the messages are moved. A queue beside it that can be looked into
has the same messages, and stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from checks.infra.dead_letter import DeadLetterTopic, Queue, Subscription, Topic
from console.audits.infra.pubsub_errors import CONSUME, VIEW, Need, explain
from console.warehouse.bigquery.bounds import CONCURRENCY, Bounds
from console.warehouse.bigquery.call import Call, Job, this_call
from console.warehouse.bigquery.errand import Errand, Errands
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.clients import PubSubClients

if TYPE_CHECKING:
    from google.pubsub_v1 import Subscription as Found

T = TypeVar("T")

LOOKS = 3
"""How often a queue that shows nothing is looked into: Pub/Sub may hold messages and not have one at hand."""
MOST_SEEN = 100
"""Messages that one look asks for."""
DELETED = "_deleted-topic_"
"""What Pub/Sub calls a topic that is gone, where a subscription still names it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All topics asked for, and the dead-letter topics that their subscriptions name."""

    topics: tuple[Topic, ...]
    dead: tuple[DeadLetterTopic, ...]


def read_topics(
    names: Sequence[str], target: BigQueryTarget, clients: Callable[[], PubSubClients], bounds: Bounds
) -> Seen:
    """Return what is found of the topics `names` of the project, and of their dead letters, within the bounds' deadline.

    What could not be read says why in its place. Raises nothing for what network and service do.
    """
    reader = _Reader(target, clients, bounds)
    topics = reader.together([(name, partial(reader.topic, name)) for name in names], _unread_topic)
    named = dict.fromkeys(item.dead_letter_topic for topic in topics for item in topic.subscriptions)
    wanted = [name for name in named if name]
    dead = reader.together([(name, partial(reader.dead, name)) for name in wanted], _unread_dead)
    return Seen(tuple(topics), tuple(dead))


def _unread_topic(name: str, reason: str) -> Topic:
    return Topic(name, exists=False, reason=reason)


def _unread_dead(name: str, reason: str) -> DeadLetterTopic:
    return DeadLetterTopic(name, exists=False, reason=reason)


def _nothing_runs_on(job: Job) -> None:
    """Stop nothing on the server: a request of Pub/Sub starts no job."""


class _Reader:
    """Asks in threads of its own, all of them together within the deadline."""

    def __init__(self, target: BigQueryTarget, clients: Callable[[], PubSubClients], bounds: Bounds) -> None:
        self._target = target
        self._clients = clients
        self._whole = Call(bounds)
        self._errands = Errands(bounds, _nothing_runs_on)

    def together(self, questions: Sequence[tuple[str, Callable[[], T]]], unread: Callable[[str, str], T]) -> list[T]:
        """Return the answers in order, a few being asked at once; `unread` makes one of a name and why there is none."""
        answers: list[T] = []
        for first in range(0, len(questions), CONCURRENCY):
            share = questions[first : first + CONCURRENCY]
            errands = [(name, self._errands.start(ask, self._whole.left)) for name, ask in share]
            answers.extend(self._answer(name, errand, unread) for name, errand in errands)
        return answers

    def _answer(self, name: str, errand: Errand[T], unread: Callable[[str, str], T]) -> T:
        try:
            return errand.result()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is why nothing is known of this topic
            return unread(name, self._why(error, VIEW))

    def topic(self, name: str) -> Topic:
        """Return a topic with the subscriptions that are attached to it. Raises what the client raises."""
        names = self._subscriptions(name)
        if names is None:
            return Topic(name, exists=False)
        found = [self._subscription(item) for item in names]
        return Topic(name, exists=True, subscriptions=tuple(item for item in found if item is not None))

    def dead(self, name: str) -> DeadLetterTopic:
        """Return a dead-letter topic with what was seen in its queues. Raises what the client raises."""
        names = None if name == DELETED else self._subscriptions(name)
        if names is None:
            return DeadLetterTopic(name, exists=False)
        found = [self._queue(item) for item in names]
        return DeadLetterTopic(name, exists=True, queues=tuple(item for item in found if item is not None))

    def _subscriptions(self, topic: str) -> list[str] | None:
        """Return the full names of a topic's subscriptions, None when there is no such topic."""
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

        request = {"topic": self._full(topic, "topics")}
        try:
            return list(self._clients().publisher.list_topic_subscriptions(request=request, **_bounded()))
        except NotFound:
            return None

    def _subscription(self, name: str) -> Subscription | None:
        """Return a subscription as one that may send dead letters; None when it is detached from its topic."""
        found = self._fetch(name)
        if isinstance(found, str):
            return Subscription(self._short(name), reason=found)
        if found is None or found.detached:
            return None
        return Subscription(self._short(name), self._short(found.dead_letter_policy.dead_letter_topic))

    def _queue(self, name: str) -> Queue | None:
        """Return a dead-letter topic's subscription with what was seen in it; None when it is detached."""
        found, short = self._fetch(name), self._short(name)
        if isinstance(found, str):
            return Queue(short, reason=found)
        if found is None or found.detached:
            return None
        if why := _why_not_looked_into(found):
            return Queue(short, closed=why)
        try:
            return Queue(short, self._look(name))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is why nothing is known of this queue
            return Queue(short, reason=self._why(error, CONSUME))

    def _fetch(self, name: str) -> Found | str | None:
        """Return a subscription; why it could not be read, or None when it was deleted meanwhile."""
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

        try:
            return self._clients().subscriber.get_subscription(request={"subscription": name}, **_bounded())
        except NotFound:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is why nothing is known of this subscription
            return self._why(error, VIEW)

    def _look(self, name: str) -> int:
        """Return how many messages are at hand in a subscription, and give them back. Raises what the client raises."""
        subscriber = self._clients().subscriber
        request = {"subscription": name, "max_messages": MOST_SEEN, "return_immediately": True}
        for _ in range(LOOKS):
            received = subscriber.pull(request=request, **_bounded()).received_messages
            if received:
                self._give_back(name, [message.ack_id for message in received])
                return len(received)
        return 0

    def _give_back(self, name: str, ack_ids: Iterable[str]) -> None:
        from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 - comes with the client

        request = {"subscription": name, "ack_ids": list(ack_ids), "ack_deadline_seconds": 0}
        try:
            self._clients().subscriber.modify_ack_deadline(request=request, **_bounded())
        # courtside: ignore[silent_exceptions] they come back by themselves when the subscription's own ack deadline ends
        except GoogleAPIError:
            return

    def _why(self, error: Exception, need: Need) -> str:
        return explain(error, need, self._target, self._whole.seconds)

    def _full(self, name: str, kind: str) -> str:
        """Return the name by which the service knows a topic of this project, or of the project before the slash."""
        project, _, own = name.rpartition("/")
        return f"projects/{project or self._target.project}/{kind}/{own}"

    def _short(self, full: str) -> str:
        """Return a name as people write it: without the project, unless it is another one."""
        parts = full.split("/")
        if len(parts) != 4:
            return full
        return parts[3] if parts[1] == self._target.project else f"{parts[1]}/{parts[3]}"


def _why_not_looked_into(found: Found) -> str:
    if found.dead_letter_policy.dead_letter_topic:
        return "it has a dead-letter policy of its own, under which a look counts as a failed delivery"
    if found.push_config.push_endpoint:
        return "it is pushed to an endpoint, and cannot be pulled"
    if found.bigquery_config.table or found.cloud_storage_config.bucket:
        return "it is exported as it comes, and cannot be pulled"
    return ""


def _bounded() -> dict[str, Any]:
    """Return how a request is bounded: by the call of its thread, and repeated while the service may yet come back."""
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client
    from google.api_core.retry import Retry, if_exception_type  # noqa: PLC0415 - comes with the client

    call = this_call()
    call.refuse_when_over()
    passing = if_exception_type(exceptions.ServiceUnavailable, exceptions.InternalServerError, exceptions.Aborted)
    seconds = min(call.bounds.retry, call.left)
    return {
        "timeout": min(call.bounds.socket, call.left),
        "retry": Retry(predicate=passing, initial=0.1, maximum=1.0, multiplier=2.0, timeout=seconds),
    }
