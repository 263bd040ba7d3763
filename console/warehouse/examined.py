"""What the doctor asks of a warehouse that has more to say of itself than its tables, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from checks.facts.fact import Fact
from checks.model import Scope
from checks.policy import Policy
from console.warehouse.protocol import TableInfo
from console.warehouse.schema import TableDefinition
from screens.text.doctor import Observation


@dataclass(frozen=True, slots=True)
class Refresh:
    """Something that the console asks for again and again: the facts of one panel, every `cadence` seconds."""

    facts: tuple[Fact[Any], ...]
    cadence: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a warehouse is examined for.

    `tables` are the definitions to compare with, `written` the names of those that actions write. `refreshes` is what a console
    that stays open asks for, over the dates of `scope`; `daily_gb` is the budget for it in GB of 2^30 bytes, None without one.
    `now` gives this machine's time, aware UTC.
    """

    tables: tuple[TableDefinition, ...]
    written: frozenset[str]
    refreshes: tuple[Refresh, ...]
    scope: Scope
    policy: Policy
    daily_gb: float | None
    now: Callable[[], datetime]

    @property
    def read(self) -> frozenset[str]:
        """The tables that the refreshes read."""
        return frozenset(table for refresh in self.refreshes for fact in refresh.facts for table in fact.tables)


@dataclass(frozen=True, slots=True)
class TableExamined:
    """One table as it is; `info` is None where it could not be asked for, and `reason` says why.

    `written_at` is the newest write, aware UTC; None for a view and where it is not known.
    """

    info: TableInfo | None
    reason: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: the tables in the order of their definitions, all else, and why nothing can be read, or ""."""

    tables: tuple[TableExamined, ...]
    observations: tuple[Observation, ...]
    refusal: str = ""


@runtime_checkable
class Examinable(Protocol):
    """A warehouse that can be examined: what could not be asked is UNKNOWN in what comes back, nothing is raised for it."""

    def examine(self, about: Circumstances) -> Examined:
        """Return what was found, within the warehouse's deadline."""
