"""What asking costs a day: booked in the journal by every process, so that consoles and commands share one budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.warehouse.bigquery.cost import Budget, Meter

if TYPE_CHECKING:
    from console.journal import Journal

Answer = TypeVar("Answer")


class Account:
    """What one place is billed for, with the day's budget in GB of 2^30 (None for no budget). Never fails, see `trouble`.

    `place` is who pays: the project, whichever of its datasets are read. `now` returns aware UTC; a day is one of UTC, because
    the budget begins anew at the same moment for everybody. `trouble` is why the journal could not be used, or "": then what
    this process was billed is all that is known, and is booked as soon as the journal can be used again.
    """

    def __init__(
        self, meter: Meter, place: str, daily_gb: float | None, state_dir: Path, now: Callable[[], datetime]
    ) -> None:
        self.trouble = ""
        self._meter = meter
        self._place = place
        self._daily_gb = daily_gb
        self._state_dir = state_dir
        self._now = now

    @property
    def bytes_billed(self) -> int:
        """Bytes billed since this process started."""
        return self._meter.usage.bytes_billed

    def settle(self) -> None:
        """Book what was billed since this was last done; a process that was billed for nothing opens no journal."""
        self._try(lambda: self._meter.settle(self._book))

    def budget(self) -> Budget | None:
        """Return the budget with what all processes have spent of it today; None where there is none."""
        if self._daily_gb is None:
            return None
        self.settle()
        booked = self._try(lambda: self._journal().spent(self._today(), self._place)) or 0
        return Budget(self._daily_gb, booked + self._meter.unsettled, self._today())

    def _book(self, count: int) -> None:
        self._journal().spend(self._today(), self._place, count)

    def _journal(self) -> Journal:
        from console.memory import open_journal  # noqa: PLC0415  # an embedded warehouse needs no journal

        return open_journal(self._state_dir, now=self._now)

    def _try(self, question: Callable[[], Answer]) -> Answer | None:
        """Return the journal's answer, None when it cannot be used, and note why."""
        from console.journal import JournalError  # noqa: PLC0415  # as above

        try:
            answer = question()
        except (JournalError, OSError) as error:
            self.trouble = str(error)
            return None
        self.trouble = ""
        return answer

    def _today(self) -> date:
        return self._now().astimezone(UTC).date()
