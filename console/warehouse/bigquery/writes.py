"""The writing side of the warehouse on BigQuery, within the same bounds as its reading side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from checks.infra.quota import LoadCount
from console.warehouse.bigquery import changes, load_counts, load_jobs
from console.warehouse.bigquery.call import Call, this_call
from console.warehouse.bigquery.contention import Backoff, persist
from console.warehouse.bigquery.query import Question, ask
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.writing import Change, Changed, ChangeOutcome, HeldByBuffer, LoadLimits, LoadOutcome

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

T = TypeVar("T")

LIMITS = LoadLimits(spacing=timedelta(seconds=60), jobs_a_day=1_500)
"""BIGQUERY.md, "The service": load jobs per table and day, failed ones count; one a minute is at most 1,440."""


class Run(Protocol):
    """Does work in a thread of its own within the deadline; raises WarehouseError that says what `what` came to."""

    def __call__(self, work: Callable[[], T], what: str, tables: tuple[str, ...]) -> T:
        """Return what `work` returns."""


class BigQueryWrites:
    """`Writes` on one BigQuery project. `count` is told of each statement what it cost."""

    limits = LIMITS

    def __init__(
        self,
        target: BigQueryTarget,
        client: Callable[[BigQueryTarget], Client],
        run: Run,
        count: Callable[[Question, Call, int | None], None],
        operator: str,
        backoff: Backoff,
    ) -> None:
        self._target = target
        self._client = client
        self._run = run
        self._count = count
        self._operator = operator
        self._backoff = backoff

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        """Start a load job, or return what came of the one that has the id. Raises WarehouseError."""
        return self._run(
            lambda: load_jobs.append(
                self._client(self._target), self._target, job_id, table, lines, self._operator, this_call()
            ),
            f"the delivery to {table}",
            (table,),
        )

    def outcome(self, job_id: str) -> LoadOutcome | None:
        """Return what came of a load job, None when none of that id is found. Raises WarehouseError."""
        return self._run(
            lambda: load_jobs.outcome(self._client(self._target), self._target, job_id, this_call()),
            f"the load job {job_id}",
            (),
        )

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        """Make a change; while others change the table it is tried again within the deadline. Raises WarehouseError."""
        return self._run(lambda: self._change(change, now), change.what, (change.table,))

    def load_counts(self, began: datetime, as_of: datetime) -> tuple[LoadCount, ...]:
        """Return the load jobs of each table, whoever ran them. Raises WarehouseError."""
        return self._run(lambda: self._load_counts(began, as_of), load_counts.WHAT, ())

    def _load_counts(self, began: datetime, as_of: datetime) -> tuple[LoadCount, ...]:
        call, client, rows = this_call(), self._client(self._target), None
        question = load_counts.question(load_counts.place(client, self._target, call), began, as_of)
        try:
            with load_counts.explaining(self._target):
                answer = ask(client, question, self._operator, call)
            rows = len(answer.rows)
        finally:
            if rows is not None or call.job is not None:
                self._count(question, call, rows)
        return load_counts.counts(answer, self._target.project)

    def _change(self, change: Change, now: datetime) -> ChangeOutcome:
        call = this_call()
        return persist(lambda: self._attempt(change, now, call), lambda: call.left, self._backoff)

    def _attempt(self, change: Change, now: datetime, call: Call) -> Changed | HeldByBuffer:
        from google.api_core.exceptions import BadRequest  # noqa: PLC0415 - comes with the client

        client = self._client(self._target)
        rows = None
        try:
            rows = changes.run(client, self._target, change, self._operator, call)
        except BadRequest as error:
            if not changes.is_held(error):
                raise
            return changes.held(client, self._target, change.table, now, call)
        finally:
            if rows is not None or call.job is not None:
                self._count(Question((change.what,), change.sql, {}, 1), call, rows)
        return Changed(rows)
