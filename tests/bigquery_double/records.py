"""What the double has been asked, kept for assertions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One HTTP request as it came in, also when it was never answered. Header names are in lower case."""

    method: str
    path: str
    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    sql: str = ""
    """The query that it sends or asks the results of."""

    @property
    def json(self) -> dict[str, Any]:
        """The body. Raises ValueError when it is not a JSON object."""
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("the body is not a JSON object")  # noqa: TRY004 - the caller asks about content, not type
        return found


@dataclass(frozen=True, slots=True)
class RecordedQuery:
    """One query that reached the engine, in the order of arrival. A refused one has an `error` and is billed nothing."""

    sql: str
    parameters: Mapping[str, object]
    labels: Mapping[str, str]
    job_id: str | None
    request_id: str | None
    maximum_bytes_billed: int | None
    is_dry_run: bool
    statement: str = ""
    tables: tuple[str, ...] = ()
    bytes_processed: int = 0
    bytes_billed: int = 0
    is_cache_hit: bool = False
    error: str = ""
    """The reason of the refusal, such as `invalidQuery`."""


@dataclass(frozen=True, slots=True)
class RecordedLoad:
    """One load job; `error` is the reason it failed with, or ""."""

    table: str
    job_id: str
    rows: int
    labels: Mapping[str, str]
    error: str = ""
