"""Carries out a plan of CREATE statements, and says of each what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from console.warehouse.protocol import Warehouse, WarehouseError
from console.warehouse.schema import TableDefinition
from console.warehouse.schema_plan import Creation, Situation


class State(Enum):
    """What became of a statement."""

    CREATED = "created"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one statement; `reason` says in the operator's words why nothing was created, or is ""."""

    creation: Creation
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a statement failed, in the operator's words, and whether any other would fail for the same reason."""

    reason: str
    is_general: bool


class Deployment(Protocol):
    """A warehouse as far as tables are created in it. Every method ends within the warehouse's deadlines."""

    @property
    def asks_first(self) -> bool:
        """True where somebody has to say yes before anything is created."""

    def situation(self, definitions: Sequence[TableDefinition]) -> Situation:
        """Return what is there of what is defined. Raises WarehouseError."""

    def create(self, creations: Sequence[Creation]) -> tuple[Outcome, ...]:
        """Run the statements in their order and return what became of each.

        Raises WarehouseError where they are all or nothing, and nothing was created.
        """


@runtime_checkable
class Deployable(Protocol):
    """A warehouse that gives its own deployment."""

    def deployment(self) -> Deployment:
        """Return what creates its tables."""


def deployment_of(warehouse: Warehouse) -> Deployment:
    """Return what creates tables in a warehouse. Raises WarehouseError for one in which none can be created."""
    if isinstance(warehouse, Deployable):
        return warehouse.deployment()
    from console.warehouse.embedded import EmbeddedWarehouse  # noqa: PLC0415 - BigQuery does without
    from console.warehouse.embedded_deployment import EmbeddedDeployment  # noqa: PLC0415

    if isinstance(warehouse, EmbeddedWarehouse):
        return EmbeddedDeployment(warehouse)
    raise WarehouseError(f"no tables can be created in {warehouse.name}")


def carry_out(creations: Iterable[Creation], create: Callable[[Creation], Failure | None]) -> tuple[Outcome, ...]:
    """Run the statements one after the other and return what became of each.

    What needs something that could not be created is not tried, nor is anything after a failure that would meet it too.
    """
    outcomes: list[Outcome] = []
    lacking: set[str] = set()
    halted = ""
    for creation in creations:
        lacks = [name for name in creation.needs if name in lacking]
        if halted:
            outcome = Outcome(creation, State.NOT_TRIED, halted)
        elif lacks:
            outcome = Outcome(creation, State.NOT_TRIED, f"it needs {' and '.join(lacks)}, which could not be created")
        elif (failure := create(creation)) is not None:
            outcome = Outcome(creation, State.FAILED, failure.reason)
            halted = f"{creation.name} failed for a reason that this would meet too" if failure.is_general else ""
        else:
            outcome = Outcome(creation, State.CREATED)
        if outcome.state is not State.CREATED:
            lacking.add(creation.name)
        outcomes.append(outcome)
    return tuple(outcomes)
