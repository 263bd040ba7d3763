"""Which tables and views a warehouse lacks, and the statements that create them in the order in which they can be run.

Only what is missing is ever created: nothing here, and nothing that carries it out, alters or drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from checks.model import Severity
from console.warehouse.protocol import TableInfo
from console.warehouse.schema import TableDefinition

if TYPE_CHECKING:
    from screens.text.doctor import TableState

_READ = re.compile(r"\b(?:FROM|JOIN) (\w+\.\w+)")


class Kind(Enum):
    """What a statement creates."""

    DATASET = "dataset"
    TABLE = "table"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Creation:
    """One CREATE statement, in the dialect that runs, without a semicolon.

    `name` is that of the definitions, `nba_raw` or `nba_raw.nbac_schedule`; in the statement a prefix may stand before it.
    `needs` are the names that other statements of the plan create and that must be there before this one is run.
    """

    name: str
    kind: Kind
    sql: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A dataset in which nothing can be created; `sentence` says why and what to do."""

    dataset: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is there, and how the warehouse would be told to create what is not.

    `tables` are those of the definitions, in their order, also those that do not exist. `statements` has the statement of each
    by its name, and that of each dataset that is missing and can be created.
    """

    tables: tuple[TableInfo, ...]
    statements: Mapping[str, str]
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """What is to be created.

    `present` are the tables and views that exist, `differing` those of them that are not as defined and are left as they are.
    `hindered` are the tables and views that are missing and cannot be created because of one of the `obstacles`.
    """

    creations: tuple[Creation, ...]
    present: tuple[str, ...]
    differing: tuple[TableState, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    hindered: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables and views that are to be created."""
        return tuple(item.name for item in self.creations if item.kind is not Kind.DATASET)

    @property
    def defined(self) -> int:
        """How many tables and views there should be."""
        return len(self.present) + len(self.tables) + len(self.hindered)

    @property
    def severity(self) -> Severity:
        """ERROR when something cannot be created, else the worst of the tables that differ; what can be created is OK."""
        differences = max((table.severity for table in self.differing), default=Severity.OK)
        return max(differences, Severity.ERROR) if self.obstacles else differences


def plan(definitions: Sequence[TableDefinition], states: Sequence[TableState], situation: Situation) -> SchemaPlan:
    """Return what is to be created; `states` compares each definition with its table, in the definitions' order."""
    missing = [item for item, state in zip(definitions, states, strict=True) if not state.exists]
    hindered = _hindered(missing, {obstacle.dataset for obstacle in situation.obstacles})
    possible = [item for item in missing if item.name not in hindered]
    datasets = [name for name in dict.fromkeys(item.dataset for item in possible) if name in situation.statements]
    to_come = {*datasets, *(item.name for item in possible)}
    return SchemaPlan(
        creations=(
            *(Creation(name, Kind.DATASET, situation.statements[name]) for name in datasets),
            *(_creation(item, situation.statements[item.name], to_come) for item in possible),
        ),
        present=tuple(state.name for state in states if state.exists),
        differing=tuple(state for state in states if state.exists and state.severity is not Severity.OK),
        obstacles=situation.obstacles,
        hindered=tuple(item.name for item in missing if item.name in hindered),
    )


def _hindered(missing: Iterable[TableDefinition], closed: set[str]) -> set[str]:
    """Return the missing tables in datasets that are closed, and the missing views that read one of them."""
    found: set[str] = set()
    for item in missing:
        if item.dataset in closed or found & _read(item):
            found.add(item.name)
    return found


def _creation(item: TableDefinition, sql: str, to_come: set[str]) -> Creation:
    needs = ({item.dataset} | _read(item)) & to_come
    return Creation(item.name, Kind.VIEW if item.is_view else Kind.TABLE, sql, tuple(sorted(needs)))


def _read(item: TableDefinition) -> set[str]:
    """Return the tables and views that a view reads; a table reads none."""
    return set(_READ.findall(item.statement)) if item.is_view else set()
