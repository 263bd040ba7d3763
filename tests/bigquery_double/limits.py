"""What the service refuses although the query is right: permissions, partition filters, streaming buffers, the load quota."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.bigquery_double.errors import ApiError, access_denied, invalid_query, lacks_permission
from tests.bigquery_double.partitions import TableUse
from tests.bigquery_double.statement import Statement

Clock = Callable[[], datetime]

LOAD_JOBS_PER_DAY = 1_500
"""Load jobs that a table takes a day, https://cloud.google.com/bigquery/quotas#load_jobs; failed ones count."""

BUFFERED = timedelta(minutes=90)
"""The longest that a row stays in the streaming buffer."""

READ = "bigquery.tables.getData"
CHANGE = "bigquery.tables.updateData"
DESCRIBE = "bigquery.tables.get"
CREATE = "bigquery.tables.create"
CREATE_DATASET = "bigquery.datasets.create"
RUN_JOBS = "bigquery.jobs.create"


class Permissions:
    """What the user may do; everything, until something is denied. A permission on the project has the dataset ""."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._denied: defaultdict[str, set[str]] = defaultdict(set)

    def deny(self, name: str, permissions: Iterable[str]) -> None:
        """Take permissions on a dataset or on a `dataset.table` away; none named means all of them."""
        self._denied[name] |= set(permissions) or {"*"}

    def allow(self, name: str) -> None:
        """Give back what was denied on a dataset or a table."""
        self._denied.pop(name, None)

    def holds(self, name: str, permission: str) -> bool:
        """True when the user has the permission on a dataset or a `dataset.table`."""
        return not (self._denied[name] | self._denied[name.partition(".")[0]]) & {permission, "*"}

    def require_jobs(self) -> None:
        """Raise ApiError when the user may not run jobs in the project."""
        if not self.holds("", RUN_JOBS):
            raise ApiError(
                "accessDenied",
                f"Access Denied: Project {self._project}: User does not have {RUN_JOBS} permission in project"
                f" {self._project}.",
            )

    def require(self, name: str, permission: str, kind: str = "Table") -> None:
        """Raise ApiError when the user lacks a permission on the dataset of a table."""
        if not self.holds(name, permission):
            on = name.partition(".")[0] if kind == "Dataset" else name
            raise lacks_permission(kind, f"{self._project}:{on}", permission)

    def require_for(self, statement: Statement, uses: Iterable[TableUse]) -> None:
        """Raise ApiError when the user may not read what a statement reads or change what it changes."""
        for use in uses:
            if use.is_read and not self.holds(use.table.name, READ):
                raise access_denied(self._project, use.table.name, "query")
            if use.table.name == statement.target and not self.holds(use.table.name, CHANGE):
                raise lacks_permission("Table", f"{self._project}:{use.table.name}", CHANGE)
        if statement.is_ddl and statement.target is not None:
            permission = CREATE_DATASET if statement.kind == "CREATE_SCHEMA" else CREATE
            self.require(statement.target, permission, "Dataset")


def require_partition_filters(project: str, uses: Iterable[TableUse]) -> None:
    """Raise ApiError for a table that demands a filter on its partition column and is read without one."""
    for use in uses:
        partitioning = use.table.partitioning
        if partitioning is not None and partitioning.is_filter_required and use.is_read and use.predicate is None:
            raise invalid_query(
                f"Cannot query over table '{project}.{use.table.name}' without a filter over column(s)"
                f" '{partitioning.column}' that can be used for partition elimination"
            )


@dataclass(frozen=True, slots=True)
class Buffer:
    """What stands in a table's streaming buffer now."""

    rows: int
    oldest: datetime


class StreamingBuffers:
    """The rows that `tabledata.insertAll` wrote, until they have settled."""

    def __init__(self, project: str, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._lock = threading.Lock()
        self._written: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)

    def put(self, table: str, rows: int) -> None:
        """Note that rows were written now."""
        with self._lock:
            self._written[table].append((self._clock(), rows))

    def of(self, table: str) -> Buffer | None:
        """Return what is left in a table's buffer, or None."""
        since = self._clock() - BUFFERED
        with self._lock:
            left = [(at, rows) for at, rows in self._written[table] if at > since]
            self._written[table] = left
        return Buffer(sum(rows for _, rows in left), min(at for at, _ in left)) if left else None

    def refuse(self, statement: Statement) -> None:
        """Raise ApiError when a statement would change rows of a table that has a streaming buffer.

        BigQuery looks at the rows, the double at the table: an UPDATE that could not meet a buffered row is refused too.
        """
        if statement.target is None or not _changes_rows(statement) or self.of(statement.target) is None:
            return
        dataset, _, table = statement.target.partition(".")
        raise invalid_query(
            f"UPDATE or DELETE statement over table {self._project}.{dataset}.{table} would affect rows in the"
            " streaming buffer, which is not supported"
        )


def _changes_rows(statement: Statement) -> bool:
    """True for UPDATE, DELETE, and a MERGE that does more than insert."""
    if statement.kind != "MERGE":
        return statement.kind in ("UPDATE", "DELETE")
    return any(when.args["then"].key != "insert" for when in statement.tree.args["whens"].expressions)


def _nobody(table: str, jobs: int) -> None:
    """Hear of load jobs, and do nothing."""


class LoadQuota:
    """How many load jobs each table has had each day; the day is that of UTC. `tell` hears of each, refused or not."""

    def __init__(self, clock: Clock, tell: Callable[[str, int], None] = _nobody) -> None:
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._used: Counter[tuple[str, date]] = Counter()

    def used(self, table: str) -> int:
        """Return how many load jobs the table has had today."""
        return self._used[(table, self._clock().date())]

    def use(self, table: str, jobs: int = 1) -> None:
        """Count load jobs. Raises ApiError when the day's quota is spent; a refused job counts too."""
        with self._lock:
            self._used[(table, self._clock().date())] += jobs
        self._tell(table, jobs)
        if self.used(table) > LOAD_JOBS_PER_DAY:
            raise ApiError(
                "quotaExceeded",
                "Quota exceeded: Your table exceeded quota for imports or query appends per table. For more information,"
                " see https://cloud.google.com/bigquery/docs/troubleshoot-quotas",
                location="load_job_per_table.long",
            )
