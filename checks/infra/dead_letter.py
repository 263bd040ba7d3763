"""`infra.dead_letter`: what a subscriber cannot handle must go somewhere, stay there, and be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checks.model import CheckResult, Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion

DEAD_LETTER = "infra.dead_letter"
PUBSUB = "pubsub"
"""The name of the source in evidence."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that is attached to its topic, and where it sends what cannot be delivered, "" for nowhere.

    `reason` is why it could not be read, or "".
    """

    name: str
    dead_letter_topic: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that must have a dead-letter policy, as it was found; `reason` is why it could not be read, or ""."""

    name: str
    exists: bool
    subscriptions: tuple[Subscription, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A subscription of a dead-letter topic, and how many messages were seen in it: at least so many wait.

    `reason` is why it could not be looked into, or ""; `closed` why it never can be, by what it is, or "".
    """

    name: str
    waiting: int = 0
    reason: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetterTopic:
    """A topic that takes what others could not deliver, as it was found; `reason` is why it could not be read, or ""."""

    name: str
    exists: bool
    queues: tuple[Queue, ...] = ()
    reason: str = ""


def dead_letter_result(topics: Sequence[Topic], dead: Sequence[DeadLetterTopic]) -> CheckResult:
    """Return what is wrong with the topics, in their order. What could not be read makes it UNKNOWN unless it is worse."""
    senders = {
        one.name: sorted(t.name for t in topics for s in t.subscriptions if s.dead_letter_topic == one.name)
        for one in dead
    }
    findings = (
        *(finding for topic in topics for finding in _of_topic(topic)),
        *(finding for one in dead for finding in _of_dead(one, senders[one.name])),
    )
    reason = _joined(_reasons(topics, dead))
    if not findings and not reason:
        findings = (_note(topics, dead),)
    severities = [*(finding.severity for finding in findings), *((Severity.UNKNOWN,) if reason else ())]
    return CheckResult(DEAD_LETTER, max(severities), findings, reason, unreadable=bool(reason))


def unread_result(reason: str) -> CheckResult:
    """Return the result when nothing could be asked."""
    return CheckResult(DEAD_LETTER, Severity.UNKNOWN, (), reason, unreadable=True)


def _reasons(topics: Iterable[Topic], dead: Iterable[DeadLetterTopic]) -> Iterator[tuple[str, str]]:
    """Yield what could not be read, and why; a queue that never can be only where no other of its topic can."""
    read: list[Topic | Subscription | DeadLetterTopic | Queue] = []
    for topic in topics:
        read += [topic, *topic.subscriptions]
    for one in dead:
        read += [one, *one.queues]
    yield from ((item.name, item.reason) for item in read if item.reason)
    for one in dead:
        if all(queue.closed for queue in one.queues):
            yield from ((queue.name, _closed(one, queue)) for queue in one.queues)


def _closed(topic: DeadLetterTopic, queue: Queue) -> str:
    project, slash, name = topic.name.rpartition("/")
    full = f"projects/{project}/topics/{name}" if slash else name
    return (
        f"how many messages wait is not known: {queue.closed}; attach a queue to its topic that can be looked into, "
        f"`gcloud pubsub subscriptions create {name}-seen --topic={full}`, "
        "and acknowledge there what was seen to"
    )


def _joined(reasons: Iterable[tuple[str, str]]) -> str:
    """Return one sentence, in which things that could not be read for the same reason stand together."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons:
        names.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(dict.fromkeys(things))}: {reason}" for reason, things in names.items())


def _of_topic(topic: Topic) -> Iterator[Finding]:
    if topic.reason:
        return
    if not topic.exists:
        yield _finding(topic.name, f"the topic {topic.name} does not exist: whoever publishes to it fails")
    elif not topic.subscriptions:
        yield _finding(topic.name, f"{topic.name} has no subscription: what is published to it is lost")
    for item in topic.subscriptions:
        if not item.reason and not item.dead_letter_topic:
            yield _finding(
                topic.name,
                f"{topic.name}: the subscription {item.name} has no dead-letter policy, so a message that cannot be "
                "handled is delivered again until it expires, and is lost",
                key=item.name,
            )


def _of_dead(topic: DeadLetterTopic, senders: Sequence[str]) -> Iterator[Finding]:
    if topic.reason:
        return
    whose = f"the dead letters of {', '.join(senders)}"
    if not topic.exists:
        yield _finding(topic.name, f"the dead-letter topic {topic.name} does not exist: {whose} go nowhere")
    elif not topic.queues:
        yield _finding(topic.name, f"the dead-letter topic {topic.name} has no subscription: {whose} are lost")
    for queue in topic.queues:
        if queue.waiting:
            yield _waiting(topic, queue, whose)


def _waiting(topic: DeadLetterTopic, queue: Queue, whose: str) -> Finding:
    messages = "1 message waits" if queue.waiting == 1 else f"{queue.waiting} messages wait"
    return Finding(
        check=DEAD_LETTER,
        severity=Severity.WARNING,
        subject=Subject(SubjectKind.TOPIC, topic.name),
        sentence=f"at least {messages} in {queue.name}, {whose}",
        fault=Fault.PIPELINE,
        evidence=(Evidence("seen waiting", queue.waiting, "messages", PUBSUB),),
        suggestions=(
            Suggestion(
                f"gcloud pubsub subscriptions pull {queue.name} --limit=10", "see them; without --auto-ack all stay"
            ),
        ),
        key=queue.name,
    )


def _finding(topic: str, sentence: str, key: str = "") -> Finding:
    return Finding(DEAD_LETTER, Severity.ERROR, Subject(SubjectKind.TOPIC, topic), sentence, Fault.PIPELINE, key=key)


def _note(topics: Sequence[Topic], dead: Sequence[DeadLetterTopic]) -> Finding:
    queues = sum(not queue.closed for one in dead for queue in one.queues)
    said = f"all {len(topics)} topics have dead-letter policies, and no message was seen in their {queues} queues"
    return Finding(DEAD_LETTER, Severity.OK, Subject(SubjectKind.TOPIC, "dead letters"), said, Fault.PIPELINE)
