"""What a round does with one row after the other: take it, post it, and do with it what the answer asks for.

Each step is in the journal before it is taken, and what came of it after.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from checks.facts.retry_queue import QueueRow
from checks.policy import Policy
from checks.queue_rows import is_at_maximum, label_of
from checks.times import format_utc
from console.actions.entry import ActionEntry, Actor, EntryKind
from console.draining.answers import Answer, Kind
from console.draining.budget import item_of, next_try_at
from console.draining.changing import QueueInUse, taken
from console.draining.due import Ruling, Step
from console.draining.tries import Tries
from console.warehouse.protocol import WarehouseError

ACTION = "drain"


class Processors(Protocol):
    """The phases' services; `console.draining.endpoints.Endpoints`."""

    def log_in(self, phase: str) -> str:
        """Return why a phase's service cannot be asked, or ""."""

    def post(self, row: QueueRow, retry_count: int, now: datetime) -> Answer:
        """Post a row's work and return what came of it."""


class Fate(StrEnum):
    """What became of a row; the value is the word for it."""

    DISPATCHED = "dispatched"
    WAITING_AGAIN = "pending again"
    GIVEN_UP = "given up"
    LEFT = "left"
    UNSETTLED = "not settled"
    """It was posted, and what the answer asks for could not be done to the row: it goes back to pending when it is stale."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with one row, and what there is to say about it."""

    row: QueueRow
    fate: Fate
    says: str


@dataclass(frozen=True, slots=True)
class Means:
    """What a round works with: the services, the thresholds, who acts, time and chance.

    `now` returns aware UTC, `chance` 0 up to 1, `new_id` a text that nobody else ever gives.
    """

    processors: Processors
    policy: Policy
    actor: Actor
    now: Callable[[], datetime]
    chance: Callable[[], float]
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex


@dataclass(slots=True)
class _Phase:
    """How a phase's service has behaved in this round; `closed` is why it gets no more posts, or ""."""

    posts: int = 0
    failures: int = 0
    closed: str = ""

    def learn(self, answer: Answer, policy: Policy) -> None:
        self.posts += 1
        self.failures += answer.kind is not Kind.DISPATCHED
        share = f"{self.failures} of {self.posts} posts failed in this round"
        if self.posts >= policy.drain_stop_least_posts and self.failures > 0:
            over = 100 * self.failures >= policy.drain_stop_percent * self.posts
            self.closed = share if over else self.closed
        self.closed = answer.closes or self.closed


