"""Gates over HTTP: asked afresh each time, together with whoever asks the same at the same moment, and only a few at once.

A decision is kept in the journal before it is answered, by the command line's own way. Delivering it is waited for a short while
only: neither a warehouse that takes no rows nor Slack may hold up a hand-over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from checks.facts.rows import RowError
from checks.pipeline import Transition
from console.gates.asking import Decided, decide
from console.gates.recording import Recorded
from console.journal import JournalError
from console.outbox.rows import UnfitRowError
from console.serving.joining import Failure, Joined
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from console.desk import Desk
    from console.gates.recording import Keeping, Recorder
    from screens.text.frame import Frame

MOST_AT_ONCE = 4
"""One for each hand-over; of decisions under way, and of deliveries."""
RETRY_AFTER_SECONDS = 5
DELIVERY_SECONDS = 10.0
"""How long an answer waits for what becomes of its recording."""


class TooManyError(Exception):
    """So many other gates are being asked that this one has to wait."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_AT_ONCE} other gates are being asked: ask again in {RETRY_AFTER_SECONDS} s")


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision, and what was kept of it; None where nothing was, and then why."""

    decided: Decided
    kept: Keeping | None
    not_recorded: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision, and what has become of its recording; None where it is not recorded, and then why."""

    decided: Decided
    recorded: Recorded | None
    not_recorded: str = ""

    def document(self) -> dict[str, object]:
        """Return the document."""
        recorded = self.recorded and self.recorded.document()
        return {**self.decided.document(), "recorded": recorded, "not_recorded": self.not_recorded}


class Gatekeeper(Protocol):
    """What gates ask; both methods are called in threads."""

    def ask(self, transition: Transition, day: date, by: str) -> Asked | Failure:
        """Return the decision about a hand-over of a date, kept in the name of whoever asked."""

    def deliver(self, kept: Keeping) -> Recorded | Failure:
        """Return what has become of a decision that was kept."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Asks a desk and records by a recorder. `frame` gives what is asked about."""

    open_desk: Callable[[], Desk]
    frame: Callable[[date], Frame]
    recorder: Recorder

    def ask(self, transition: Transition, day: date, by: str) -> Asked | Failure:
        """Decide and keep; one that cannot be kept is answered all the same, for the next phase waits for it."""
        try:
            with self.open_desk() as desk:
                decided = decide(desk, transition, self.frame(day))
        except (WarehouseError, RowError, OSError) as error:
            return Failure("warehouse", str(error))
        if reason := self.recorder.why_not():
            return Asked(decided, None, reason)
        try:
            return Asked(decided, self.recorder.keep(decided.decision, decided.frame.scope.as_of, by))
        except (JournalError, OSError, UnfitRowError) as error:
            return Asked(decided, None, f"it cannot be kept: {error}")

    def deliver(self, kept: Keeping) -> Recorded | Failure:
        """Deliver what waits."""
        try:
            return self.recorder.deliver(kept)
        except (JournalError, OSError) as error:
            return Failure("journal", str(error))


class Gates:
    """Decisions under way, by hand-over and date, and deliveries, by what was kept; used from one event loop."""

    def __init__(
        self,
        keeper: Gatekeeper,
        *,
        limit_seconds: float,
        monotonic: Callable[[], float],
        delivery_seconds: float = DELIVERY_SECONDS,
    ) -> None:
        self._keeper = keeper
        self._limit_seconds = limit_seconds
        self._delivery_seconds = delivery_seconds
        self._monotonic = monotonic
        self._asked: dict[tuple[Transition, date], Joined[Asked]] = {}
        self._delivered: dict[str, Joined[Recorded]] = {}

    async def decision(self, transition: Transition, day: date, by: str = "") -> Answered | Failure:
        """Return the decision, or why there is none. Raises TooManyError."""
        asked = await self._asking(transition, day, by).outcome()
        if isinstance(asked, Failure):
            return asked
        if asked.kept is None:
            return Answered(asked.decided, None, asked.not_recorded)
        return Answered(asked.decided, await self._recorded(asked.kept))

    def _asking(self, transition: Transition, day: date, by: str) -> Joined[Asked]:
        key = (transition, day)
        self._asked = {known: joined for known, joined in self._asked.items() if joined.is_busy}
        if key not in self._asked:
            if len(self._asked) >= MOST_AT_ONCE:
                raise TooManyError
            self._asked[key] = Joined(
                lambda: self._keeper.ask(transition, day, by),
                f"the gate {transition.value} of {day.isoformat()}",
                limit_seconds=self._limit_seconds,
                monotonic=self._monotonic,
            )
        return self._asked[key]

    async def _recorded(self, kept: Keeping) -> Recorded:
        """Return what has become of what was kept, as far as that is known in time; it is in the journal whatever happens."""
        self._delivered = {known: joined for known, joined in self._delivered.items() if joined.is_busy}
        if kept.key not in self._delivered:
            if len(self._delivered) >= MOST_AT_ONCE:
                return _on_its_way(kept, f"{MOST_AT_ONCE} others are being delivered")
            self._delivered[kept.key] = Joined(
                lambda: self._keeper.deliver(kept),
                "delivering it",
                limit_seconds=self._delivery_seconds,
                monotonic=self._monotonic,
            )
        found = await self._delivered[kept.key].outcome()
        return _on_its_way(kept, found.message) if isinstance(found, Failure) else found


def _on_its_way(kept: Keeping, why: str) -> Recorded:
    waiting = f"{why}; `courtside outbox` says how it stands"
    if kept.message is None:
        return Recorded(waiting, no_alert=kept.no_alert)
    return Recorded(waiting, no_alert=f"whether the operators were told is not known yet: {why}")
