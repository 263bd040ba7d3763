"""Opens what acts on one warehouse: the hand with its journal, its planner and its way to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING
from uuid import uuid4

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from console import arming
from console.actions.aftercare import Aftercare
from console.actions.entry import Actor
from console.actions.mirror import MirroredLedger
from console.actions.planning.planner import Planner
from console.actions.planning.reading import scope_of
from console.actions.running import Hand
from console.actions.verifying import Verifications
from console.actions.whoami import current_actor
from console.actions.world import World
from console.conflict_log import QueueWriter
from console.environment import environment_of
from console.incidents.shelf import current_incidents
from console.journal import Journal, JournalError
from console.lease import Leases, identity_of
from console.memory import known_journal, open_journal
from console.outbox.outbox import Outbox
from console.queue_changes import QUEUE
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable
from console.warehouse_lease import take
from screens.orders import Order
from screens.session import Environment

if TYPE_CHECKING:
    from checks.incidents.incident import Incident
    from console.actions.plan import Plan
    from console.desk import Desk
    from console.settings import Settings


@dataclass(frozen=True, slots=True)
class Station:
    """Where somebody acts: the warehouse that people call `place` and a way to open it, and the way to this host's journal.

    `now` is aware UTC, `new_id` gives an id that nobody else ever gives. `why_read_only` says why nothing may be changed, or "".
    `open_journal` raises OSError and JournalError, and so does `incidents`: those that runs of the checks have opened there.
    """

    place: str
    open_desk: Callable[[], Desk]
    open_journal: Callable[[], Journal]
    actor: Actor
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    why_read_only: Callable[[], str]
    is_production: bool
    incidents: Callable[[], Iterable[Incident]] = tuple

    @property
    def planner(self) -> Planner:
        """What plans orders; it makes no journal, and reads one only for incidents that no report shows."""
        return Planner(self.open_desk, self.place, self.new_id, self.actor, self.incidents)

    @contextmanager
    def hand(self) -> Iterator[Hand]:
        """Give a hand on the warehouse. Raises WarehouseError, OSError and JournalError."""
        journal = self.open_journal()
        with self.open_desk() as desk:  # only to write by: what is read is read by others, so that no file is held
            if not isinstance(desk.warehouse, Writable):
                raise WarehouseError(f"{self.place} cannot be written to")
            outbox = Outbox(journal, new_id=self.new_id)
            world = World(
                journal=journal,
                record=MirroredLedger(journal, outbox, self.place),
                leases=Leases(journal),
                writer=QueueWriter(desk.warehouse.writes, outbox, self.place, self.new_id),
                plan=self.planner,
                queue=self._queue,
                columns=cache(self._columns),
                claim=partial(take, desk.warehouse.writes),
                identity=cache(lambda: identity_of(journal)),
                schedule=Verifications(journal, self.new_id).schedule_with,
                actor=self.actor,
                now=self.now,
                new_id=self.new_id,
                is_production=self.is_production,
                read_only=self.why_read_only(),
            )
            yield Hand(world)

    def keep(self, plan: Plan) -> str:
        """Keep a plan and return "", or why it cannot be kept: then it can be read, and not be applied."""
        try:
            with self.hand() as hand:
                hand.keep(plan)
        except (JournalError, OSError) as error:
            return arming.unkept(error)
        except WarehouseError as error:
            return str(error)
        return ""

    def aftercare(self) -> Aftercare:
        """Return what verifies, and delivers unless nothing may be changed. Raises OSError and JournalError."""
        return Aftercare(
            self.open_journal(),
            self.place,
            self.open_desk,
            self.actor,
            self.now,
            self.new_id,
            delivers=not self.why_read_only(),
        )

    def _queue(self, order: Order) -> Sequence[QueueRow]:
        with self.open_desk() as desk:
            return desk.facts(scope_of(order, self.now()), RETRY_QUEUE)[RETRY_QUEUE]

    def _columns(self) -> frozenset[str]:
        with self.open_desk() as desk:
            (table,) = desk.warehouse.inspect((QUEUE,))
        return frozenset(column.name for column in table.columns)


def station_for(
    settings: Settings,
    environment: Mapping[str, str],
    open_desk: Callable[[], Desk],
    now: Callable[[], datetime],
    why_read_only: Callable[[], str] | None = None,
) -> Station:
    """Return the station on the warehouse of the settings, with the journal of this user.

    `environment` are the process's variables, which name the SSH session that somebody acts from. Without `why_read_only` the
    settings decide.
    """
    is_production = environment_of(settings) is Environment.PRODUCTION
    return Station(
        place=settings.warehouse,
        open_desk=open_desk,
        open_journal=lambda: open_journal(settings.state_dir, now=now),
        actor=current_actor(environment),
        now=now,
        new_id=lambda: uuid4().hex,
        why_read_only=why_read_only or (lambda: arming.why_read_only(settings, is_production=is_production)),
        is_production=is_production,
        incidents=lambda: _incidents(settings, now),
    )


def _incidents(settings: Settings, now: Callable[[], datetime]) -> tuple[Incident, ...]:
    journal = known_journal(settings.state_dir, now=now)
    if journal is None:
        return ()
    with journal.reading() as connection:
        return current_incidents(connection, settings.warehouse)
