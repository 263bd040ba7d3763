"""Gates over HTTP: asked afresh each time, together with whoever asks the same at the same moment, and only a few at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from checks.facts.rows import RowError
from checks.pipeline import Transition
from console.gates.asking import Decided, decide
from console.serving.joining import Failure, Joined
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from console.desk import Desk
    from screens.text.frame import Frame

MOST_AT_ONCE = 4
"""One for each hand-over."""
RETRY_AFTER_SECONDS = 5


class TooManyError(Exception):
    """So many other gates are being asked that this one has to wait."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_AT_ONCE} other gates are being asked: ask again in {RETRY_AFTER_SECONDS} s")


def decide_once(open_desk: Callable[[], Desk], transition: Transition, frame: Callable[[], Frame]) -> Decided | Failure:
    """Return the decision, or why the warehouse cannot be asked; opens a desk and closes it."""
    try:
        with open_desk() as desk:
            return decide(desk, transition, frame())
    except (WarehouseError, RowError, OSError) as error:
        return Failure("warehouse", str(error))


class Gates:
    """Decisions under way, by hand-over and date; used from one event loop."""

    def __init__(
        self,
        ask: Callable[[Transition, date], Decided | Failure],
        *,
        limit_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._limit_seconds = limit_seconds
        self._monotonic = monotonic
        self._asked: dict[tuple[Transition, date], Joined[Decided]] = {}

    async def decision(self, transition: Transition, day: date) -> Decided | Failure:
        """Return the decision, or why there is none. Raises TooManyError."""
        key = (transition, day)
        self._asked = {known: joined for known, joined in self._asked.items() if joined.is_busy}
        if key not in self._asked:
            if len(self._asked) >= MOST_AT_ONCE:
                raise TooManyError
            self._asked[key] = Joined(
                lambda: self._ask(transition, day),
                f"the gate {transition.value} of {day.isoformat()}",
                limit_seconds=self._limit_seconds,
                monotonic=self._monotonic,
            )
        return await self._asked[key].outcome()
