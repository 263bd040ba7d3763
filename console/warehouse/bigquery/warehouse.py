"""The warehouse on BigQuery: answers facts one by one or several in one query, within the bounds of time and money."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from checks.facts.fact import Fact, Window
from checks.facts.rows import RowError, decode
from checks.loading import PartlyLoadedError
from checks.times import require_aware
from console.warehouse.bigquery import batch as batching
from console.warehouse.bigquery import sql as text
from console.warehouse.bigquery import wire
from console.warehouse.bigquery.batch import Group
from console.warehouse.bigquery.bounds import CONCURRENCY, Bounds
from console.warehouse.bigquery.call import Call, Job, this_call
from console.warehouse.bigquery.catalog import describe
from console.warehouse.bigquery.contention import Backoff
from console.warehouse.bigquery.cost import Meter, Usage, estimated_bill, process_meter
from console.warehouse.bigquery.deployment import BigQueryDeployment
from console.warehouse.bigquery.errand import Errand, Errands, LateError
from console.warehouse.bigquery.errors import Attempt, explain, is_particular
from console.warehouse.bigquery.query import Answer, Question, ask, retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.writes import BigQueryWrites
from console.warehouse.clients import get_bigquery_client
from console.warehouse.protocol import TableInfo, WarehouseError
from console.warehouse.record import QueryRecord, Records

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

    from console.warehouse.bigquery.extract import Extraction
    from console.warehouse.examined import Circumstances, Examined

Row = TypeVar("Row")
T = TypeVar("T")

_FAREWELL_SECONDS = 1.0
"""How long `close` waits for the server to be told what to stop."""


def operator_name() -> str:
    """Return the operating system's name of who runs this, or `unknown`."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


