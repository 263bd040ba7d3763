"""Loads facts from a source: each once, all at the same time, and none of them beyond a deadline.

The source is whatever answers facts. Nothing it does, not even never returning, can hold anybody up: facts load in daemon
threads, and what has not answered by the deadline is cancelled and reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar, runtime_checkable

from checks.deadline import DEADLINE_SECONDS
from checks.facts.fact import Fact, Facts, Window
from checks.model import FactOutcome, Scope
from checks.progress import Cancelled, never

Row = TypeVar("Row")
Monotonic = Callable[[], float]

_POLL_SECONDS = 0.05
"""How soon somebody who wants to stop is heard."""


class Source(Protocol):
    """Answers facts; safe to call from several threads at once."""

    @property
    def concurrency(self) -> int:
        """How many facts at once it answers fastest."""

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        """Return the fact's rows, or raise."""

    def cancel(self) -> None:
        """Stop what is running."""


@runtime_checkable
class BatchSource(Protocol):
    """A source that answers several facts with one question, because each question costs."""

    def batches(self, facts: Sequence[Fact[Any]]) -> Sequence[Sequence[Fact[Any]]]:
        """Return the facts in the groups in which they are best asked for."""

    def load_batch(self, batch: Sequence[tuple[Fact[Any], Window]], as_of: datetime) -> Mapping[str, tuple[Any, ...]]:
        """Return the rows of a group by fact, or raise: PartlyLoadedError when only some could not be had."""


class PartlyLoadedError(Exception):
    """Some facts of a group could not be had: `rows` holds those that could, `reasons` why each of the others could not."""

    def __init__(self, rows: Mapping[str, tuple[Any, ...]], reasons: Mapping[str, Exception]) -> None:
        self.rows = rows
        self.reasons = reasons
        super().__init__("; ".join(dict.fromkeys(str(reason) for reason in reasons.values())))


NOT_ASKED = "it was not loaded"
"""The reason of a fact that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Facts with how loading them went; a fact that failed has no rows here and a reason in its outcome."""

    facts: Facts
    outcomes: tuple[FactOutcome, ...]

    def reason(self, fact: Fact[Any]) -> str:
        """Return why `fact` could not be loaded, or ""."""
        return next((outcome.reason for outcome in self.outcomes if outcome.fact == fact.name), NOT_ASKED)

    def without(self, facts: Collection[Fact[Any]]) -> Loaded:
        """Return this without how loading some facts went: for a report that does not stand on them."""
        names = {fact.name for fact in facts}
        return Loaded(self.facts, tuple(outcome for outcome in self.outcomes if outcome.fact not in names))


@dataclass(frozen=True, slots=True)
class _Answer:
    outcome: FactOutcome
    rows: tuple[object, ...]


class Loading:
    """Facts on their way: started when made, so that its owner can do something else before `wait`."""

    def __init__(
        self, facts: Sequence[Fact[Any]], source: Source, scope: Scope, *, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._facts = tuple(facts)
        self._source = source
        self._scope = scope
        self._monotonic = monotonic
        self._started = monotonic()
        self._answers: SimpleQueue[_Answer] = SimpleQueue()
        self._waiting: SimpleQueue[Sequence[Fact[Any]]] = SimpleQueue()
        self._got: dict[str, _Answer] = {}
        self._why_not = "it has not answered yet"
        groups = _groups(source, self._facts)
        for group in groups:
            self._waiting.put(group)
        for _ in range(min(source.concurrency, len(groups))):
            Thread(target=self._work, daemon=True).start()

    def wait(self, deadline_seconds: float = DEADLINE_SECONDS) -> Loaded:
        """Return all facts, those that have not answered within `deadline_seconds` of the start with that as their reason."""
        for _ in self.arrivals(deadline_seconds):
            pass
        return self.loaded()

    def arrivals(
        self, deadline_seconds: float = DEADLINE_SECONDS, cancelled: Cancelled = never
    ) -> Iterator[FactOutcome]:
        """Give each fact's outcome as it comes, until the deadline or until `cancelled` says so; then stop what is running."""
        while len(self._got) < len(self._facts):
            left = deadline_seconds - (self._monotonic() - self._started)
            if cancelled():
                return self._stop("the run was stopped before it answered")
            if left <= 0 and self._answers.empty():
                return self._stop(f"no answer within {deadline_seconds:g} s")
            try:
                answer = self._answers.get(timeout=max(0.0, left if cancelled is never else min(left, _POLL_SECONDS)))
            except Empty:
                continue
            self._got[answer.outcome.fact] = answer
            yield answer.outcome

    def loaded(self) -> Loaded:
        """Return what has come so far; facts that have not come have the reason in their outcomes."""
        waited = self._monotonic() - self._started
        outcomes = tuple(
            self._got[fact.name].outcome if fact.name in self._got else FactOutcome(fact.name, 0, waited, self._why_not)
            for fact in self._facts
        )
        rows = {name: answer.rows for name, answer in self._got.items() if not answer.outcome.reason}
        return Loaded(Facts(self._scope, rows), outcomes)

    def _stop(self, why: str) -> None:
        """Let no further fact begin, and stop those that are running."""
        self._why_not = why
        with suppress(Empty):
            while True:
                self._waiting.get_nowait()
        self._source.cancel()

    def _work(self) -> None:
        """Load groups until none is waiting."""
        while True:
            try:
                group = self._waiting.get_nowait()
            except Empty:
                return
            started = self._monotonic()
            found = self._ask(group)
            seconds = self._monotonic() - started
            for fact in group:
                self._answers.put(_answer(fact, found[fact.name], seconds))

    def _ask(self, group: Sequence[Fact[Any]]) -> Mapping[str, tuple[Any, ...] | Exception]:
        """Return each fact's rows, or why they could not be had."""
        asked = [(fact, fact.window(self._scope)) for fact in group]
        as_of = self._scope.as_of
        try:
            if isinstance(self._source, BatchSource):
                return self._source.load_batch(asked, as_of)
            return {fact.name: self._source.load(fact, window, as_of) for fact, window in asked}
        except PartlyLoadedError as error:
            return {**error.rows, **error.reasons}
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in a thread must become a visible UNKNOWN
            return {fact.name: error for fact in group}


def _groups(source: Source, facts: Sequence[Fact[Any]]) -> Sequence[Sequence[Fact[Any]]]:
    """Return what is asked for together, the group that reads the most tables first, for it takes the longest."""
    groups = source.batches(facts) if isinstance(source, BatchSource) else [(fact,) for fact in facts]
    return sorted(groups, key=lambda group: -sum(len(fact.tables) for fact in group))


def _answer(fact: Fact[Any], found: tuple[Any, ...] | Exception, seconds: float) -> _Answer:
    if isinstance(found, Exception):
        return _Answer(FactOutcome(fact.name, 0, seconds, str(found) or type(found).__name__), ())
    return _Answer(FactOutcome(fact.name, len(found), seconds), found)
