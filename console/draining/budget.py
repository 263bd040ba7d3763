"""How often the queue may be tried: an item three times in 24 h, all of it no more than a tenth of the last hour's runs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.facts.processor_runs import ProcessorRun
from checks.facts.retry_queue import QueueRow
from checks.policy import Policy
from console.draining.tries import Try

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def item_of(row: QueueRow) -> str:
    """Return what a row wants done: phase, processor, game date and game, whichever row of the queue asks for it."""
    return f"{row.phase} {row.processor_name} {row.game_date.isoformat()} {row.game_key or ''}".strip()


@dataclass(frozen=True, slots=True)
class HourBudget:
    """The retries of the last hour: how many there may be, how many there were, and the runs that they are a share of."""

    allowed: int
    used: int
    runs: int

    @property
    def left(self) -> int:
        """How many more there may be, never negative."""
        return max(0, self.allowed - self.used)


def hour_budget(
    rows: Iterable[QueueRow], tries: Sequence[Try], runs: Iterable[ProcessorRun], policy: Policy, now: datetime
) -> HourBudget:
    """Return the budget of the hour before `now`: the policy's share of the runs begun in it, and one at least.

    Used are this host's tries, and rows that say they were tried in that hour without being among those: another worker's.
    """
    since = now - HOUR
    begun = sum(1 for run in runs if run.started_at is not None and since < run.started_at <= now)
    own = [done for done in tries if done.at > since]
    known = {done.row_id for done in own}
    others = sum(
        1 for row in rows if row.id not in known and row.last_retry_at is not None and row.last_retry_at > since
    )
    return HourBudget(max(1, int(begun * policy.retries_of_runs_percent / 100)), len(own) + others, begun)


def tries_by_item(rows: Iterable[QueueRow], tries: Iterable[Try], now: datetime) -> Mapping[str, int]:
    """Return how often each item was tried in the 24 h before `now`: as the journal counts, or as its rows do, if that is more.

    A row that failed first within those 24 h was tried within them as often as it says, an older one at least once when its last
    try was.
    """
    since = now - DAY
    own = Counter(done.item for done in tries if done.at > since)
    told: Counter[str] = Counter()
    for row in rows:
        if row.last_retry_at is not None and row.last_retry_at > since:
            told[item_of(row)] += max(1, row.retry_count) if row.first_failure_at > since else 1
    return {item: max(own[item], told[item]) for item in own.keys() | told.keys()}


def next_try_at(retry_count: int, policy: Policy, now: datetime, chance: float) -> datetime:
    """Return when a row may be tried again after its try number `retry_count` (from 1) at `now`.

    That is 15, 30, 60 … minutes on, as PIPELINE.md has it, and a random part of as much again, so that rows which failed together
    do not come back together ("full jitter", AWS Architecture Blog, Exponential Backoff and Jitter). `chance` is 0 up to 1. The
    step stops growing at the age at which a row of the queue is critical.
    """
    doublings = min(max(retry_count, 1) - 1, 20)
    minutes = min(policy.retry_first_step_minutes * 2**doublings, policy.queue_age_critical_minutes)
    return now + timedelta(minutes=minutes * (1 + chance))