class BigQueryWarehouse:
    """A `Warehouse` on one BigQuery project. Every method returns or raises within the bounds' deadline."""

    def __init__(
        self,
        target: BigQueryTarget,
        *,
        bounds: Bounds | None = None,
        client: Callable[[BigQueryTarget], Client] = get_bigquery_client,
        sql: Callable[[str], str] = text.google_sql,
        meter: Meter | None = None,
        operator: str | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.target = target
        self.bounds = bounds or Bounds()
        self._client = client
        self._sql = sql
        self.meter = meter or process_meter(target.project)
        self._records = Records()
        self._operator = operator or operator_name()
        self._errands = Errands(self.bounds, self._stop_on_server)
        self.writes = BigQueryWrites(target, client, self._run, self._count, self._operator, backoff or Backoff())
        self._lock = threading.Lock()
        self._troubled: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What people call it: the project."""
        return self.target.project

    @property
    def concurrency(self) -> int:
        """Eight questions at once: a report has no more queries."""
        return CONCURRENCY

    @property
    def usage(self) -> Usage:
        """What this process has asked and been billed so far."""
        return self.meter.usage

    @property
    def records(self) -> tuple[QueryRecord, ...]:
        """The newest queries that were asked through this object, oldest first."""
        return self._records.newest

    def sql(self, fact: Fact[Row]) -> str:
        """Return the GoogleSQL that answers a fact here."""
        return text.with_prefix(self._sql(fact.name), fact.tables, self.target.dataset_prefix)

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        """Return the fact's rows as of the minute of `as_of`. Raises WarehouseError, or RowError for an impossible value."""
        errand = self._start_load(fact, window, _minute(as_of), self.bounds.deadline)
        return self._result(errand, fact.name, fact.tables)

    def batches(self, facts: Iterable[Fact[Any]]) -> tuple[Group, ...]:
        """Return the facts in groups for `load_batch`; one that failed in a batch stands alone until it answers again."""
        return batching.batches(facts, self._troubled)

    def load_batch(self, batch: Sequence[tuple[Fact[Any], Window]], as_of: datetime) -> dict[str, tuple[Any, ...]]:
        """Return the rows of several facts, by name, from one query; when that fails for what one of them reads, one by one.

        Raises PartlyLoadedError when some could not be had, with the rows of the others, and WarehouseError when the trouble is
        not with what a fact reads but with the service, the network or the login, and so everybody's.
        """
        as_of = _minute(as_of)
        if len(batch) == 1:
            fact, window = batch[0]
            loaded = {fact.name: self.load(fact, window, as_of)}
        else:
            loaded = self._load_together(batch, as_of)
        self._remember(set(), set(loaded))
        return loaded

    def inspect(self, tables: tuple[str, ...]) -> tuple[TableInfo, ...]:
        """Return what is known of the named tables, in their order. Raises WarehouseError."""
        shares = [tables[first::CONCURRENCY] for first in range(min(CONCURRENCY, len(tables)))]
        errands = [(self._errands.start(self._descriptions(share)), ", ".join(share)) for share in shares]
        found = {info.name: info for errand, what in errands for info in self._result(errand, what, ())}
        return tuple(found[name] for name in tables)

    def examine(self, about: Circumstances) -> Examined:
        """Return what the doctor wants to know; what could not be asked is UNKNOWN in it."""
        from console.warehouse.bigquery.examine import examine  # noqa: PLC0415 - for the doctor only
        from console.warehouse.bigquery.examine_asking import Asker  # noqa: PLC0415 - for the doctor only

        asker = Asker(self._client, self.target, self._errands, self.bounds, about.now)
        return examine(asker, about, self.sql, self._operator)

    def extraction(self) -> Extraction:
        """Return what reads whole tables of the project, for a snapshot."""
        from console.warehouse.bigquery.extract import Access, Extraction  # noqa: PLC0415 - for a snapshot only

        return Extraction(Access(self.target, self._client, self._errands, self._operator, self._count))

    def deployment(self) -> BigQueryDeployment:
        """Return what creates the tables that the project lacks."""
        return BigQueryDeployment(self.target, self._client, self._run, self._ask, self.inspect)

    def _run(self, work: Callable[[], T], what: str, tables: tuple[str, ...]) -> T:
        return self._result(self._errands.start(work), what, tables)

    def cancel(self) -> None:
        """Stop what is running, here and on the server, from any thread; each stopped `load` raises WarehouseError."""
        self._errands.cancel()

    def close(self) -> None:
        """Stop what is running and let the server know. Idempotent; clients are shared and closed at exit."""
        self._errands.cancel()
        self._errands.join(_FAREWELL_SECONDS)

    def _start_load(self, fact: Fact[Row], window: Window, as_of: datetime, seconds: float) -> Errand[tuple[Row, ...]]:
        sql = self.sql(fact)
        values: Mapping[str, datetime | date] = {"as_of": as_of, "first": window.first, "last": window.last}
        used = {name: values[name] for name in values if name in text.parameters(sql)}
        question = Question((fact.name,), sql, used, len(fact.tables))

        def work() -> tuple[Row, ...]:
            answer = self._ask(question)
            wire.refuse_changed_columns(fact, answer.columns)
            return decode(fact, wire.to_wire(answer.rows))

        return self._errands.start(work, seconds)

    def _load_together(self, batch: Sequence[tuple[Fact[Any], Window]], as_of: datetime) -> dict[str, tuple[Any, ...]]:
        question = batching.question(batch, [(fact.name, self.sql(fact)) for fact, _ in batch], as_of)
        errand = self._errands.start(lambda: self._ask(question))
        try:
            answer = errand.result()
        except Exception as error:
            if is_particular(error):
                return self._one_by_one(batch, as_of, errand.call.left)
            what = ", ".join(fact.name for fact, _ in batch)
            raise self._explained(error, errand.call, what, batching.tables_of(fact for fact, _ in batch)) from error
        rows = batching.sorted_out(answer.rows)
        return _whole(batch, {fact.name: _decoder(fact, rows.get(fact.name, [])) for fact, _ in batch})

    def _one_by_one(
        self, batch: Sequence[tuple[Fact[Any], Window]], as_of: datetime, seconds: float
    ) -> dict[str, tuple[Any, ...]]:
        errands = [(fact, self._start_load(fact, window, as_of, seconds)) for fact, window in batch]

        def waiting_for(fact: Fact[Any], errand: Errand[tuple[Any, ...]]) -> Callable[[], tuple[Any, ...]]:
            return lambda: self._result(errand, fact.name, fact.tables)

        try:
            return _whole(batch, {fact.name: waiting_for(fact, errand) for fact, errand in errands})
        except PartlyLoadedError as error:
            self._remember(set(error.reasons), set(error.rows))
            raise

    def _remember(self, failed: set[str], answered: set[str]) -> None:
        with self._lock:
            self._troubled = (self._troubled | failed) - answered

    def _descriptions(self, names: tuple[str, ...]) -> Callable[[], tuple[TableInfo, ...]]:
        return lambda: tuple(describe(self._client(self.target), self.target, name, this_call()) for name in names)

    def _result(self, errand: Errand[T], what: str, tables: tuple[str, ...]) -> T:
        try:
            return errand.result()
        except (RowError, WarehouseError):
            raise
        except Exception as error:
            raise self._explained(error, errand.call, what, tables) from error

    def _explained(self, error: Exception, call: Call, what: str, tables: tuple[str, ...]) -> WarehouseError:
        seconds = call.seconds if isinstance(error, LateError) else call.elapsed
        return explain(error, Attempt(what, tables, seconds), self.target)

    def _ask(self, question: Question) -> Answer:
        """Ask in this thread, under its call, and count what it cost, also when it was stopped while the server ran it."""
        call = this_call()
        rows = None
        try:
            answer = ask(self._client(self.target), question, self._operator, call)
            rows = len(answer.rows)
        finally:
            if call.is_done or call.job is not None:
                self._count(question, call, rows)
        return answer

    def _count(self, question: Question, call: Call, rows: int | None) -> None:
        record = QueryRecord(
            question.facts,
            question.sql,
            tuple(question.parameters.items()),
            call.elapsed,
            rows,
            call.bytes_processed,
            _bill(call, question),
            call.cache_hit,
        )
        self._records.add(record)
        self.meter.add(record)

    def _stop_on_server(self, job: Job) -> None:
        """Cancel a job that nobody waits for; what goes wrong then, the job's own time limit makes good."""
        from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 - comes with the client
        from requests import RequestException  # noqa: PLC0415 - comes with the client

        # courtside: ignore[silent_exceptions] as the docstring says
        with suppress(GoogleAPIError, RequestException, ValueError):
            self._client(self.target).cancel_job(
                job.id,
                project=job.project or None,
                location=job.location,
                retry=retry_within(this_call()),
                timeout=self.bounds.cancel,
            )


def _whole(
    batch: Sequence[tuple[Fact[Any], Window]], answers: Mapping[str, Callable[[], tuple[Any, ...]]]
) -> dict[str, tuple[Any, ...]]:
    """Return the rows of all facts. Raises PartlyLoadedError when some have none."""
    rows: dict[str, tuple[Any, ...]] = {}
    reasons: dict[str, Exception] = {}
    for fact, _ in batch:
        try:
            rows[fact.name] = answers[fact.name]()
        except (WarehouseError, RowError) as error:
            reasons[fact.name] = error
    if reasons:
        raise PartlyLoadedError(rows, reasons)
    return rows


def _decoder(fact: Fact[Any], texts: Sequence[str]) -> Callable[[], tuple[Any, ...]]:
    return lambda: decode(fact, wire.from_json(fact, texts))


def _bill(call: Call, question: Question) -> int:
    """Return the bytes billed, estimated where the service has not said it."""
    if call.bytes_billed is not None:
        return call.bytes_billed
    return 0 if call.cache_hit else estimated_bill(call.bytes_processed or 0, question.tables)


def _minute(as_of: datetime) -> datetime:
    """Return the minute of `as_of`: the same question within a minute is answered from BigQuery's cache, free of charge."""
    return require_aware(as_of).replace(second=0, microsecond=0)