@dataclass(slots=True)
class Work:
    """A round under way. Each method raises WarehouseError and JournalError."""

    means: Means
    queue: QueueInUse
    tries: Tries
    round_id: str
    done: list[Done] = field(default_factory=list)
    phases: dict[str, _Phase] = field(default_factory=dict)

    def on(self, ruling: Ruling) -> Done:
        """Do what was ruled and return what became of the row."""
        if ruling.step is Step.LEAVE:
            return Done(ruling.row, Fate.LEFT, ruling.why)
        if ruling.step is Step.POST:
            return self._post(ruling)
        return self._tidy(ruling)

    def _tidy(self, ruling: Ruling) -> Done:
        """Hand back or give up a row without a post."""
        row, now = ruling.row, self.means.now()
        self.tries.note(self._entry(EntryKind.ATTEMPT, ruling, now, reason=ruling.why))
        if ruling.step is Step.GIVE_UP:
            fate, why_not = Fate.GIVEN_UP, self.queue.give_up(row, f"given up by the drainer: {ruling.why}", None, now)
        else:
            fate, why_not = Fate.WAITING_AGAIN, self.queue.hand_back(row, None, None, now)
        done = Done(row, Fate.LEFT, why_not) if why_not else Done(row, fate, ruling.why)
        self.tries.note(self._entry(EntryKind.OUTCOME, ruling, self.means.now(), done=done))
        return done

    def _post(self, ruling: Ruling) -> Done:
        """Take a row, post its work, and do with the row what the answer asks for."""
        row = ruling.row
        phase = self.phases.setdefault(row.phase, _Phase())
        phase.closed = phase.closed or self.means.processors.log_in(row.phase)
        if phase.closed:
            return Done(row, Fate.LEFT, f"{row.phase} gets no more posts in this round: {phase.closed}")
        now = self.means.now()
        attempt = self._entry(EntryKind.ATTEMPT, ruling, now, reason=ruling.why)
        number = self.tries.begin(row.phase, item_of(row), row.id, attempt)
        next_at = next_try_at(row.retry_count + 1, self.means.policy, now, self.means.chance())
        why_not = self._taken(ruling, number, next_at, now)
        if why_not:
            done = Done(row, Fate.LEFT, why_not)
            self.tries.end(number, None, self._entry(EntryKind.OUTCOME, ruling, self.means.now(), done=done))
            return done
        held = taken(row, next_at, now)
        answer = self.means.processors.post(held, held.retry_count, now)
        phase.learn(answer, self.means.policy)
        done = self._settled(held, answer)
        self.tries.end(number, answer, self._entry(EntryKind.OUTCOME, ruling, self.means.now(), done=done))
        return done

    def _taken(self, ruling: Ruling, number: int, next_at: datetime, now: datetime) -> str:
        """Take the row; where it is not known whether that was done, nothing is posted and the round ends."""
        try:
            return self.queue.take(ruling.row, next_at, now)
        except WarehouseError as error:
            done = Done(
                ruling.row, Fate.LEFT, f"nothing was posted, and it is not known whether the row was taken: {error}"
            )
            self.tries.end(number, None, self._entry(EntryKind.OUTCOME, ruling, self.means.now(), done=done))
            raise

    def _settled(self, row: QueueRow, answer: Answer) -> Done:
        """Do with a taken row what the answer asks for."""
        if answer.kind is Kind.DISPATCHED:
            return Done(row, Fate.DISPATCHED, answer.says)
        now = self.means.now()
        try:
            if answer.kind is Kind.PERMANENT:
                fate, why_not = Fate.GIVEN_UP, self.queue.give_up(row, answer.says, "permanent", now)
            elif is_at_maximum(row):
                last = f"its last of {row.max_retries} tries: {answer.says}"
                fate, why_not = Fate.GIVEN_UP, self.queue.give_up(row, last, None, now)
            else:
                fate, why_not = (
                    Fate.WAITING_AGAIN,
                    self.queue.hand_back(row, _next_at(row, answer, now), answer.says, now),
                )
        except WarehouseError as error:
            fate, why_not = Fate.UNSETTLED, str(error)
        if why_not:
            return Done(row, Fate.UNSETTLED, f"{answer.says}; the row could not be set: {why_not}")
        return Done(row, fate, answer.says)

    def _entry(
        self, kind: EntryKind, ruling: Ruling, at: datetime, *, reason: str = "", done: Done | None = None
    ) -> ActionEntry:
        """Return the entry of one step with one row; the round is its plan."""
        row = ruling.row
        return ActionEntry(
            id=self.means.new_id(),
            at=at,
            kind=kind,
            action=ACTION,
            subject=f"{ruling.step.value} {label_of(row)} {row.phase} {row.id}",
            actor=self.means.actor,
            plan_id=self.round_id,
            reason=reason,
            before=_state(row),
            after="" if done is None else done.fate.value,
            outcome="" if done is None else done.says,
        )


def _next_at(row: QueueRow, answer: Answer, now: datetime) -> datetime | None:
    """Return the row's next try: as it was set when it was taken, or later where the service asks for that."""
    asked = None if answer.wait is None else now + answer.wait
    return max((moment for moment in (row.next_retry_at, asked) if moment is not None), default=None)


def _state(row: QueueRow) -> str:
    due = format_utc(row.next_retry_at) if row.next_retry_at else "no time set"
    return f"{row.status}, {row.retry_count} of {row.max_retries} tries, next {due}"
