"""What is there beside the columns: where the datasets are, how tables are partitioned, and when they were last written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from checks.facts.decisions import DECISIONS
from checks.model import Severity
from checks.policy import Policy
from checks.times import format_minutes, minutes_between
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.catalog import fetch, info
from console.warehouse.bigquery.examine_asking import Outcome
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import TableInfo
from console.warehouse.schema import TableDefinition
from screens.text.doctor import Observation, names_of

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, Table

_BY = re.compile(r"^PARTITION BY (?:DATE\((\w+)\)|(\w+))", re.MULTILINE)
_REQUIRED = re.compile(r"^OPTIONS \(.*\brequire_partition_filter = TRUE\b", re.MULTILINE)
_DAY = "DAY"


@dataclass(frozen=True, slots=True)
class Partitioning:
    """How a table is cut: by the `unit` (`DAY`) of `column`, and whether a query without a filter on it is refused."""

    column: str
    requires_filter: bool
    unit: str = _DAY


@dataclass(frozen=True, slots=True)
class Found:
    """One table as the service describes it; `written_at` is aware UTC, None for a view."""

    info: TableInfo
    partitioning: Partitioning | None = None
    written_at: datetime | None = None


def find(client: Client, target: BigQueryTarget, name: str, call: Call) -> Found:
    """Return what the service says of a table or view, also that it is not there. Raises what the client raises."""
    table = fetch(client, target, name, call)
    if table is None or table.table_type != "TABLE":
        return Found(info(name, table))
    return Found(info(name, table), _partitioning(table), _newest_write(table))


def _partitioning(table: Table) -> Partitioning | None:
    by_time, by_range = table.time_partitioning, table.range_partitioning
    required = bool(table.require_partition_filter)
    if by_time is not None:
        return Partitioning(by_time.field or "_PARTITIONTIME", required, by_time.type_)
    return Partitioning(by_range.field, required, "RANGE") if by_range is not None else None


def _newest_write(table: Table) -> datetime | None:
    """Return the newest write; rows in the streaming buffer do not count as a modification until they settle."""
    buffer = table.streaming_buffer
    known = (table.modified, buffer.oldest_entry_time if buffer is not None else None)
    return max((moment for moment in known if moment is not None), default=None)


def defined_partitioning(definition: TableDefinition) -> Partitioning | None:
    """Return how a table is defined to be cut, None for a view and a table that is not."""
    found = None if definition.is_view else _BY.search(definition.statement)
    if found is None:
        return None
    return Partitioning(found[1] or found[2], _REQUIRED.search(definition.statement) is not None)


def location(target: BigQueryTarget, found: Mapping[str, Outcome[str]]) -> list[Observation]:
    """Return whether all datasets are where the target says, and together: a query reads one location only."""
    part = "location"
    places: dict[str, list[str]] = {}
    observations = []
    for dataset, outcome in found.items():
        if outcome.value is None:
            observations.append(Observation(part, _of_failure(outcome.error), outcome.reason, dataset))
        else:
            places.setdefault(outcome.value, []).append(dataset)
    wanted = target.location
    if wanted is None and len(places) > 1:
        where = "; ".join(f"{place}: {', '.join(datasets)}" for place, datasets in places.items())
        return [
            *observations,
            Observation(part, Severity.ERROR, f"no query can read datasets of several locations ({where})"),
        ]
    for place, datasets in places.items():
        names = ", ".join(datasets)
        if wanted is None or place.upper() == wanted.upper():
            asked = "as ?location says" if wanted else "the location that the service finds by itself"
            observations.append(Observation(part, Severity.OK, f"{place}, {asked}: {names}"))
        else:
            said = f"{names} in {place}, but queries are asked in {wanted}: set ?location={place}"
            observations.append(Observation(part, Severity.ERROR, said))
    return observations


def partitioning(definitions: Iterable[TableDefinition], found: Mapping[str, Found]) -> list[Observation]:
    """Return where tables are cut otherwise than defined, in what matters to the queries; one line when all is well."""
    there = [item for item in definitions if item.name in found and found[item.name].info.exists and not item.is_view]
    differing = [
        Observation("partitioning", severity, f"{item.name} {sentence}", item.name)
        for item in there
        for severity, sentence in _differences(defined_partitioning(item), found[item.name].partitioning)
    ]
    if differing or not there:
        return differing
    cut = sum(defined_partitioning(item) is not None for item in there)
    return [Observation("partitioning", Severity.OK, f"{cut} tables are partitioned as they are defined")]


def _differences(defined: Partitioning | None, there: Partitioning | None) -> Iterable[tuple[Severity, str]]:
    if defined is None:
        if there is not None and there.requires_filter:
            yield Severity.ERROR, f"demands a filter on {there.column}, which no query has: every question is refused"
    elif there is None:
        yield Severity.ERROR, f"is not partitioned by {defined.column}: every query reads and bills all of it"
    elif there.column.lower() != defined.column:
        yield (
            Severity.ERROR,
            f"is partitioned by {there.column}, not {defined.column}: every query reads and bills all of it",
        )
    else:
        if there.unit != _DAY:
            yield Severity.WARNING, f"has partitions of one {there.unit} each, not one {_DAY}"
        if defined.requires_filter and not there.requires_filter:
            yield (
                Severity.WARNING,
                "lacks require_partition_filter: nothing stops a query that reads and bills all of it",
            )


def freshness(found: Mapping[str, Found], read: Iterable[str], policy: Policy, now: datetime) -> list[Observation]:
    """Return when what is read was last written; `now` is aware.

    Only the controller's decisions are judged, by the policy's minutes without one: they alone come by the hour, whatever day it
    is. Whether the others are late depends on games, which `courtside check` knows.
    """
    part = "freshness"
    written = {name: found[name].written_at for name in read if name in found and found[name].info.exists}
    known = {name: moment for name, moment in written.items() if moment is not None}
    silent = sorted(name for name, moment in written.items() if moment is None)
    observations = []
    if silent:
        said = f"the service does not say when {names_of(silent)} were last written"
        observations.append(Observation(part, Severity.UNKNOWN, said))
    for decisions in (name for name in DECISIONS.tables if name in known):
        minutes = max(0, minutes_between(known[decisions], now))
        is_late = minutes >= policy.gap_warning_minutes
        severity = Severity.ERROR if minutes >= policy.gap_critical_minutes else Severity.WARNING
        said = f"{decisions} was last written {format_minutes(minutes)} ago"
        late = f"{said}, a decision is due every {policy.controller_cadence_minutes} min: see `courtside gaps`"
        observations.append(
            Observation(part, severity if is_late else Severity.OK, late if is_late else said, decisions)
        )
    if known:
        oldest = min(known, key=lambda name: known[name])
        age = format_minutes(max(0, minutes_between(known[oldest], now)))
        said = f"of {len(known)} tables {oldest} was written least recently, {age} ago; `courtside check` judges them"
        observations.append(Observation(part, Severity.OK, said, oldest))
    return observations


def _of_failure(error: Exception | None) -> Severity:
    """Return ERROR for a dataset that is not there, UNKNOWN for one that could not be asked for."""
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

    return Severity.ERROR if isinstance(error, NotFound) else Severity.UNKNOWN
