"""What the console asks of a warehouse that it writes to: rows appended by load jobs, and changes to rows that are there.

Appending is what the outbox does, changing is what actions do to the retry queue. Nothing else is ever written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from checks.infra.quota import LoadCount

Scalar = str | int | float | bool | datetime | date | None


class LoadRefusal(Enum):
    """Why a load job loaded nothing, as far as it decides what to do next."""

    ROWS = "rows"
    """At least one of its rows cannot be in the table."""
    QUOTA = "quota"
    """The table takes no more load jobs now."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows are in the table."""

    rows: int


@dataclass(frozen=True, slots=True)
class Loading:
    """The job still runs."""


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """The job has failed and none of its rows is in the table; `reason` is a sentence for the operator."""

    refusal: LoadRefusal
    reason: str


LoadOutcome = Loaded | Loading | NotLoaded


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """How often a table may be loaded into: time between two jobs, and jobs a day, None where there is no limit."""

    spacing: timedelta
    jobs_a_day: int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in a change; `type` is BigQuery's name: STRING, INT64, DATE or TIMESTAMP."""

    name: str
    type: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Change:
    """One UPDATE or MERGE of one table, in GoogleSQL.

    `what` names it in the operator's words. The SQL keeps to what both engines say alike but for three things, which the
    embedded warehouse writes its own way: `@name`, `PARSE_JSON(@name)` and `JSON_VALUE(column, '$.key')`.
    """

    what: str
    table: str
    sql: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """It was done; `rows` is how many rows it inserted or updated: 0 when what it expected to find was no longer so."""

    rows: int


@dataclass(frozen=True, slots=True)
class HeldByBuffer:
    """Nothing was changed, because rows stand in the table's streaming buffer.

    `until` is when it can have drained, aware UTC. `oldest` is its oldest row's arrival; None when that could not be found out.
    """

    until: datetime
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Contended:
    """Nothing was changed, because others changed the table at the same time, at each of the tries."""

    reason: str
    tries: int


ChangeOutcome = Changed | HeldByBuffer | Contended


class Writes(Protocol):
    """The writing side of a warehouse. Safe to use from several threads at once. Every method raises WarehouseError."""

    @property
    def limits(self) -> LoadLimits:
        """How often a table may be loaded into."""

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        """Start the load job `job_id`, which appends rows of newline-delimited JSON to `dataset.table`; all or none.

        When a job of that id was started before, nothing is sent to the table and that job's outcome is returned. Raises
        WarehouseError when it is not known whether the job was started.
        """

    def outcome(self, job_id: str) -> LoadOutcome | None:
        """Return what came of a load job, None when there is none of that id."""

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        """Make a change. After a WarehouseError it may have been made or not: it is for the change to be safe to repeat."""


@runtime_checkable
class CountsLoadJobs(Protocol):
    """The writing side of a warehouse that knows everybody's load jobs."""

    def load_counts(self, began: datetime, as_of: datetime) -> tuple[LoadCount, ...]:
        """Return the load jobs of each table since `began` and within `PACE` before `as_of`. Raises WarehouseError."""


@runtime_checkable
class Writable(Protocol):
    """A warehouse that can be written to."""

    @property
    def writes(self) -> Writes:
        """Its writing side."""
