"""A BigQuery for tests: an HTTP server on loopback that the unmodified google-cloud-bigquery client talks to.

`BigQueryDouble` in `double` is the whole interface; what it can do wrong on purpose is in `faults`, what it keeps for assertions
in `records`. A request goes from `server` to `service`, from there to `queries`, `loads` or `tables`; a query to `engine`, where
`statement` reads it, `partitions`, `limits` and `cost` judge it, and `dialect` turns it into DuckDB's SQL.
"""

from __future__ import annotations

from tests.bigquery_double.double import BigQueryDouble
from tests.bigquery_double.faults import (
    ChangedType,
    Delay,
    Dribble,
    EndlessPages,
    Fails,
    Html,
    ResetAfter,
    ResetBefore,
    Silence,
    Status,
    StillRunning,
    Truncated,
)
from tests.bigquery_double.records import RecordedLoad, RecordedQuery, RecordedRequest

__all__ = [
    "BigQueryDouble",
    "ChangedType",
    "Delay",
    "Dribble",
    "EndlessPages",
    "Fails",
    "Html",
    "RecordedLoad",
    "RecordedQuery",
    "RecordedRequest",
    "ResetAfter",
    "ResetBefore",
    "Silence",
    "Status",
    "StillRunning",
    "Truncated",
]
