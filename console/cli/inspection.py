"""What doctor compares: the tables that are there with the tables that are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from checks.severity import Severity
from screens.text.doctor import DoctorView, Observation, TableState

if TYPE_CHECKING:
    from console.desk import Desk
    from console.settings import Settings
    from console.warehouse.examined import Circumstances, TableExamined
    from console.warehouse.protocol import TableInfo
    from console.warehouse.schema import TableDefinition

PACKAGES = ("courtside", "duckdb", "typer", "pandas", "pyarrow", "textual", "google-cloud-bigquery", "slack-sdk")
"""The packages whose versions are shown."""

OPTIONAL_COLUMNS = frozenset(
    {
        ("nba_orchestration.failed_processor_queue", "resolution_notes"),
        ("nba_orchestration.failed_processor_queue", "metadata"),
    }
)
"""Columns that older deployments lack; their facts do without them."""


WRITTEN = frozenset({"nba_orchestration.failed_processor_queue", "nba_orchestration.streaming_conflict_log"})
"""The pipeline's tables that actions write."""

MUTE = Observation(
    "notification",
    Severity.WARNING,
    'nobody is told of what the watcher finds: no sinks under [notify] in the settings, such as sinks = ["slack"]',
)

OWN = "nba_orchestration.console_"
"""How the names of the console's own tables begin; actions write all of them."""


def view(settings: Settings, open_desk: Callable[[], Desk], now: Callable[[], datetime]) -> DoctorView:
    """Return what doctor has to say; why a warehouse cannot be read is part of it. `now` returns aware UTC."""
    from console.warehouse.protocol import WarehouseError  # --help needs no tables

    chosen = [(setting.name, setting.value, setting.source) for setting in settings.chosen]
    tables: tuple[TableState, ...] = ()
    observations: tuple[Observation, ...] = ()
    try:
        with open_desk() as desk:
            tables, observations, refusal = _examined(desk, settings, now)
            observations += _outbox(desk, settings, now)
    except WarehouseError as error:
        refusal = str(error)
    observations += _watcher(settings, now)
    return DoctorView(settings.warehouse, chosen, versions(), tables, refusal, observations)


def _examined(
    desk: Desk, settings: Settings, now: Callable[[], datetime]
) -> tuple[tuple[TableState, ...], tuple[Observation, ...], str]:
    """Return tables, observations, and why nothing can be read, or "". Raises WarehouseError."""
    from console.warehouse.examined import Examinable  # --help needs no tables
    from console.warehouse.schema import definitions

    defined = definitions()
    if not isinstance(desk.warehouse, Examinable):
        found = desk.warehouse.inspect(tuple(item.name for item in defined))
        return tuple(compare(item, info) for item, info in zip(defined, found, strict=True)), (), ""
    seen = desk.warehouse.examine(_circumstances(settings, now))
    tables = tuple(_state(item, table) for item, table in zip(defined, seen.tables, strict=True))
    return tables, seen.observations, seen.refusal


def _outbox(desk: Desk, settings: Settings, now: Callable[[], datetime]) -> tuple[Observation, ...]:
    """Return how it stands with the rows that the console has to write, and with the day's load jobs."""
    from console.journal import JournalError  # --help needs no journal
    from console.memory import known_journal
    from console.outbox.observations import PART, outbox_observations
    from console.outbox.outbox import Outbox
    from console.warehouse.writing import Writable

    journal = known_journal(settings.state_dir, now=now)
    if journal is None or not isinstance(desk.warehouse, Writable):
        return ()
    try:
        limits = desk.warehouse.writes.limits
        return outbox_observations(Outbox(journal).standings(settings.warehouse, limits, now()))
    except JournalError as error:
        return (Observation(PART, Severity.UNKNOWN, f"what waits to be written cannot be read: {error}"),)


def _watcher(settings: Settings, now: Callable[[], datetime]) -> tuple[Observation, ...]:
    """Return when each watcher last ran on this host, and that it tells nobody; nothing where none ever did."""
    from checks.watching import last_runs, silence_of  # --help needs no journal
    from console.heartbeat import WATCHER, heartbeats, sign_of_life, watcher_runs
    from console.journal import JournalError
    from console.memory import known_journal

    try:
        journal = known_journal(settings.state_dir, now=now)
        beaten = {item.checks: item for item in heartbeats(journal, WATCHER, settings.warehouse)}
        runs = watcher_runs(journal, settings.warehouse)
    except JournalError as error:
        return (Observation(WATCHER, Severity.UNKNOWN, f"it is not known when a watcher last ran: {error}"),)
    lives = tuple(
        Observation(WATCHER, silence_of(run, settings.policy, now()), sign_of_life(WATCHER, beaten[run.checks], now()))
        for run in last_runs(runs, now())
    )
    return (*lives, MUTE) if lives and not settings.notify.sinks else lives


def _circumstances(settings: Settings, now: Callable[[], datetime]) -> Circumstances:
    """Return what a warehouse is examined for: a console under these settings that stays open."""
    from checks.model import Scope  # only for a warehouse that is examined
    from console.desk import facts_of_look
    from console.first_view import days_shown
    from console.warehouse.examined import Circumstances, Refresh
    from console.warehouse.schema import definitions
    from screens.specs import PANELS

    return Circumstances(
        tables=definitions(),
        written=frozenset(item.name for item in definitions() if item.name in WRITTEN or item.name.startswith(OWN)),
        refreshes=tuple(Refresh(facts_of_look(spec.checks), spec.cadence) for spec in PANELS),
        scope=Scope.at(now(), days=days_shown(settings)),
        policy=settings.policy,
        daily_gb=settings.daily_gb,
        now=now,
    )


def _state(definition: TableDefinition, seen: TableExamined) -> TableState:
    if seen.info is None:
        return TableState(definition.name, exists=False, rows=None, unknown=seen.reason)
    return replace(compare(definition, seen.info), written_at=seen.written_at)


def compare(definition: TableDefinition, found: TableInfo) -> TableState:
    """Return how a table differs from its definition; further columns of its own are nobody's business."""
    there = {column.name: column.type for column in found.columns}
    if not found.exists:
        return TableState(definition.name, exists=False, rows=None)
    lacking = [name for name, _ in definition.columns if name not in there]
    optional = tuple(name for name in lacking if (definition.name, name) in OPTIONAL_COLUMNS)
    return TableState(
        definition.name,
        exists=True,
        rows=found.rows,
        missing=tuple(name for name in lacking if name not in optional),
        optional=optional,
        wrong=tuple(
            f"{name} is {there[name]}, not {kind}"
            for name, kind in definition.columns
            if name in there and there[name] != kind
        ),
    )


def versions(packages: Iterable[str] = PACKAGES) -> list[tuple[str, str]]:
    """Return Python's version and those of `packages`, without importing them."""
    found = [("python", sys.version.split()[0])]
    for package in packages:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return found
