"""Keeps plans and applies them: each once, to the state that it was made for, with the consent that it needs.

Whatever ends the process, the journal tells how far it was, and applying the same plan again goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from checks.progress import Cancelled
from checks.times import format_utc
from console.actions import run_state as state
from console.actions.entry import EntryKind
from console.actions.plan import COUNT_TYPED_ABOVE, MOST_ITEMS, Plan
from console.actions.refusal import RefusedError
from console.actions.run_state import Run, RunState
from console.actions.turn import LEASE_LASTS, Turn, append
from console.actions.world import World
from console.crash import without_secrets
from console.warehouse_lease import Claim, Holding
from screens.orders import Consent

HOST_LASTS = timedelta(minutes=15)
"""How long a host that died in the middle keeps others out: as long as 200 statements take. Its own next run goes on at once."""


class Hand:
    """Applies plans to one warehouse. Raises RefusedError for what is not begun, JournalError when nothing can be kept."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, plan: Plan) -> None:
        """Keep a plan, so that it can be applied by its id; nothing is done."""
        with self._world.journal.writing() as connection:
            if state.keep(connection, plan):
                append(self._world, connection, plan, None, EntryKind.PLAN, after=f"hash {plan.hash}")

    def run(self, plan_id: str) -> Run | None:
        """Return a plan and how far it is; None when there is none."""
        with self._world.journal.reading() as connection:
            return state.run_of(connection, plan_id)

    def runs(self, limit: int) -> tuple[Run, ...]:
        """Return the newest plans of this warehouse, newest first."""
        with self._world.journal.reading() as connection:
            found = [state.run_of(connection, id) for id in state.newest(connection, self._world.writer.place, limit)]
        return tuple(run for run in found if run is not None)

    def apply(
        self, plan_id: str, consent: Consent, on_progress: Callable[[int, int], None], cancelled: Cancelled
    ) -> Run:
        """Apply a plan, or what is left of it, and return how it went; one that is done already is returned as it is.

        `on_progress` is told how many items have come to their end, and of how many. Raises RefusedError before anything is
        done: no such plan, read-only, no consent, older than ten minutes, changed since, or another run under way. Raises
        WarehouseError when the state cannot be read.
        """
        consent = replace(consent, reason=without_secrets(consent.reason))
        run = self._require(plan_id)
        if run.state is RunState.DONE:
            return run
        self._require_consent(run, consent)
        if run.state is RunState.PLANNED and run.plan.is_too_old(self._world.now()):
            raise RefusedError(
                f"the plan {run.plan.id} of {format_utc(run.plan.made_at)} is older than 10 min, or the clock was set back "
                "since: plan again"
            )
        holder = f"{self._world.by} {self._world.new_id()}"
        name = f"actions {run.plan.place}"
        self._acquire(name, holder)
        try:
            with self._claimed(name, run.plan):
                return Turn(self._world, name, holder, on_progress, cancelled).take(self._require(plan_id), consent)
        finally:
            self._world.leases.release(name, holder)

    def _require(self, plan_id: str) -> Run:
        run = self.run(plan_id)
        if run is None:
            raise RefusedError(f"there is no plan {plan_id}: `courtside queue plans` lists them")
        if run.plan.place != self._world.writer.place:
            raise RefusedError(f"the plan {plan_id} is for {run.plan.place}, and this is {self._world.writer.place}")
        return run

    def _require_consent(self, run: Run, consent: Consent) -> None:
        """Raise RefusedError unless the operator may act, and agreed as they must."""
        eligible = len(run.items)
        if self._world.read_only:
            raise RefusedError(self._world.read_only)
        if eligible > MOST_ITEMS:
            raise RefusedError(f"{eligible} items are over the limit of {MOST_ITEMS} a run: choose fewer")
        if not self._world.is_production or run.state is not RunState.PLANNED:
            return
        if not consent.reason.strip():
            raise RefusedError("in production a reason is required: say why")
        if eligible > COUNT_TYPED_ABOVE and consent.count != eligible:
            raise RefusedError(f"{eligible} items would be done: type that number to agree")

    @contextmanager
    def _claimed(self, name: str, plan: Plan) -> Iterator[None]:
        """Keep other hosts from the queue for the while. Raises RefusedError while another applies plans to it.

        Where that cannot be known, for an older warehouse has no table for it, compare-and-set still keeps rows apart.
        """
        if not plan.order.verb.changes_queue:
            yield
            return
        until = self._world.now() + HOST_LASTS
        holding = self._claim(name, until)
        if holding is Holding.ANOTHERS:
            raise RefusedError("a console on another host is applying a plan to this queue: try again when it is over")
        try:
            yield
        finally:
            now = self._world.now()
            if holding is Holding.OURS and now < until:  # afterwards it may be another's
                self._claim(name, now)

    def _claim(self, name: str, until: datetime) -> Holding:
        world = self._world
        return world.claim(Claim(name, world.identity(), world.actor.host, until), world.now()).holding

    def _acquire(self, name: str, holder: str) -> None:
        now = self._world.now()
        if not self._world.leases.acquire(name, holder, now + LEASE_LASTS, now):
            other = self._world.leases.current(name)
            who = (
                f" by {other.holder.partition(' ')[0]}, until {format_utc(other.until)} at the longest" if other else ""
            )
            raise RefusedError(f"another run is under way{who}: try again when it is over")
