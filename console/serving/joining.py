"""One piece of work at a time, in a thread of its own: whoever asks for it while it runs is given its outcome.

The thread is a daemon and not one of asyncio's pool, whose end would wait for it: a warehouse that never answers holds up neither
the other questions nor the end of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Generic, TypeVar

from screens.clean import for_terminal

Value = TypeVar("Value")

MOST_HUNG = 3
"""Threads that may be left behind, each waiting for something that never came, before no further one is begun."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer: the kind as `error.kind` of a document, and the sentence."""

    kind: str
    message: str


class Joined(Generic[Value]):
    """Work that is done once for all who ask at the same time; used from one event loop.

    `work` runs in a thread and returns its value or a Failure. After `limit_seconds` nobody waits for it any more, and the next
    who asks begins it again. `monotonic` gives seconds. `note` is told each outcome in the loop, before anybody else can see that
    the work has ended.
    """

    def __init__(
        self,
        work: Callable[[], Value | Failure],
        what: str,
        *,
        limit_seconds: float,
        monotonic: Callable[[], float],
        note: Callable[[Value | Failure], None] = lambda _: None,
    ) -> None:
        self._work = work
        self._what = what
        self._note = note
        self._limit_seconds = limit_seconds
        self._monotonic = monotonic
        self._under_way: list[tuple[float, asyncio.Future[Value | Failure]]] = []

    @property
    def running_since(self) -> float | None:
        """When the work that can be joined was begun, None where there is none."""
        began = [began for began, _ in self._living() if self._left(began) > 0]
        return began[-1] if began else None

    @property
    def overdue_since(self) -> float | None:
        """When the newest work was begun, where it hangs: nobody waits for it any more, and its thread lives."""
        living = self._living()
        return living[-1][0] if living and self._left(living[-1][0]) <= 0 else None

    @property
    def late(self) -> Failure:
        """Why there is no answer of work that has not ended in time."""
        return Failure("timeout", f"{self._what} has not ended within {self._limit_seconds:g} s")

    @property
    def hung(self) -> int:
        """How many threads are left behind."""
        return sum(self._left(began) <= 0 for began, _ in self._living())

    @property
    def is_busy(self) -> bool:
        """True while any thread of it lives."""
        return bool(self._living())

    @property
    def is_stuck(self) -> bool:
        """True where so many are left behind that none is begun."""
        return self.hung >= MOST_HUNG

    def begin(self) -> asyncio.Future[Value | Failure]:
        """Return the outcome to come of the work that is under way, or that is begun now."""
        living = self._living()
        if living and self._left(living[-1][0]) > 0:
            return living[-1][1]
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Value | Failure] = loop.create_future()
        if self.is_stuck:
            sentence = f"{self._what} was begun {MOST_HUNG} times and never ended: start the server again"
            self._settle(outcome, Failure("stuck", sentence))
            return outcome
        self._under_way.append((self._monotonic(), outcome))
        Thread(target=self._run, args=(loop, outcome), daemon=True, name=self._what).start()
        return outcome

    async def outcome(self) -> Value | Failure:
        """Return what the work comes to, or that it did not end in time."""
        outcome = self.begin()
        began = next((began for began, known in self._under_way if known is outcome), self._monotonic())
        try:
            async with asyncio.timeout(max(0.0, self._left(began))):
                return await asyncio.shield(outcome)
        except TimeoutError:  # courtside: ignore[silent_exceptions] what is returned says that it did not end in time
            return self.late

    def _run(self, loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[Value | Failure]) -> None:
        found: Value | Failure
        try:
            found = self._work()
        # courtside: ignore[silent_exceptions] whoever waits must hear of it, and the next try must not be kept from beginning
        except Exception as error:  # noqa: BLE001  # see above
            found = Failure("defect", for_terminal(f"{self._what} failed: {type(error).__name__}: {error}"))
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(self._settle, outcome, found)

    def _living(self) -> list[tuple[float, asyncio.Future[Value | Failure]]]:
        self._under_way = [(began, outcome) for began, outcome in self._under_way if not outcome.done()]
        return self._under_way

    def _left(self, began: float) -> float:
        return self._limit_seconds - (self._monotonic() - began)

    def _settle(self, outcome: asyncio.Future[Value | Failure], found: Value | Failure) -> None:
        if not outcome.done():
            self._note(found)
            outcome.set_result(found)
