"""The double itself: a BigQuery on loopback that the unmodified client talks to, with DuckDB behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.bigquery_double.catalog import Catalog
from tests.bigquery_double.engine import Engine
from tests.bigquery_double.faults import Action, Fault, Faults
from tests.bigquery_double.job_list import JobList
from tests.bigquery_double.jobs import Jobs
from tests.bigquery_double.limits import Clock, LoadQuota, Permissions, StreamingBuffers
from tests.bigquery_double.loads import Loads
from tests.bigquery_double.queries import Bounds, Queries
from tests.bigquery_double.records import RecordedLoad, RecordedQuery, RecordedRequest
from tests.bigquery_double.rows import insert_rows, python_row
from tests.bigquery_double.server import Server
from tests.bigquery_double.service import Service
from tests.bigquery_double.store import Store
from tests.bigquery_double.tables import Tables

if TYPE_CHECKING:
    from google.cloud import bigquery


def _now() -> datetime:
    return datetime.now(UTC)


class BigQueryDouble:
    """A BigQuery that listens between `with` and its end.

    Behind it stands a copy of the DuckDB file at `path`, or the pipeline's tables, empty, when it is None. `clock` gives the
    service's time, aware; it drives CURRENT_TIMESTAMP, streaming buffers, the day of the load quota, the cache, the times of
    changes and the header Date.
    With `dataset_prefix` the pipeline's datasets are `<prefix>nba_raw` and so on. A page has at most `largest_page_rows`, also
    when the client does not ask for pages. A question for the results of a running job waits as long as it says (10 s when it
    says nothing, as the service does), at most `longest_wait_seconds`.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Clock = _now,
        project: str = "courtside-test",
        location: str = "US",
        dataset_prefix: str = "",
        largest_page_rows: int = 100_000,
        longest_wait_seconds: float = 200.0,
    ) -> None:
        self.project = project
        self.location = location
        self._store = Store(path, dataset_prefix)
        self._catalog = Catalog(self._store, project, dataset_prefix, clock, location)
        self._permissions = Permissions(project)
        self._buffers = StreamingBuffers(project, clock)
        self._quota = LoadQuota(clock, JobList(self._store, self._catalog, location, clock).note)
        self._jobs = Jobs(project, location, clock)
        engine = Engine(self._store, self._catalog, self._permissions, self._buffers, clock, location)
        self._queries = Queries(engine, self._jobs, self._permissions, Bounds(largest_page_rows, longest_wait_seconds))
        self._loads = Loads(self._store, self._catalog, self._jobs, self._permissions, self._buffers, self._quota)
        tables = Tables(self._store, self._catalog, engine, self._permissions, self._buffers, location)
        self._faults = Faults()
        self._server = Server(Service(self._jobs, self._queries, self._loads, tables), self._faults, clock)
        self._clients = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clients.close()
        self._jobs.release()
        self._server.close()
        self._store.close()

    @property
    def url(self) -> str:
        """The endpoint, for `client_options={"api_endpoint": url}` or BIGQUERY_EMULATOR_HOST."""
        return self._server.url

    def client(self, **options: Any) -> bigquery.Client:
        """Return a plain client that talks to the double, closed with it; `options` are those of `bigquery.Client`."""
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

        from tests.bigquery_double.transport import BoundedAdapter

        credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]  # the package declares no types for it
        given = {"project": self.project, "credentials": credentials, **options}
        client = bigquery.Client(client_options={"api_endpoint": self.url}, **given)
        client._http.mount("http://", BoundedAdapter())
        self._clients.callback(client.close)
        return client

    def add_rows(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Put rows into `dataset.table` as if they had always been there: Python values, a dict for JSON.

        Raises KeyError for a table that is not there and RowError for a column that it does not have.
        """
        found = self._catalog.table(table)
        if found is None:
            raise KeyError(table)
        insert_rows(self._store, found, [python_row(found, row) for row in rows])
        self._catalog.changed(table)

    def run(self, duckdb_sql: str) -> Sequence[tuple[Any, ...]]:
        """Run DuckDB's SQL behind the service's back, to look at tables or to alter them; no instants in the answer."""
        with self._store.writing, self._store.cursor() as cursor:
            answer = cursor.execute(duckdb_sql)
            rows = answer.fetchall() if answer.description else []
        self._catalog.forget()
        for name in self._catalog.names():
            self._catalog.changed(name)
        return rows

    def inject(
        self, action: Action, *, method: str = "", path: str = "", sql: str = "", nth: int = 1, times: int | None = 1
    ) -> None:
        """Let something go wrong; the arguments are those of `Fault`."""
        self._faults.add(Fault(action, method, path, sql, nth, times))

    def heal(self) -> None:
        """Take all faults away and let go of what they hold."""
        self._faults.clear()
        self.release()

    def release(self) -> None:
        """Let held jobs end, and go on with the connections that wait for a byte: drop them, or send the rest."""
        self._jobs.release()
        self._server.release()

    def deny(self, name: str, *permissions: str) -> None:
        """Take permissions on a dataset or a `dataset.table` away, by default all; the dataset "" is the project."""
        self._permissions.deny(name, permissions)

    def allow(self, name: str) -> None:
        """Give back what was denied on a dataset or a table."""
        self._permissions.allow(name)

    def use_load_quota(self, table: str, jobs: int) -> None:
        """Count load jobs that the table has had today, as if somebody had run them. Raises ApiError beyond the quota."""
        self._quota.use(table, jobs)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every HTTP request so far, in the order of arrival, also those that were never answered."""
        return tuple(self._server.recorded)

    @property
    def queries(self) -> tuple[RecordedQuery, ...]:
        """Every query that reached the engine, dry runs and refused ones too."""
        return tuple(self._queries.recorded)

    @property
    def loads(self) -> tuple[RecordedLoad, ...]:
        """Every load job that ran."""
        return tuple(self._loads.recorded)

    @property
    def cancelled(self) -> tuple[str, ...]:
        """The ids of the jobs that were cancelled while they ran."""
        return tuple(job.id for job in self._jobs if job.is_cancelled)

    @property
    def billed(self) -> int:
        """Bytes billed so far."""
        return sum(query.bytes_billed for query in self.queries)

    def forget(self) -> None:
        """Forget what was recorded so far, for the next measurement."""
        self._server.recorded.clear()
        self._queries.recorded.clear()
        self._loads.recorded.clear()
