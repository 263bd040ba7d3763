"""One round of the drainer: what is due is posted, and each answer decides what becomes of its row.

A row is taken by compare-and-set before it is posted, with the time of the try after this one. So two drainers never post the
same try, and a process that ends between the two repeats nothing: the row stays `retrying`, and goes back to `pending` when it
is stale. One round at a time works a queue on a host, by a lease that each row renews.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.facts.breakers import BREAKERS
from checks.facts.lineage import LINEAGE
from checks.facts.processor_runs import PROCESSOR_RUNS
from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope
from checks.policy import Policy
from checks.times import format_utc
from console.conflict_log import QueueWriter
from console.desk import Desk
from console.draining.budget import DAY
from console.draining.changing import QueueInUse
from console.draining.due import Ruling, Situation, rulings
from console.draining.tries import Tries
from console.draining.work import Done, Fate, Means, Work
from console.heartbeat import DRAINER, Heartbeat, beat
from console.journal import Journal, JournalError
from console.lease import Leases
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable

LEASE = timedelta(minutes=5)
"""Longer than one row can take: two changes of 15 s each and a post of 75 s."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to; `trouble` is why it ended before its end, or "". `at` is when it ended (aware UTC)."""

    at: datetime
    done: tuple[Done, ...]
    trouble: str = ""

    @property
    def sentence(self) -> str:
        """Return `2 dispatched, 1 given up, 3 left`."""
        counts = Counter(item.fate for item in self.done)
        said = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate]) or "nothing in the queue"
        return f"{said}; it stopped: {self.trouble}" if self.trouble else said


@dataclass(frozen=True, slots=True)
class Drainer:
    """Drains the queue of a warehouse that people call `place`.

    `addressed` are the phases whose processor has an address; `stopping` is asked between rows.
    """

    place: str
    journal: Journal
    addressed: frozenset[str]
    means: Means
    stopping: Callable[[], bool] = lambda: False

    def round(self, desk: Desk) -> Round:
        """Do one round and leave a sign of life. Raises WarehouseError and JournalError where not even a beginning was made."""
        leases, holder, name = Leases(self.journal), self.means.new_id(), f"drain {self.place}"
        now = self.means.now()
        if not leases.acquire(name, holder, now + LEASE, now):
            held = leases.current(name)
            until = f" until {format_utc(held.until)}" if held is not None else ""
            return Round(now, (), f"another drainer works on this queue from this host{until}")
        try:
            outcome = self._round(desk, holder, lambda: leases.renew(name, holder, self.means.now() + LEASE))
        except WarehouseError as error:
            self._beat(f"it could not begin: {error}")
            raise
        finally:
            leases.release(name, holder)
        self._beat(outcome.sentence)
        return outcome

    def _round(self, desk: Desk, round_id: str, renew: Callable[[], bool]) -> Round:
        warehouse = desk.warehouse
        if not isinstance(warehouse, Writable):
            raise WarehouseError(f"{self.place} cannot be written to")
        writer = QueueWriter(warehouse.writes, Outbox(self.journal), self.place, self.means.new_id)
        (table,) = warehouse.inspect((QUEUE,))
        queue = QueueInUse(writer, frozenset(column.name for column in table.columns))
        ruled = plan(desk, self.journal, self.place, self.addressed, self.means.policy, self.means.now())
        work = Work(self.means, queue, Tries(self.journal, self.place), round_id)
        for number, ruling in enumerate(ruled):
            try:
                trouble = self._why_stop(renew)
                if not trouble:
                    work.done.append(work.on(ruling))
            except (WarehouseError, JournalError) as error:
                trouble = str(error)
            if trouble:
                work.done.extend(Done(item.row, Fate.LEFT, "the round stopped before it") for item in ruled[number:])
                return Round(self.means.now(), tuple(work.done), trouble)
        return Round(self.means.now(), tuple(work.done))

    def _why_stop(self, renew: Callable[[], bool]) -> str:
        if self.stopping():
            return "it was asked to stop"
        return "" if renew() else "another drainer has taken over"

    def _beat(self, says: str) -> None:
        beat(self.journal, DRAINER, self.place, Heartbeat(self.means.now(), self.means.actor.host, says))


def plan(
    desk: Desk, journal: Journal | None, place: str, addressed: frozenset[str], policy: Policy, now: datetime
) -> tuple[Ruling, ...]:
    """Return what a round at `now` (aware UTC) would do with each active row; writes nothing.

    The journal is None where there is none yet, and so no try of this host either. Raises WarehouseError and JournalError.
    """
    facts = desk.facts(Scope.at(now, days=2), RETRY_QUEUE, LINEAGE, PROCESSOR_RUNS, BREAKERS)
    tries = None if journal is None else Tries(journal, place)
    situation = Situation(
        rows=facts[RETRY_QUEUE],
        games=facts[LINEAGE],
        runs=facts[PROCESSOR_RUNS],
        breakers=facts[BREAKERS],
        tries=() if tries is None else tries.since(now - DAY),
        addressed=addressed,
        quiet={} if tries is None else tries.quiet_until(now),
    )
    return rulings(situation, policy, now)
