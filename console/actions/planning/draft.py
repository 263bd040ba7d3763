"""What each branch of the planner is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console.actions.entry import Actor
from console.actions.plan import PlanItem
from screens.orders import Order

if TYPE_CHECKING:
    from checks.incidents.incident import Incident
    from console.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """An order, when (aware UTC) and by whom it was given, and the id of the plan that is to come of it.

    `new_id` gives an id that nobody else ever gives. `incidents` gives those of the order's place that runs of the checks have
    opened and that are not closed; it raises JournalError and OSError.
    """

    order: Order
    now: datetime
    actor: Actor
    plan_id: str
    new_id: Callable[[], str]
    incidents: Callable[[], Iterable[Incident]] = tuple

    @property
    def by(self) -> str:
        """`ann@ops-1`."""
        return f"{self.actor.user}@{self.actor.host}"


@dataclass(frozen=True, slots=True)
class Draft:
    """The items of a plan, no two with the same `subject`, the ids of the checks that verify it, and what applying costs."""

    items: tuple[PlanItem, ...]
    checks: tuple[str, ...] = ()
    cost: str = ""


Branch = Callable[[Asked, "Desk"], Draft]
"""Plans some verbs, reading through an open desk. Raises WarehouseError when the present state cannot be read."""
