"""A Pub/Sub in which all is well, and its topics as the check reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import google.pubsub_v1  # noqa: F401  # a third of a second of import that no deadline of a test should pay
import pytest

from checks.infra.dead_letter import dead_letter_result
from checks.model import CheckResult
from checks.pipeline import DEAD_LETTERED_TOPICS
from console.audits.infra.pubsub import read_topics
from console.warehouse import clients
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.clients import PubSubClients, get_pubsub_clients
from tests.infra.pubsub_double import PROJECT, PubSubDouble

PATIENT = Bounds(deadline=20.0, tell=0.0, socket=10.0, retry=10.0)
"""Bounds that nothing but a defect meets."""
HASTY = replace(PATIENT, socket=0.3, retry=0.3)

Judge = Callable[..., CheckResult]


@pytest.fixture
def pubsub(monkeypatch: pytest.MonkeyPatch) -> Iterator[PubSubDouble]:
    """Give a Pub/Sub whose five topics all have a subscription with a dead-letter policy, and empty queues behind it."""
    with PubSubDouble() as double:
        monkeypatch.setenv(clients.PUBSUB_EMULATOR, double.host)
        for topic in DEAD_LETTERED_TOPICS:
            double.add_topic(topic)
            double.add_topic(f"{topic}-dead")
            double.subscribe(topic, f"{topic}-sub", f"{topic}-dead")
            double.subscribe(f"{topic}-dead", f"{topic}-dead-sub")
        yield double
        clients.close_clients()


@pytest.fixture
def judged() -> Judge:
    """Return a function that reads topics with the real client and judges them."""
    target = BigQueryTarget(PROJECT)

    def judge(
        bounds: Bounds = PATIENT,
        topics: tuple[str, ...] = DEAD_LETTERED_TOPICS,
        get: Callable[[BigQueryTarget], PubSubClients] = get_pubsub_clients,
    ) -> CheckResult:
        seen = read_topics(topics, target, lambda: get(target), bounds)
        return dead_letter_result(seen.topics, seen.dead)

    return judge
