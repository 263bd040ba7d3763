"""Reads whole tables page by page, for a snapshot: the price first, then the rows, a page in memory at a time.

Each request is an errand of its own, so that each has the deadline and none outlives whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from console.warehouse.bigquery.bounds import CONCURRENCY, MINIMUM_BYTES_A_TABLE
from console.warehouse.bigquery.call import Call, this_call
from console.warehouse.bigquery.cost import estimated_bill
from console.warehouse.bigquery.errand import Errand, Errands, LateError
from console.warehouse.bigquery.errors import Attempt, explain
from console.warehouse.bigquery.query import IncompleteAnswerError, Question, configuration, dry_run, retry_in_any_call
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.wire import standard_type, to_wire
from console.warehouse.protocol import WarehouseError
from console.warehouse.snapshot.plan import TableCopy
from console.warehouse.snapshot.source import Page, refuse_changed_columns
from console.warehouse.snapshot.sql import GOOGLE, copy_sql

if TYPE_CHECKING:
    from google.cloud.bigquery import Client
    from google.cloud.bigquery.table import RowIterator

T = TypeVar("T")

PAGE_ROWS = 10_000
DEADLINE_SECONDS = 120.0
"""For each table's query, and for each further page."""

_HEADROOM = 1.25
"""How much more than the dry run said may be billed: the tables are written to while they are copied."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a warehouse lends: its project and client, its errands, whose name its queries carry, and who counts their cost."""

    target: BigQueryTarget
    client: Callable[[BigQueryTarget], Client]
    errands: Errands
    operator: str
    count: Callable[[Question, Call, int | None], None]


class _Reading:
    """One table's answer, page by page; used in an errand's thread, by one at a time."""

    def __init__(self, found: RowIterator, copy: TableCopy) -> None:
        self.announced = found.total_rows or 0
        types = [standard_type(field.field_type, field.mode) for field in found.schema]
        refuse_changed_columns(
            copy, dict(zip(copy.read.columns, types, strict=False))
        )  # what follows comes out of JSON
        self._pages = iter(found.pages)
        self._seen = 0

    def next(self) -> Page | None:
        """Return the next page, None at the end. Raises IncompleteAnswerError for more or fewer rows than were announced."""
        page = next(self._pages, None)
        if page is None:
            if self._seen < self.announced:
                raise IncompleteAnswerError(f"{self._seen} of the {self.announced} rows that it announced")
            return None
        rows = to_wire(row.values() for row in page)
        self._seen += len(rows)
        if self._seen > self.announced:
            raise IncompleteAnswerError(f"more than the {self.announced} rows that it announced")
        return rows


class Extraction:
    """A `SnapshotSource` on a BigQuery project."""

    def __init__(
        self, access: Access, *, page_rows: int = PAGE_ROWS, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._access = access
        self._page_rows = page_rows
        self._deadline = deadline_seconds
        self._bills: dict[str, int] = {}

    @property
    def name(self) -> str:
        """The project, with the prefix of its datasets where they have one."""
        target = self._access.target
        return f"{target.project}/{target.dataset_prefix}" if target.dataset_prefix else target.project

    def prices(self, copies: Sequence[TableCopy]) -> tuple[int, ...]:
        """Return the bytes that copying each table would be billed, by dry runs, which are free. Raises WarehouseError."""
        for start in range(0, len(copies), CONCURRENCY):
            share = copies[start : start + CONCURRENCY]
            asked = [(copy, self._start(self._price(copy))) for copy in share]
            self._bills |= {copy.name: self._result(errand, copy) for copy, errand in asked}
        return tuple(self._bills[copy.name] for copy in copies)

    def pages(self, copy: TableCopy) -> Iterator[Page]:
        """Yield the rows of one table, whose price was asked before, as they go over the wire. Raises WarehouseError."""
        reading = self._result(self._start(self._begin(copy)), copy)
        while (page := self._result(self._start(reading.next), copy)) is not None:
            yield page

    def _price(self, copy: TableCopy) -> Callable[[], int]:
        def work() -> int:
            client = self._access.client(self._access.target)
            return estimated_bill(dry_run(client, self._question(copy), self._access.operator, this_call()), 1)

        return work

    def _begin(self, copy: TableCopy) -> Callable[[], _Reading]:
        def work() -> _Reading:
            call = this_call()
            question = self._question(copy)
            config = configuration(question, self._access.operator, call)
            config.maximum_bytes_billed = max(int(self._bills[copy.name] * _HEADROOM), MINIMUM_BYTES_A_TABLE)
            rows = None
            try:
                reading = _Reading(self._ask(question, config, call), copy)
                rows = reading.announced
            finally:
                if call.is_done or call.job is not None:
                    self._access.count(question, call, rows)
            return reading

        return work

    def _ask(self, question: Question, config: Any, call: Call) -> RowIterator:
        return self._access.client(self._access.target).query_and_wait(
            question.sql,
            job_config=config,
            api_timeout=min(call.bounds.first_answer, call.left),
            wait_timeout=call.left,
            retry=retry_in_any_call(self._deadline),
            job_retry=None,  # type: ignore[arg-type] # documented: None disables it
            page_size=self._page_rows,
        )

    def _question(self, copy: TableCopy) -> Question:
        sql = copy_sql(copy, GOOGLE, self._access.target.dataset_prefix)
        return Question(("snapshot",), sql, copy.parameters(), 1)

    def _start(self, work: Callable[[], T]) -> Errand[T]:
        return self._access.errands.start(work, self._deadline)

    def _result(self, errand: Errand[T], copy: TableCopy) -> T:
        try:
            return errand.result()
        except WarehouseError:
            raise
        except Exception as error:
            seconds = errand.call.seconds if isinstance(error, LateError) else errand.call.elapsed
            attempt = Attempt(f"the copy of {copy.name}", (copy.name,), seconds)
            raise explain(error, attempt, self._access.target) from error
