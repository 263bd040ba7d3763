"""The one planner: an order goes to the branch for its verb, and comes back as a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from checks.times import require_aware
from console.actions.entry import Actor
from console.actions.plan import Plan
from console.actions.planning.draft import Asked, Branch
from console.crash import without_secrets
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from checks.incidents.incident import Incident
    from console.desk import Desk

PLAN_ID_LENGTH = 12
"""Characters of a plan's id, which people type: 48 random bits, beside which two plans with one id never come up."""


class Planner:
    """Plans orders for the warehouse that people call `place`.

    Each plan opens a desk of its own and closes it, so that no file is held between two looks. `new_id` gives an id that nobody
    else ever gives, `actor` is who orders, `incidents` those of the place that are not closed.
    """

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        place: str,
        new_id: Callable[[], str],
        actor: Actor,
        incidents: Callable[[], Iterable[Incident]] = tuple,
    ) -> None:
        self._open_desk = open_desk
        self._place = place
        self._new_id = new_id
        self._actor = actor
        self._incidents = incidents

    def __call__(self, order: Order, now: datetime) -> Plan:
        """Return what an order would do at `now` (aware), without secrets in its note.

        Raises WarehouseError when the present state cannot be read, JournalError and OSError when incidents matter and cannot.
        """
        made_at = require_aware(now)
        # What was pasted by mistake is kept in the journal and read by colleagues.
        order = replace(order, note=without_secrets(order.note))
        plan_id = self._new_id()[:PLAN_ID_LENGTH]
        asked = Asked(order, made_at, self._actor, plan_id, self._new_id, self._incidents)
        branch = _branch(order.verb)
        with self._open_desk() as desk:
            draft = branch(asked, desk)
        return Plan(asked.plan_id, order, self._place, made_at, draft.items, draft.checks, draft.cost)


def _branch(verb: Verb) -> Branch:
    if verb.changes_queue:
        from console.actions.planning.queue import plan_queue  # noqa: PLC0415  # each branch with what it needs

        return plan_queue
    if verb in (Verb.GATE_HOLD, Verb.GATE_RELEASE):
        from console.actions.planning.gates import plan_gates  # noqa: PLC0415  # as above

        return plan_gates
    if verb in (Verb.ACKNOWLEDGE, Verb.SILENCE, Verb.WITHDRAW):
        from console.actions.planning.hushing import plan_hushing  # noqa: PLC0415  # as above

        return plan_hushing
    raise ValueError(f"nobody plans the verb {verb.value}")
