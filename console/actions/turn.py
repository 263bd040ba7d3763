"""One turn at a plan: its items in batches behind a canary, each in the journal before and after it is done.

Nothing is done twice: an item is begun by whoever claims it in the journal, and changes its row only if that is still as the
plan saw it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from checks.progress import Cancelled
from console.actions import run_state as state
from console.actions.entry import ActionEntry, EntryKind
from console.actions.plan import BATCH, Plan, PlanItem, Put, SetStatus
from console.actions.refusal import RefusedError
from console.actions.run_state import ItemRun, ItemState, Run, RunState
from console.actions.steps import NO_LONGER_SO, Outcome, found_done, take
from console.actions.world import World
from console.outbox.rows import OutboxRow
from console.warehouse.protocol import WarehouseError
from screens.orders import Consent

LEASE_LASTS = timedelta(minutes=2)
"""How long a run that died keeps others out; longer than any statement may take."""
LEAST_TO_JUDGE = 5
"""Attempts from which on a run is stopped when half of them were in vain: the issue's rule."""

_FOUND = Outcome(ItemState.DONE, "done, found out afterwards")
_ON_ITS_WAY = Outcome(ItemState.DONE, "done, on its way to the warehouse")
_ENDED = (ItemState.DONE, ItemState.CHANGED, ItemState.HELD, ItemState.FAILED)


