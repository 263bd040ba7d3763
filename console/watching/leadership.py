"""Which watcher has people told: one on a host, by a lease in the journal, and one of several hosts, by one in the warehouse.

While the lease in the warehouse cannot be asked for, people are told twice rather than not at all: the host that led last goes
on, a host that never could ask begins, and any other goes on after a grace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from checks.times import format_utc
from console.journal import Journal
from console.lease import Leases
from console.process_mark import has_ended, own_mark
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable
from console.warehouse_lease import Asked, Claim, Holding, take
from console.watching.last_lease import LastLease, keep_lease, known_lease
from console.watching.worker import OverdueError, Worker

if TYPE_CHECKING:
    from console.desk import Desk

TERM = timedelta(minutes=5)
"""Of the lease in the journal: longer than the watcher goes without renewing it, in a run or between two."""
TERMS_ON_A_HOST = 3
"""Intervals that the lease in the warehouse lasts: two runs may fail to extend it, which is enough to open what is UNKNOWN."""
GRACE_INTERVALS = 2
"""For which a host that stood by leaves it to the one that led to tell people, from when the lease cannot be asked for."""


class Role(Enum):
    """What a watcher may do in a run."""

    LEADS = "leads"
    """It runs the checks and has people told."""
    WITHHOLDS = "withholds"
    """It runs the checks and keeps what is to be told, but leaves telling to the host that led last, for a while."""
    STANDS_BY = "stands by"
    """Another does all of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A watcher's role in a run, and why it is not to lead, or on what grounds it does where that is not certain, or ""."""

    role: Role
    reason: str = ""


class Leadership:
    """The leases of one watcher, called `name`. Raises JournalError from every method.

    `ask_warehouse` takes the lease of several hosts, None where there is only one; `grace` is how long a host that stood by waits
    when that cannot be asked for. `may_be_twice` is what people are to know who are told since the last time somebody asked: that
    another host may tell them too; "" where none does.
    """

    def __init__(
        self,
        journal: Journal,
        name: str,
        ask_warehouse: Callable[[datetime], tuple[Asked, datetime]] | None,
        grace: timedelta = timedelta(0),
    ) -> None:
        self._journal = journal
        self._leases = Leases(journal)
        self._name = name
        self._holder = f"{uuid4().hex} {own_mark()}"
        self._ask_warehouse = ask_warehouse
        self._grace = grace
        self.may_be_twice = ""

    def ask(self, now: datetime) -> Standing:
        """Return the role in a run that begins at `now` (aware UTC)."""
        self.may_be_twice = ""
        if not self._leases.acquire(self._name, self._holder, now + TERM, now, is_gone=_is_gone):
            held = self._leases.current(self._name)
            until = f" until {format_utc(held.until)}" if held is not None else ""
            return Standing(Role.STANDS_BY, f"another watcher of this host watches{until}")
        if self._ask_warehouse is None:
            return Standing(Role.LEADS)
        asked, until_then = self._ask_warehouse(now)
        if asked.holding is Holding.UNDECIDED:
            return self._unasked(asked.reason or "no answer", now)
        is_ours = asked.holding is Holding.OURS
        keep_lease(self._journal, self._name, LastLease(is_ours, now, until_then if is_ours else None))
        return Standing(Role.LEADS) if is_ours else Standing(Role.STANDS_BY, "a watcher of another host watches")

    def _unasked(self, why: str, now: datetime) -> Standing:
        """Return the role where the lease cannot be asked for, and keep since when that is so."""
        known = known_lease(self._journal, self._name) or LastLease(is_ours=False)
        since = min(known.unasked_since or now, now)
        keep_lease(self._journal, self._name, replace(known, unasked_since=since))
        if known.is_ours and known.until is not None and now < known.until:
            return Standing(Role.LEADS, f"its lease in the warehouse lasts, but was not extended: {why}")
        is_over = known.at is None or now >= since + self._grace
        if known.is_ours or is_over:
            self.may_be_twice = f"Another host may tell this too: it cannot be found out which one leads ({why})."
        if known.is_ours:
            return Standing(Role.LEADS, f"this host led last and goes on, though its lease is over: {why}")
        if is_over:
            return Standing(
                Role.LEADS, f"this host leads, because it is not known since {format_utc(since)} which does: {why}"
            )
        return Standing(
            Role.WITHHOLDS,
            f"nobody is told from here before {format_utc(since + self._grace)}: another host led last, and it is not known "
            f"whether it does now: {why}",
        )

    def is_vacant(self, now: datetime) -> bool:
        """Return whether nobody holds the lease of this host any more, so that a watcher that stood by for it may go on.

        One that stands by for another host holds it, renews it, and asks for the lease in the warehouse again in its next run.
        """
        held = self._leases.current(self._name)
        if held is not None and held.holder == self._holder:
            self._leases.renew(self._name, self._holder, now + TERM)
            return False
        return held is None or held.until <= now or _is_gone(held.holder)

    def still_leads(self, now: datetime) -> bool:
        """Renew the lease of this host, and return False when another has taken it over."""
        return self._leases.renew(self._name, self._holder, now + TERM)

    def let_go(self) -> None:
        """Let another watcher of this host go on; the lease in the warehouse stays this host's until its end."""
        self._leases.release(self._name, self._holder)


def _is_gone(holder: str) -> bool:
    """Return whether the process that holds a lease of this host has ended without letting go of it."""
    return has_ended(holder.partition(" ")[2])


@dataclass(frozen=True, slots=True)
class Hosts:
    """How the lease of several hosts is asked for, called `name`, each `every` by the journal `identity` on `host`."""

    open_desk: Callable[[], Desk]
    name: str
    identity: str
    host: str
    every: timedelta
    seconds: float
    """How long asking may take."""
    why_read_only: str = ""
    """Why nothing may be written to the warehouse, its lease either, or ""."""
    worker: Worker[Asked] = field(default_factory=lambda: Worker("asking which host leads"))

    def __call__(self, now: datetime) -> tuple[Asked, datetime]:
        """Take or extend it at `now` (aware UTC); return what that came to, and until when it then lasts. Never raises."""
        claim = Claim(self.name, self.identity, self.host, now + TERMS_ON_A_HOST * self.every)
        if self.why_read_only:
            return Asked(Holding.UNDECIDED, self.why_read_only), claim.until
        try:
            asked = self.worker.within(self.seconds, lambda: self._asked(claim, now))
        except (WarehouseError, OverdueError, OSError) as error:
            asked = Asked(Holding.UNDECIDED, str(error))
        return asked, claim.until

    def _asked(self, claim: Claim, now: datetime) -> Asked:
        with self.open_desk() as desk:
            if not isinstance(desk.warehouse, Writable):
                return Asked(Holding.UNDECIDED, f"{desk.warehouse.name} cannot be written to")
            return take(desk.warehouse.writes, claim, now)
