"""What asking costs, as the console shows it, and how a day's budget slows refreshing: at last it waits for somebody's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from checks.times import format_utc
from screens.text.amount import gigabytes


class Budget(Protocol):
    """A day's budget and what is spent of it."""

    @property
    def daily_gb(self) -> float:
        """The budget in GB of 2^30."""

    @property
    def spent_today(self) -> int:
        """Bytes billed to everybody who shares it."""

    @property
    def slowness(self) -> float | None:
        """How many times its cadence a panel waits; None when it is refreshed only by hand."""

    @property
    def until(self) -> datetime:
        """When the next day's budget begins (aware UTC)."""


@dataclass(frozen=True, slots=True)
class Spending:
    """`billed` is in bytes since the console started; `budget` as it stood after the last refresh, None where there is none."""

    billed: int
    budget: Budget | None = None

    def budget_at(self, now: datetime) -> Budget | None:
        """Return the budget that holds at `now`; None too when its day is over and nobody knows of the next one's yet."""
        return self.budget if self.budget is not None and now < self.budget.until else None

    def slowness(self, now: datetime) -> float | None:
        """Return how many times its cadence a panel waits; None when it is refreshed only by hand."""
        budget = self.budget_at(now)
        return 1.0 if budget is None else budget.slowness

    def cost(self, now: datetime) -> str:
        """Return `0.23 GB billed`, or `0.23 of 10 GB today` under a budget; GB are of 2^30 bytes."""
        budget = self.budget_at(now)
        if budget is None:
            return f"{gigabytes(self.billed)} GB billed"
        return f"{gigabytes(budget.spent_today)} of {budget.daily_gb:g} GB today"

    def word(self, now: datetime) -> str:
        """Return how refreshing is slowed and until when, "" when it is not."""
        budget, slowness = self.budget_at(now), self.slowness(now)
        if budget is None or slowness == 1:
            return ""
        until = format_utc(budget.until)[11:]
        return f"only by R until {until}" if slowness is None else f"slower until {until}"

    def notice(self, before: Spending | None, now: datetime) -> str:
        """Return the sentence that says how refreshing changes from `before` on, "" when it goes on as it did."""
        slowness = self.slowness(now)
        if slowness == (1.0 if before is None else before.slowness(now)):
            return ""
        budget = self.budget_at(now)
        if budget is None or slowness == 1:
            return "within the budget: refreshing at the usual pace again"
        spent, until = self.cost(now), format_utc(budget.until)[11:]
        if slowness is None:
            return f"{spent}, all of the budget: only R refreshes until {until}"
        return f"{spent}: refreshing {slowness:g} times more slowly until {until}"
