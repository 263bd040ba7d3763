"""Sends one question through the client and returns the whole answer, or fails within the bounds of its call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from console.warehouse.bigquery.call import Call, this_call
from console.warehouse.bigquery.wire import standard_type
from console.warehouse.protocol import ColumnInfo

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.bigquery import Client, QueryJobConfig
    from google.cloud.bigquery.table import RowIterator

APP = "courtside"

_PAGE_ROWS = 50_000
_NOT_IN_LABELS = re.compile(r"[^a-z0-9_-]+")
_LONGEST_LABEL = 63
_NO_LIMIT = (1 << 63) - 1
"""The largest INT64: the client sends None as a text, which the service refuses."""

_RETRIED_REASONS = frozenset({"rateLimitExceeded", "backendError", "internalError", "badGateway"})


class IncompleteAnswerError(Exception):
    """The answer has fewer or more rows than it announces."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query with its parameters; `facts` are those that it asks for, `tables` counts the tables it names."""

    facts: tuple[str, ...]
    sql: str
    parameters: Mapping[str, datetime | date]
    tables: int

    @property
    def what(self) -> str:
        """The facts in one word."""
        return "-".join(self.facts)


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns that came back, and all rows as the client gives them."""

    columns: tuple[ColumnInfo, ...]
    rows: tuple[tuple[Any, ...], ...]


def label(text: str) -> str:
    """Return `text` as a label's value: at most 63 lower-case letters, digits, dashes and underscores."""
    return _NOT_IN_LABELS.sub("-", text.lower())[:_LONGEST_LABEL].strip("-") or "unknown"


def ask(client: Client, question: Question, operator: str, call: Call) -> Answer:
    """Return the answer. Raises what the client raises, CallOverError, and IncompleteAnswerError.

    One request when the service answers within `first_answer` and in one page.
    """
    left = call.left
    found = client.query_and_wait(
        question.sql,
        job_config=configuration(question, operator, call),
        api_timeout=min(call.bounds.first_answer, left),
        wait_timeout=left,
        retry=retry_within(call),
        job_retry=None,  # type: ignore[arg-type] # documented: None disables it
        page_size=_PAGE_ROWS,
    )
    columns = tuple(ColumnInfo(field.name, standard_type(field.field_type, field.mode)) for field in found.schema)
    return Answer(columns, _rows(found, call))


def dry_run(client: Client, question: Question, operator: str, call: Call) -> int:
    """Return the bytes that the question would read; nothing runs and nothing is billed. Raises what the client raises."""
    config = configuration(question, operator, call)
    config.dry_run = True
    # Nothing is billed, and the answer matters most where it is beyond the limit.
    config.maximum_bytes_billed = _NO_LIMIT
    config.use_query_cache = False
    job = client.query(
        question.sql, job_config=config, retry=retry_within(call), timeout=call.bounds.socket, job_retry=None
    )
    return int(job.total_bytes_processed or 0)


def configuration(question: Question, operator: str, call: Call) -> QueryJobConfig:
    """Return how a question is asked: its parameters, labels, limit on bytes billed, and time limit on the server."""
    from google.cloud import bigquery  # noqa: PLC0415 - half a second, and only BigQuery's users need it

    return bigquery.QueryJobConfig(
        query_parameters=[
            bigquery.ScalarQueryParameter(name, "TIMESTAMP" if isinstance(value, datetime) else "DATE", value)
            for name, value in question.parameters.items()
        ],
        labels={"app": APP, "check": label(question.what), "operator": label(operator)},
        maximum_bytes_billed=max(question.tables, 1) * call.bounds.table_bytes,
        use_query_cache=True,
        job_timeout_ms=max(1, int(call.left * 1000)),
    )


def _rows(found: RowIterator, call: Call) -> tuple[tuple[Any, ...], ...]:
    """Return all rows; a server whose pages never end, or end early, is found out by the number of rows it announced."""
    announced = found.total_rows or 0
    rows: list[tuple[Any, ...]] = []
    for row in found:
        rows.append(row.values())
        if len(rows) > announced:
            raise IncompleteAnswerError(f"more than the {announced} rows that it announced")
        call.refuse_when_over()
    if len(rows) < announced:
        raise IncompleteAnswerError(f"{len(rows)} of the {announced} rows that it announced")
    return tuple(rows)


def retry_within(call: Call) -> Retry:
    """Return how a request is repeated: what may pass by itself, until failing has lasted for the bound."""
    return _retry(lambda: call, call.left)


def retry_in_any_call(seconds: float) -> Retry:
    """Return the same for requests that belong to one answer and to several errands: each under the call of its thread."""
    return _retry(this_call, seconds)


def _retry(current: Callable[[], Call], seconds: float) -> Retry:
    from google.api_core.retry import Retry  # noqa: PLC0415 - comes with the client
    from requests.exceptions import Timeout  # noqa: PLC0415 - comes with the client

    def is_retried(error: BaseException) -> bool:
        call = current()
        if isinstance(error, Timeout) and call.job is not None:
            return True  # the service holds a question for a job's result longer than we wait on a silent socket
        return may_pass(error) and call.failing < call.bounds.retry

    return Retry(predicate=is_retried, initial=0.25, maximum=1.0, multiplier=2.0, timeout=seconds)


def may_pass(error: BaseException) -> bool:
    """Return whether `error` is one that the same request may not meet again; a request carries its id, so none runs twice."""
    import requests  # noqa: PLC0415 - comes with the client
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client
    from google.auth.exceptions import TransportError  # noqa: PLC0415 - comes with the client

    if isinstance(error, requests.exceptions.SSLError):
        return False
    if isinstance(error, exceptions.GoogleAPICallError) and error.errors:
        first = error.errors[0]
        return isinstance(first, Mapping) and first.get("reason") in _RETRIED_REASONS
    return isinstance(
        error,
        (
            exceptions.TooManyRequests,
            exceptions.InternalServerError,
            exceptions.BadGateway,
            exceptions.ServiceUnavailable,
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.Timeout,
            TransportError,
        ),
    )
