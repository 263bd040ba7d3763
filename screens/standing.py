"""What is known at this moment about the data: the verdict and its age, the source and its failures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from checks.severity import Verdict
from checks.times import format_minutes, minutes_between

if TYPE_CHECKING:
    from screens.feed import Loaded
    from screens.spending import Spending

_LATENCIES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds that a latency is rounded up to: a header that changes with every refresh is repainted with every refresh."""

_QUICKER = 4
"""A latency that was shown stays while the answers come within it, unless they come this many times as quickly."""


@dataclass(slots=True)
class Standing:
    """Kept up to date by everything that comes back; `latest` is the last full report with its facts.

    `as_of` is the moment that the verdict is about; `remembered` says that it is one of an earlier run.
    """

    verdict: Verdict | None = None
    as_of: datetime | None = None
    remembered: bool = False
    latest: Loaded | None = None
    seconds: float | None = None
    spending: Spending | None = None
    failures: dict[str, str] = field(default_factory=dict)

    def recall(self, verdict: Verdict, as_of: datetime) -> None:
        """Take over the verdict of an earlier run."""
        self.verdict, self.as_of, self.remembered = verdict, as_of, True

    def note(self, message: Loaded, *, full: bool) -> None:
        """Take note of what came back; `full` when it was the report of all checks."""
        self.spending = message.spending or self.spending
        if message.look is None:
            self.failures[message.feed] = message.reason
            return
        self.seconds = self._shown(message.seconds)
        if full:
            self.failures.clear()
            self.latest = message
            self.verdict, self.as_of, self.remembered = message.look.report.verdict, message.scope.as_of, False
        else:
            self.failures.pop(message.feed, None)

    def _shown(self, seconds: float) -> float:
        """Return the latency to show: the next bound above it, or the one that is shown already and still true."""
        before = self.seconds
        if before is not None and before / _QUICKER < seconds <= before:
            return before
        return next((bound for bound in _LATENCIES if seconds <= bound), seconds)

    def slowness(self, now: datetime, *, is_live: bool) -> float | None:
        """Return how many times its cadence a panel waits, None for ever; who plays the past is never slowed."""
        return self.spending.slowness(now) if is_live and self.spending is not None else 1.0

    def pace(self, now: datetime, *, is_live: bool) -> str:
        """Return how refreshing is slowed and until when, "" when it is not."""
        return self.spending.word(now) if is_live and self.spending is not None else ""

    def cost(self, now: datetime) -> str:
        """Return what asking has cost, "" where it costs nothing."""
        return "" if self.spending is None else self.spending.cost(now)

    def watched(self, now: datetime) -> str:
        """Return how long ago the watcher last ran, in whole minutes; "" where none ever did."""
        look = self.latest.look if self.latest is not None else None
        if look is None or look.watched_at is None:
            return ""
        return f"watcher {format_minutes(max(minutes_between(look.watched_at, now), 0))} ago"

    @property
    def untold(self) -> str:
        """Return how many messages have not reached whoever was to be told, "" for none."""
        look = self.latest.look if self.latest is not None else None
        return f"{look.untold} NOT DELIVERED" if look is not None and look.untold else ""

    def forget(self, feed: str) -> None:
        """Forget a feed that is gone."""
        self.failures.pop(feed, None)

    @property
    def failure(self) -> str:
        """Why the source fails, or "": what failed last is said."""
        return next(reversed(self.failures.values()), "")

    @property
    def source(self) -> str:
        """Say how the warehouse is: loading, reachable within how long, or how much of it cannot be read."""
        if self.seconds is None:
            return "loading"
        within = next((f"{bound:g}" for bound in _LATENCIES if self.seconds <= bound), None)
        answered = f"reachable, {within} s" if within else f"reachable, over {_LATENCIES[-1]:g} s"
        facts = self.latest.look.report.facts if self.latest is not None and self.latest.look is not None else ()
        unread = sum(bool(outcome.reason) for outcome in facts)
        return f"{unread} of {len(facts)} sources FAILING" if unread else answered
