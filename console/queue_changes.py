"""The statements that change the retry queue: compare-and-set on the state that a plan read, one active row for each key.

Each is one MERGE or UPDATE, safe to repeat and to run beside another's: when the queue is no longer as the plan saw it, no row
changes. Older deployments lack some columns, so a statement names only those that the table has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from checks.facts.retry_queue import QueueRow
from checks.times import require_aware
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change, Parameter, Scalar

QUEUE = "nba_orchestration.failed_processor_queue"
ACTIVE = ("pending", "retrying")
"""The states of which at most one row may exist per phase, processor, date and game; PIPELINE.md, "Tables written"."""

LONGEST_ERROR = 4_000
"""Characters of `error_message`; PIPELINE.md, "Tables written"."""

_NEEDED = ("id", "game_date", "phase", "processor_name", "status", "retry_count", "next_retry_at")
_PARAMETER = re.compile(r"@(\w+)")
_TYPES: Mapping[type, str] = {str: "STRING", int: "INT64", datetime: "TIMESTAMP", date: "DATE"}


@dataclass(frozen=True, slots=True)
class QueueKey:
    """What is to run again; `game_key` is AWAY@HOME of a missing game, "" of a processor."""

    phase: str
    processor_name: str
    game_date: date
    game_key: str = ""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row as a plan read it: nothing is changed unless it still is so. `updated_at` is aware."""

    id: str
    status: str
    retry_count: int | None
    updated_at: datetime | None

    @classmethod
    def of(cls, row: QueueRow) -> SeenRow:
        """Return a row of the fact as it is now."""
        return cls(row.id, row.status, row.retry_count, row.updated_at)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row shall say when it becomes active. `id` is for a new row; instants are aware."""

    id: str
    error_type: str
    error_message: str
    next_retry_at: datetime
    max_retries: int = 3
    correlation_id: str | None = None
    note: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def revive_or_insert(
    columns: Collection[str], key: QueueKey, seen: SeenRow | None, entry: Entry, now: datetime
) -> Change:
    """Return the change that makes a row active: the inactive row `seen`, or a new one when the plan saw none for the key.

    No row changes when an active one is there by then, when `seen` has changed, or when the plan saw none and there is one.
    In a table without `metadata` games cannot be told apart: there a key is a phase, a processor and a date. Raises
    WarehouseError for a table that lacks what every deployment has, ValueError for an active `seen`.
    """
    _require(columns)
    if seen is not None and seen.status in ACTIVE:
        raise ValueError(f"the row {seen.id} is {seen.status} and in the queue already")
    values = _entry_values(columns, key, entry, now)
    change = _revival(columns, values, seen) if seen is not None else _insertion(values)
    sql = f"""MERGE INTO {QUEUE} AS t
USING (
  SELECT
    COUNT(*) AS known,
    COUNT(CASE WHEN q.status IN ('pending', 'retrying') THEN 1 END) AS active,
    @id AS id
  FROM {QUEUE} AS q
  WHERE q.game_date = @game_date AND q.phase = @phase AND q.processor_name = @processor_name{_same_game(columns)}
) AS s
{change}"""  # noqa: S608 - names of our own; every value is a parameter
    target = f"{key.processor_name} {key.game_key} of {key.game_date}".replace("  ", " ")
    known: dict[str, Scalar] = {**values, "game_key": key.game_key, **_seen_values(seen)}
    return _change(f"putting {target} into the retry queue", sql, known)


def set_status(
    columns: Collection[str],
    game_date: date,
    seen: SeenRow,
    status: str,
    now: datetime,
    *,
    next_retry_at: datetime | None = None,
    retry_count: int | None = None,
    note: str | None = None,
) -> Change:
    """Return the change of an active row's status; what is None stays as it is. A row that becomes `retrying` is retried now.

    No row changes when the row is not as it was seen. Raises ValueError for an inactive `seen`, which only `revive_or_insert`
    may make active, and WarehouseError for a table that lacks what every deployment has.
    """
    wanted: dict[str, Scalar] = {
        "status": status,
        "next_retry_at": next_retry_at,
        "retry_count": retry_count,
        "last_retry_at": now if status == "retrying" else None,
        "resolution_notes": note,
        "updated_at": now,
    }
    return _update(columns, game_date, seen, wanted)


def give_up(
    columns: Collection[str],
    game_date: date,
    seen: SeenRow,
    now: datetime,
    *,
    why: str,
    error_type: str | None = None,
) -> Change:
    """Return the change of an active row to `failed_permanent`; `error_type` stays as it is when it is None.

    `why` goes into the notes, or becomes the error message of a table that has none. No row changes when the row is not as it
    was seen. Raises as `set_status` does.
    """
    place = "resolution_notes" if "resolution_notes" in columns else "error_message"
    wanted: dict[str, Scalar] = {
        "status": "failed_permanent",
        "error_type": error_type,
        place: why[:LONGEST_ERROR],
        "updated_at": now,
    }
    return _update(columns, game_date, seen, wanted)


def _update(columns: Collection[str], game_date: date, seen: SeenRow, wanted: Mapping[str, Scalar]) -> Change:
    """Return the change of an active row as it was seen to the wanted values, those that are None left out."""
    _require(columns)
    if seen.status not in ACTIVE:
        raise ValueError(f"the row {seen.id} is {seen.status}: put it into the queue again instead")
    values = {name: value for name, value in wanted.items() if value is not None and name in columns}
    sql = f"""UPDATE {QUEUE} AS t
