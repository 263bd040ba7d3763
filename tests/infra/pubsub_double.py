"""A Pub/Sub on loopback that Google's own client talks gRPC to: topics, subscriptions, messages and leases, and faults."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import grpc  # type: ignore[import-untyped]  # grpc ships no types
from google import pubsub_v1 as api
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]  # nor does protobuf

PROJECT = "nba-prod"
METHODS: dict[str, tuple[str, Any]] = {
    "ListTopicSubscriptions": ("Publisher", api.ListTopicSubscriptionsRequest),
    "GetSubscription": ("Subscriber", api.GetSubscriptionRequest),
    "Pull": ("Subscriber", api.PullRequest),
    "ModifyAckDeadline": ("Subscriber", api.ModifyAckDeadlineRequest),
}


@dataclass
class Queue:
    """A subscription with its messages; `leased` are those that somebody has pulled and not given back."""

    found: api.Subscription
    waiting: list[str] = field(default_factory=list)
    leased: set[str] = field(default_factory=set)
    empty_pulls: int = 0
    """How many pulls give nothing although messages wait, as the service's may."""


class PubSubDouble:
    """A Pub/Sub between `with` and its end; `asked` are (method, what it was asked about), in order of arrival."""

    def __init__(self) -> None:
        self.topics: dict[str, list[str]] = {}
        self.queues: dict[str, Queue] = {}
        self.asked: list[tuple[str, str]] = []
        self._faults: dict[tuple[str, str], grpc.StatusCode] = {}
        self._passing: dict[str, int] = {}
        self._go_on = threading.Event()
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(16))
        for service in ("Publisher", "Subscriber"):
            handlers = {
                name: grpc.unary_unary_rpc_method_handler(
                    self._handler(name), request_deserializer=kind.deserialize, response_serializer=_bytes
                )
                for name, (owner, kind) in METHODS.items()
                if owner == service
            }
            generic = grpc.method_handlers_generic_handler(f"google.pubsub.v1.{service}", handlers)
            self._server.add_generic_rpc_handlers((generic,))
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._go_on.set()
        self._server.stop(grace=None).wait()

    def add_topic(self, name: str) -> None:
        """Make a topic; `subscribe` attaches to it."""
        self.topics[_full("topics", name)] = []

    def subscribe(self, topic: str, name: str, dead_letters: str = "", **options: Any) -> Queue:
        """Attach a subscription to a topic, with a dead-letter policy where a topic for it is named."""
        if dead_letters:
            full = dead_letters if dead_letters.startswith("_") else _full("topics", dead_letters)
            options["dead_letter_policy"] = api.DeadLetterPolicy(dead_letter_topic=full, max_delivery_attempts=5)
        found = api.Subscription(name=_full("subscriptions", name), topic=_full("topics", topic), **options)
        self.topics[found.topic].append(found.name)
        self.queues[found.name] = Queue(found)
        return self.queues[found.name]

    def refuse(self, method: str, about: str, code: grpc.StatusCode) -> None:
        """Answer a method about a thing, whose name ends so, with an error."""
        self._faults[(method, about)] = code

    def fail_first(self, method: str, times: int) -> None:
        """Let a method be unavailable the first few times."""
        self._passing[method] = times

    def hold(self, method: str) -> None:
        """Let a method say nothing until the end."""
        self._held.add(method)

    def count(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(asked == method for asked, _ in self.asked)

    def _handler(self, name: str) -> Callable[[Any, grpc.ServicerContext], Any]:
        answer = getattr(self, f"_{name}")

        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            about = getattr(request, "topic", "") or request.subscription
            with self._lock:
                self.asked.append((name, about.rpartition("/")[2]))
                passing = self._passing[name] = self._passing.get(name, 0) - 1
            if name in self._held:
                self._go_on.wait()
            if passing >= 0:
                context.abort(grpc.StatusCode.UNAVAILABLE, "come again")
            for (method, thing), code in self._faults.items():
                if method == name and about.endswith(thing):
                    context.abort(code, "the double says no \x1b[31m")
            with self._lock:
                return answer(request, context)

        return handle

    def _ListTopicSubscriptions(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # the service's name
        if request.topic not in self.topics:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Resource not found (resource={request.topic}).")
        return api.ListTopicSubscriptionsResponse(subscriptions=self.topics[request.topic])

    def _GetSubscription(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # as above
        return self.queues[request.subscription].found

    def _Pull(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # as above
        queue = self.queues[request.subscription]
        if not request.return_immediately:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "this double never waits for messages")
        queue.empty_pulls -= 1
        at_hand = [] if queue.empty_pulls >= 0 else [item for item in queue.waiting if item not in queue.leased]
        taken = at_hand[: request.max_messages]
        queue.leased.update(taken)
        return api.PullResponse(
            received_messages=[
                api.ReceivedMessage(ack_id=item, message=api.PubsubMessage(message_id=item)) for item in taken
            ]
        )

    def _ModifyAckDeadline(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # as above
        if request.ack_deadline_seconds == 0:
            self.queues[request.subscription].leased.difference_update(request.ack_ids)
        return Empty()


def _bytes(answer: Any) -> bytes:
    whole: bytes = answer.SerializeToString() if isinstance(answer, Empty) else type(answer).serialize(answer)
    return whole


def _full(kind: str, name: str) -> str:
    project, _, own = name.rpartition("/")
    return f"projects/{project or PROJECT}/{kind}/{own}"
