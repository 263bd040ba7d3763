"""Leases in the warehouse: of several hosts, each with a journal of its own, one has people told, and one applies plans.

One MERGE takes or extends it, or changes nothing: compare-and-set on whose it is and until when, as `console.queue_changes` does.
It ends by itself, or earlier when its holder takes it up to now. The watcher's is never let go of: a host that starts again
within its term goes on. What was told stands in the lease's own row, so that only its holder can write it, and whoever takes the
lease over finds what was written before and nothing that is written after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from checks.times import require_aware
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change, Changed, Contended, Parameter, Writes

TABLE = "nba_orchestration.console_leases"


class Holding(Enum):
    """Whose the lease is, as far as asking has shown."""

    OURS = "ours"
    ANOTHERS = "another's"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking for the lease came to; `reason` says why it is undecided, or ""."""

    holding: Holding
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants which lease, and until when (aware UTC). `holder` is an id of a journal, `host` what people call its machine."""

    name: str
    holder: str
    host: str
    until: datetime


def take(writes: Writes, claim: Claim, now: datetime) -> Asked:
    """Take the lease, or extend it where it is held already; never raises. `now` is aware UTC."""
    try:
        outcome = writes.change(lease_change(claim, now), now)
    except WarehouseError as error:
        return Asked(Holding.UNDECIDED, str(error))
    if isinstance(outcome, Changed):
        return Asked(Holding.OURS if outcome.rows else Holding.ANOTHERS)
    if isinstance(outcome, Contended):
        return Asked(Holding.UNDECIDED, f"others ask for it at the same time: {outcome.reason}")
    return Asked(
        Holding.UNDECIDED, f"rows of {TABLE} stand in its streaming buffer: nothing but courtside may write it"
    )


def leave(writes: Writes, name: str, holder: str, told: str, now: datetime) -> bool:
    """Keep what was told with the lease, and return False where it is another's by now. `now` is aware UTC.

    Raises WarehouseError when it is not known to be kept.
    """
    outcome = writes.change(told_change(name, holder, told, now), now)
    if isinstance(outcome, Changed):
        return outcome.rows > 0
    if isinstance(outcome, Contended):
        raise WarehouseError(f"others ask for leases at the same time: {outcome.reason}")
    raise WarehouseError(f"rows of {TABLE} stand in its streaming buffer: nothing but courtside may write it")


def told_change(name: str, holder: str, told: str, now: datetime) -> Change:
    """Return the change that keeps what was told with a lease, and changes nothing when its holder is another."""
    sql = f"""UPDATE {TABLE} AS t SET told = @told, changed_at = @now
WHERE t.name = @name AND t.holder = @holder"""  # noqa: S608 - our own name
    parameters = (
        Parameter("name", "STRING", name),
        Parameter("holder", "STRING", holder),
        Parameter("told", "STRING", told),
        Parameter("now", "TIMESTAMP", require_aware(now)),
    )
    return Change(f"keeping what was told under the lease {name}", TABLE, sql, parameters)


def lease_change(claim: Claim, now: datetime) -> Change:
    """Return the change that takes a lease which is free, over or the claimant's own, and otherwise changes nothing.

    One that ends later than the one asked for was taken by a clock that has been set back since: it counts as over, as in
    `console.lease`. The MERGE can both update and insert, so BigQuery lets none other run beside it.
    """
    sql = f"""MERGE INTO {TABLE} AS t
USING (
  SELECT COUNT(*) AS known, @name AS name FROM {TABLE} AS l WHERE l.name = @name
) AS s
ON t.name = s.name
WHEN MATCHED AND (t.holder = @holder OR t.held_until <= @now OR t.held_until > @until)
  THEN UPDATE SET holder = @holder, host = @host, held_until = @until, changed_at = @now
WHEN NOT MATCHED AND s.known = 0
  THEN INSERT (name, holder, host, held_until, changed_at) VALUES (@name, @holder, @host, @until, @now)"""  # noqa: S608 - our own name
    parameters = (
        Parameter("name", "STRING", claim.name),
        Parameter("holder", "STRING", claim.holder),
        Parameter("host", "STRING", claim.host),
        Parameter("until", "TIMESTAMP", require_aware(claim.until)),
        Parameter("now", "TIMESTAMP", require_aware(now)),
    )
    return Change(f"taking the lease {claim.name}", TABLE, sql, parameters)