class Turn:
    """What one process does for a plan between taking the lease and letting go of it."""

    def __init__(
        self,
        world: World,
        lease: str,
        holder: str,
        on_progress: Callable[[int, int], None],
        cancelled: Cancelled,
    ) -> None:
        self._world = world
        self._lease = lease
        self._holder = holder
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._total = 0
        self._ended = 0
        self._outcomes: list[ItemState] = []
        self._has_canary = True

    def take(self, run: Run, consent: Consent) -> Run:
        """Go on with a plan from where the journal says that it is, and return how it stands then.

        Raises RefusedError when nothing was done yet and the state has changed since the plan was made, WarehouseError when the
        state cannot be read.
        """
        if run.state is RunState.DONE:  # by somebody else, between the first look and the lease
            return run
        self._world.step("leased")
        run = self._find_out(run)
        waiting = [item for item in run.items if item.state is ItemState.WAITING]
        is_first = run.state is RunState.PLANNED
        if is_first:
            self._refuse_changed(run.plan, waiting)
        with self._world.journal.writing() as connection:
            state.begin(connection, run.plan.id, self._world.by, consent.reason.strip())
        self._world.step("begun")
        self._total, self._ended = len(run.items), len(run.items) - len(waiting)
        if not is_first and waiting and run.plan.is_too_old(self._world.now()):
            return self._end(run.plan, "the plan is older than 10 min by now: plan again what is left")
        return self._end(run.plan, self._do_all(run, waiting, consent.reason.strip() or run.reason, looked=is_first))

    def _find_out(self, run: Run) -> Run:
        """Settle what was begun and not ended: it was done, or it waits again."""
        begun = [item for item in run.items if item.state is ItemState.ATTEMPTED]
        rows = self._world.queue(run.plan.order) if begun else ()
        for item in begun:
            step = item.item.step
            is_done = step is not None and found_done(step, rows, item.at, self._world.columns())
            self._settle(run.plan, item, _FOUND if is_done else Outcome(ItemState.WAITING, ""))
        return self._now(run.plan)

    def _now(self, plan: Plan) -> Run:
        with self._world.journal.reading() as connection:
            found = state.run_of(connection, plan.id)
        if found is None:
            raise RefusedError(f"the plan {plan.id} has gone from the journal while it was applied")
        return found

    def _changed(self, plan: Plan, items: Sequence[ItemRun]) -> list[ItemRun]:
        """Return those of the items whose state is not as it was when the plan was made."""
        reads = {_identity(item): item.read for item in self._world.plan(plan.order, self._world.now()).items}
        self._world.step("looked")
        return [item for item in items if reads.get(_identity(item.item)) != item.item.read]

    def _refuse_changed(self, plan: Plan, waiting: Sequence[ItemRun]) -> None:
        if changed := self._changed(plan, waiting):
            names = ", ".join(item.item.subject for item in changed)
            raise RefusedError(f"the state has changed since the plan was made ({names}): plan again")

    def _do_all(self, run: Run, waiting: Sequence[ItemRun], reason: str, *, looked: bool) -> str:
        """Do the items, the first one alone, and return why some are left, or ""; `looked` is that none has changed just now."""
        canary = 0 if run.count(ItemState.DONE) else 1
        self._has_canary = bool(canary)
        batches = [waiting[:canary], *(waiting[n : n + BATCH] for n in range(canary, len(waiting), BATCH))]
        for batch in filter(None, batches):
            changed = [] if looked else self._changed(run.plan, batch)
            looked = False
            for item in changed:
                outcome = Outcome(ItemState.CHANGED, NO_LONGER_SO)
                if item.at is not None:  # begun before, by a statement that may have come to its end since
                    outcome = self._read_back(run.plan, item, outcome, item.at)
                self._settle(run.plan, item, outcome)
                self._tell(outcome.state)
            for item in batch:
                if item in changed:
                    continue
                if hindrance := self._hindrance():
                    return hindrance
                self._do(run.plan, item, reason)
        return ""

    def _hindrance(self) -> str:
        """Return why no further item is to be begun, or ""."""
        if self._cancelled():
            return "cancelled"
        tried = len(self._outcomes)
        in_vain = tried - self._outcomes.count(ItemState.DONE)
        first = next((outcome for outcome in self._outcomes if outcome is not ItemState.CHANGED), ItemState.DONE)
        if self._has_canary and first is not ItemState.DONE:
            return "the first item, tried alone, is not certainly done"
        if tried >= LEAST_TO_JUDGE and 2 * in_vain >= tried:
            return f"{in_vain} of {tried} were not done"
        if not self._world.leases.renew(self._lease, self._holder, self._world.now() + LEASE_LASTS):
            return "another run has taken over, for this one stood still for too long"
        return ""

    def _do(self, plan: Plan, item: ItemRun, reason: str) -> None:
        """Begin an item, do it, and note how it went."""
        at, step = self._world.now(), item.item.step
        with self._world.journal.writing() as connection:
            if step is None or not state.claim(connection, plan.id, item.number, at):
                return
            append(self._world, connection, plan, item, EntryKind.ATTEMPT, reason=reason, after=item.item.would)
        self._world.step("claimed")
        if isinstance(step, Put):
            outcome = _ON_ITS_WAY
        else:
            outcome = take(step, self._world.columns(), self._world.writer, at)
            self._world.step("changed")
            if outcome.state is ItemState.CHANGED:
                outcome = outcome if item.at is None else self._read_back(plan, item, outcome, item.at)
            elif not self._outcomes or outcome.state is ItemState.ATTEMPTED:
                outcome = self._read_back(plan, item, outcome, at)
        self._settle(plan, item, outcome, ItemState.ATTEMPTED)
        self._world.step("settled")
        self._tell(outcome.state)

    def _read_back(self, plan: Plan, item: ItemRun, outcome: Outcome, at: datetime) -> Outcome:
        """Return what the queue itself says of the canary, and of a step whose end is not known."""
        step = item.item.step
        try:
            is_done = step is not None and found_done(step, self._world.queue(plan.order), at, self._world.columns())
        # courtside: ignore[silent_exceptions] what was written down stands until the warehouse can be read again
        except WarehouseError:
            return outcome
        if is_done:
            return outcome if outcome.state is ItemState.DONE else _FOUND
        if outcome.state is ItemState.DONE:
            return Outcome(ItemState.ATTEMPTED, "the warehouse says that it was done, and the queue does not show it")
        return outcome

    def _settle(self, plan: Plan, item: ItemRun, outcome: Outcome, before: ItemState | None = None) -> None:
        """Note how an item went: in one transaction with its entry in the chain, and with the row that it appends, if any."""
        now, step = self._world.now(), item.item.step
        with self._world.journal.writing() as connection:
            if not state.settle(connection, plan.id, item.number, before or item.state, outcome.state, outcome.said):
                return
            if isinstance(step, Put) and outcome.state is ItemState.DONE:
                row = OutboxRow(step.key, step.values)
                self._world.writer.outbox.put_with(connection, plan.place, step.table, [row], now)
            if outcome.state in _ENDED:
                append(self._world, connection, plan, item, EntryKind.OUTCOME, outcome=outcome.said)

    def _tell(self, outcome: ItemState) -> None:
        self._outcomes.append(outcome)
        self._ended += 1
        self._on_progress(self._ended, self._total)

    def _end(self, plan: Plan, stopped: str) -> Run:
        """Note that this turn is over, and plan the verifications of what was done."""
        run = self._now(plan)
        is_open = any(item.state.is_open for item in run.items)
        if is_open and not stopped:
            stopped = "of some items it is not known whether they were done: apply again to find out"
        with self._world.journal.writing() as connection:
            state.end(connection, plan.id, RunState.STOPPED if is_open else RunState.DONE, stopped if is_open else "")
            if run.count(ItemState.DONE):
                self._world.schedule(connection, plan, self._world.now())
        self._world.step("ended")
        return self._now(plan)


def _identity(item: PlanItem) -> str:
    """Return what tells an item from the others of its plan and of the next: its row, for it may be called otherwise by then."""
    return f"row {item.step.seen.id}" if isinstance(item.step, SetStatus) else item.subject


def append(
    world: World,
    connection: sqlite3.Connection,
    plan: Plan,
    item: ItemRun | None,
    kind: EntryKind,
    *,
    reason: str = "",
    after: str = "",
    outcome: str = "",
) -> None:
    """Add an entry about a plan, or about one item of it, to the chain, in somebody's transaction."""
    entry = ActionEntry(
        id=world.new_id(),
        at=world.now(),
        kind=kind,
        action=plan.order.verb.value,
        subject=f"{len(plan.eligible)} of {len(plan.items)}" if item is None else item.item.subject,
        actor=world.actor,
        plan_id=plan.id,
        reason=reason,
        before="" if item is None else item.item.read,
        after=after,
        outcome=outcome,
    )
    world.record.append_with(connection, entry)
