"""Which watcher has people told: one on a host, by a lease in the journal, and one of several hosts, by one in the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from checks.times import format_utc
from console.journal import Journal
from console.lease import Leases
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable
from console.warehouse_lease import Asked, Claim, Holding, take
from console.watching.worker import OverdueError, Worker

if TYPE_CHECKING:
    from console.desk import Desk

TERM = timedelta(minutes=5)
"""Of the lease in the journal: longer than the watcher goes without renewing it, in a run or between two."""
TERMS_ON_A_HOST = 3
"""Intervals that the lease in the warehouse lasts: two runs may fail to extend it, which is enough to open what is UNKNOWN."""


class Role(Enum):
    """What a watcher may do in a run."""

    LEADS = "leads"
    """It runs the checks and has people told."""
    WITHHOLDS = "withholds"
    """It runs the checks, but it is not known who has people told."""
    STANDS_BY = "stands by"
    """Another does all of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A watcher's role in a run, and why it is not to lead, or ""."""

    role: Role
    reason: str = ""


class Leadership:
    """The leases of one watcher, called `name`. Raises JournalError from every method.

    `ask_warehouse` takes the lease of several hosts, None where there is only one.
    """

    def __init__(
        self, journal: Journal, name: str, ask_warehouse: Callable[[datetime], tuple[Asked, datetime]] | None
    ) -> None:
        self._leases = Leases(journal)
        self._name = name
        self._holder = uuid4().hex
        self._ask_warehouse = ask_warehouse
        self._leads_until: datetime | None = None

    def ask(self, now: datetime) -> Standing:
        """Return the role in a run that begins at `now` (aware UTC)."""
        if not self._leases.acquire(self._name, self._holder, now + TERM, now):
            held = self._leases.current(self._name)
            until = f" until {format_utc(held.until)}" if held is not None else ""
            return Standing(Role.STANDS_BY, f"another watcher of this host watches{until}")
        if self._ask_warehouse is None:
            return Standing(Role.LEADS)
        asked, until_then = self._ask_warehouse(now)
        if asked.holding is Holding.OURS:
            self._leads_until = until_then
            return Standing(Role.LEADS)
        if asked.holding is Holding.ANOTHERS:
            self._leads_until = None
            return Standing(Role.STANDS_BY, "a watcher of another host watches")
        if self._leads_until is not None and now < self._leads_until:
            return Standing(Role.LEADS, f"its lease in the warehouse lasts, but was not extended: {asked.reason}")
        return Standing(
            Role.WITHHOLDS, f"nobody is told, because it is not known which host leads: {asked.reason or 'no answer'}"
        )

    def is_vacant(self, now: datetime) -> bool:
        """Return whether nobody holds the lease of this host any more."""
        held = self._leases.current(self._name)
        return held is None or held.until <= now

    def still_leads(self, now: datetime) -> bool:
        """Renew the lease of this host, and return False when another has taken it over."""
        return self._leases.renew(self._name, self._holder, now + TERM)

    def let_go(self) -> None:
        """Let another watcher of this host go on; the lease in the warehouse stays this host's until its end."""
        self._leases.release(self._name, self._holder)


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
    worker: Worker[Asked] = field(default_factory=lambda: Worker("asking which host leads"))

    def __call__(self, now: datetime) -> tuple[Asked, datetime]:
        """Take or extend it at `now` (aware UTC); return what that came to, and until when it then lasts. Never raises."""
        claim = Claim(self.name, self.identity, self.host, now + TERMS_ON_A_HOST * self.every)
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
