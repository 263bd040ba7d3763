"""Asks the doctor's questions, a few at a time, each on an errand of its own, so that none can hide or hold up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from console.warehouse.bigquery.bounds import CONCURRENCY, Bounds
from console.warehouse.bigquery.call import Call, this_call
from console.warehouse.bigquery.errand import Errand, Errands
from console.warehouse.bigquery.errors import Attempt, explain
from console.warehouse.bigquery.target import BigQueryTarget

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a question came to: a value, or the error and what it means in the operator's words."""

    value: T | None
    error: Exception | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeardDate:
    """The `Date` of an answer, and the instants on this machine's clock between which the server wrote it."""

    date: str
    asked: datetime
    answered: datetime


class Pending(Generic[T]):
    """A question under way."""

    def __init__(self, errand: Errand[T], what: str, target: BigQueryTarget) -> None:
        self._errand = errand
        self._what = what
        self._target = target

    def outcome(self) -> Outcome[T]:
        """Wait for what comes of it; never raises for what the network or the service does."""
        try:
            return Outcome(self._errand.result())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what there is to say of this part
            # Without seconds: the same trouble then has the same words wherever it strikes, and is told once.
            return Outcome(None, error, str(explain(error, Attempt(self._what), self._target)))


class Asker:
    """Starts questions; all of them together end within the bounds' deadline. `now` gives this machine's time, aware UTC."""

    def __init__(
        self,
        client: Callable[[BigQueryTarget], Client],
        target: BigQueryTarget,
        errands: Errands,
        bounds: Bounds,
        now: Callable[[], datetime],
    ) -> None:
        self.target = target
        self._client = client
        self._errands = errands
        self._whole = Call(bounds)
        self._now = now
        self._room = threading.Semaphore(CONCURRENCY)
        self._heard: list[HeardDate] = []

    @property
    def heard(self) -> tuple[HeardDate, ...]:
        """The dates of the answers so far, refusals too."""
        return tuple(self._heard)

    def start(self, what: str, question: Callable[[Client, Call], T]) -> Pending[T]:
        """Begin to ask, in another thread; `what` is what a sentence about its failure calls it."""

        def work() -> T:
            call = this_call()
            with self._room:
                asked = self._now()
                try:
                    return question(self._client(self.target), call)
                finally:
                    if call.date:
                        self._heard.append(HeardDate(call.date, asked, self._now()))

        return Pending(self._errands.start(work, self._whole.left), what, self.target)
