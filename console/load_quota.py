"""How many load jobs of a table's day are used up, from what the journal has sent, and when the day ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from checks.severity import Severity
from checks.times import both_zones, require_aware

WARNING_SHARE = 0.8
"""From which share of the quota the operator is warned."""

_PACIFIC = ZoneInfo("America/Los_Angeles")
"""Whose midnight begins a quota's day. Google may give some of it back earlier; nobody should count on it."""


def quota_day(now: datetime) -> tuple[datetime, datetime]:
    """Return the instants, UTC, at which the Pacific day of `now` begins and ends; 23, 24 or 25 hours apart."""
    day = require_aware(now).astimezone(_PACIFIC).date()
    first, last = (datetime.combine(date, time(), tzinfo=_PACIFIC) for date in (day, day + timedelta(days=1)))
    return require_aware(first), require_aware(last)


@dataclass(frozen=True, slots=True)
class LoadQuota:
    """The load jobs that this journal has sent to a table today, failed ones too; what others load is not in it."""

    table: str
    used: int
    limit: int
    resets_at: datetime

    @property
    def is_spent(self) -> bool:
        """True when nothing more may be sent until it resets."""
        return self.used >= self.limit

    @property
    def severity(self) -> Severity:
        """WARNING from 80 %, CRITICAL when it is spent."""
        if self.is_spent:
            return Severity.CRITICAL
        return Severity.WARNING if self.used >= WARNING_SHARE * self.limit else Severity.OK

    @property
    def sentence(self) -> str:
        """`console_actions: 1,203 of today's 1,500 load jobs sent (80 %), …`."""
        share = f"{self.used:,} of today's {self.limit:,} load jobs sent ({100 * self.used // self.limit} %)"
        reset = both_zones(self.resets_at)
        if self.is_spent:
            return f"{self.table}: {share}; its rows wait in the outbox until the quota resets at {reset}"
        return f"{self.table}: {share}, the quota resets at {reset}"
