"""Changes rows of a table by parameterised DML, and finds out for how long a streaming buffer holds them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from checks.times import require_aware
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.catalog import fetch
from console.warehouse.bigquery.query import APP, label, retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.writing import Change, HeldByBuffer

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, QueryJobConfig

LONGEST_BUFFERED = timedelta(minutes=90)
"""How long a row may stay in the streaming buffer; PIPELINE.md, "Streaming buffer"."""

STILL_BUFFERED = timedelta(seconds=300)
"""When to look again at a buffer that should have drained: the first of PIPELINE.md's streaming retry delays."""

_IN_BUFFER = re.compile(r"would affect rows in the streaming buffer", re.IGNORECASE)


def run(client: Client, target: BigQueryTarget, change: Change, operator: str, call: Call) -> int:
    """Run the statement once and return how many rows it changed. Raises what the client raises.

    A request that the client repeats keeps its id, so that the service runs it once.
    """
    left = call.left
    found = client.query_and_wait(
        located(change, target),
        job_config=_config(change, operator, call),
        api_timeout=min(call.bounds.first_answer, left),
        wait_timeout=left,
        retry=retry_within(call),
        job_retry=None,  # type: ignore[arg-type] # documented: None disables it
    )
    return found.num_dml_affected_rows or 0


def located(change: Change, target: BigQueryTarget) -> str:
    """Return the statement with the prefix of the target's datasets before its table."""
    return re.sub(rf"\b{re.escape(change.table)}\b", f"{target.dataset_prefix}{change.table}", change.sql)


def is_held(error: BaseException) -> bool:
    """Return whether an error says that rows in the streaming buffer are in the way."""
    return _IN_BUFFER.search(str(error)) is not None


def held(client: Client, target: BigQueryTarget, table: str, now: datetime, call: Call) -> HeldByBuffer:
    """Return until when the buffer of a table that has just refused a change can hold its rows.

    Where the buffer does not show or cannot be asked for, that is the longest that a row stays, from now.
    """
    now = require_aware(now)
    oldest = _oldest_entry(client, target, table, call)
    if oldest is None:
        return HeldByBuffer(now + LONGEST_BUFFERED, None)
    return HeldByBuffer(max(oldest + LONGEST_BUFFERED, now + STILL_BUFFERED), oldest)


def _oldest_entry(client: Client, target: BigQueryTarget, table: str, call: Call) -> datetime | None:
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 - comes with the client
    from requests import RequestException  # noqa: PLC0415 - comes with the client

    try:
        found = fetch(client, target, table, call)
    # courtside: ignore[silent_exceptions] the refusal stands; only its end is not known
    except (GoogleAPIError, RequestException):
        return None
    buffer = found.streaming_buffer if found is not None else None
    oldest = buffer.oldest_entry_time if buffer is not None else None
    return require_aware(oldest) if isinstance(oldest, datetime) else None


def _config(change: Change, operator: str, call: Call) -> QueryJobConfig:
    from google.cloud import bigquery  # noqa: PLC0415 - half a second, and only BigQuery's users need it

    return bigquery.QueryJobConfig(
        query_parameters=[
            bigquery.ScalarQueryParameter(item.name, item.type, item.value) for item in change.parameters
        ],
        labels={"app": APP, "change": label(change.table.partition(".")[2]), "operator": label(operator)},
        maximum_bytes_billed=call.bounds.table_bytes,
        job_timeout_ms=max(1, int(call.left * 1000)),
    )