SET {_assignments(values)}
WHERE t.game_date = @game_date AND {_unchanged(columns, seen)}"""  # noqa: S608 - as above
    return _change(
        f"setting the row {seen.id} to {values['status']}",
        sql,
        {**values, "game_date": game_date, **_seen_values(seen)},
    )


def _entry_values(columns: Collection[str], key: QueueKey, entry: Entry, now: datetime) -> dict[str, Scalar]:
    """Return the values of an active row by column, for the columns that the table has."""
    metadata = {**({"game_key": key.game_key} if key.game_key else {}), **entry.metadata}
    values: dict[str, Scalar] = {
        "id": entry.id,
        "game_date": key.game_date,
        "phase": key.phase,
        "processor_name": key.processor_name,
        "error_message": entry.error_message[:LONGEST_ERROR],
        "error_type": entry.error_type,
        "retry_count": 0,
        "max_retries": entry.max_retries,
        "first_failure_at": now,
        "next_retry_at": entry.next_retry_at,
        "status": "pending",
        "correlation_id": entry.correlation_id,
        "resolution_notes": entry.note,
        "metadata": json.dumps(metadata, allow_nan=False) if metadata else None,
        "created_at": now,
        "updated_at": now,
    }
    return {name: value for name, value in values.items() if name in columns and value is not None}


def _revival(columns: Collection[str], values: Mapping[str, Scalar], seen: SeenRow) -> str:
    """Return how a MERGE revives a row: it begins anew, but remembers when it was created and what it is for."""
    kept = {"id", "game_date", "phase", "processor_name", "created_at"}
    wanted = {name: value for name, value in values.items() if name not in kept}
    return f"""ON t.game_date = @game_date AND {_unchanged(columns, seen)}
WHEN MATCHED AND s.active = 0 THEN UPDATE SET {_assignments(wanted)}"""


def _insertion(values: Mapping[str, Scalar]) -> str:
    """Return how a MERGE inserts a row.

    Its UPDATE never happens. It is there because BigQuery lets two MERGEs that can only insert run side by side, and both would
    insert; one that can update waits for the other. The id stands on both sides because BigQuery joins what may stay unmatched
    only by an equality of both.
    """
    marked = ", ".join(_marked(name) for name in values)
    return f"""ON t.game_date = @game_date AND t.id = s.id
WHEN MATCHED AND s.known < 0 THEN UPDATE SET status = t.status
WHEN NOT MATCHED AND s.known = 0 THEN INSERT ({", ".join(values)}) VALUES ({marked})"""  # noqa: S608 - as above


def _assignments(values: Mapping[str, Scalar]) -> str:
    return ", ".join(f"{name} = {_marked(name)}" for name in values)


def _marked(name: str) -> str:
    return f"PARSE_JSON(@{name})" if name == "metadata" else f"@{name}"


def _same_game(columns: Collection[str]) -> str:
    if "metadata" not in columns:
        return ""
    return "\n    AND COALESCE(JSON_VALUE(q.metadata, '$.game_key'), '') = @game_key"


def _unchanged(columns: Collection[str], seen: SeenRow) -> str:
    """Return the condition that a row is as it was seen."""
    found = ["t.id = @seen_id", "t.status = @seen_status"]
    found.append("t.retry_count IS NULL" if seen.retry_count is None else "t.retry_count = @seen_retry_count")
    if "updated_at" in columns:
        found.append("t.updated_at IS NULL" if seen.updated_at is None else "t.updated_at = @seen_updated_at")
    return " AND ".join(found)


def _seen_values(seen: SeenRow | None) -> dict[str, Scalar]:
    if seen is None:
        return {}
    return {
        "seen_id": seen.id,
        "seen_status": seen.status,
        "seen_retry_count": seen.retry_count,
        "seen_updated_at": seen.updated_at,
    }


def _change(what: str, sql: str, values: Mapping[str, Scalar]) -> Change:
    """Return the change with those of the values that its SQL names."""
    mentioned = set(_PARAMETER.findall(sql))
    parameters = tuple(_parameter(name, value) for name, value in values.items() if name in mentioned)
    return Change(what, QUEUE, sql, parameters)


def _parameter(name: str, value: Scalar) -> Parameter:
    """Return a typed parameter. Raises ValueError for an instant without a zone."""
    if isinstance(value, datetime):
        value = require_aware(value)
    return Parameter(name, _TYPES[type(value)], value)


def _require(columns: Collection[str]) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise WarehouseError(f"{QUEUE} has no column {' and no '.join(missing)}: see `courtside doctor`")
