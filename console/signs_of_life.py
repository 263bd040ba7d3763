"""The checks on whoever works beside the pipeline, the watcher and the prediction workers: asked where there are any.

What cannot be known of them is UNKNOWN, and not the same as that there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from checks.catalogue import IF_WATCHED, IF_WORKERS
from checks.facts.watcher_runs import REMEMBERED_DAYS, WATCHER_RUNS
from checks.workers import WORKER_BEATS
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from checks.loading import Loaded
    from checks.model import Finding
    from checks.registry import Check
    from checks.workers import WorkerBeat
    from console.warehouse.protocol import Warehouse

Row = TypeVar("Row")

NO_RUN_KNOWN = (
    f"no run of a watcher is known, from the last {REMEMBERED_DAYS} days in the warehouse or from this host: "
    "`courtside watch --once` makes one"
)


def told_by(source: Callable[[], tuple[Row, ...]]) -> tuple[tuple[Row, ...], str]:
    """Return the rows that a source on this host has, and why they cannot be read, or ""."""
    try:
        return source(), ""
    except WarehouseError as error:
        return (), str(error)


def with_watcher(
    checks: tuple[Check, ...], loaded: Loaded, unread: str, warehouse: Warehouse, *, everything: bool
) -> tuple[Check, ...]:
    """Return the checks with `watcher.silent` where runs are known, and UNKNOWN where it cannot be known whether there are.

    That nothing is known is no answer to whoever asks for it by name. `unread` is why this host's runs cannot be read, or "".
    """
    if loaded.facts.known(WATCHER_RUNS):
        return (*checks, *IF_WATCHED) if everything else checks
    why = unread or _why_unseen(loaded, warehouse)
    if everything:
        return (*checks, *(_unreadable(check, why) for check in IF_WATCHED)) if why else checks
    return tuple(_unreadable(check, why or NO_RUN_KNOWN) if check in IF_WATCHED else check for check in checks)


def with_workers(
    checks: tuple[Check, ...], loaded: Loaded, beats: Callable[[], tuple[WorkerBeat, ...]], *, everything: bool
) -> tuple[tuple[Check, ...], Loaded]:
    """Return checks and facts with the workers' heartbeats, where those are asked for or there are any."""
    others = tuple(check for check in checks if check not in IF_WORKERS)
    is_named = len(others) < len(checks)
    if not everything and not is_named:
        return checks, loaded
    found, unread = told_by(beats)
    if unread:
        return (*others, *(_unreadable(check, unread) for check in IF_WORKERS)), loaded
    added = IF_WORKERS if found or is_named else ()
    return (*others, *added), replace(loaded, facts=loaded.facts.also(WORKER_BEATS, found))


def _why_unseen(loaded: Loaded, warehouse: Warehouse) -> str:
    """Return why the warehouse does not say whether there was a watcher; "" where it has no table of its runs."""
    reason = loaded.reason(WATCHER_RUNS)
    if not reason or all(outcome.reason for outcome in loaded.outcomes):
        return reason
    try:
        is_there = any(table.exists for table in warehouse.inspect(WATCHER_RUNS.tables))
    # courtside: ignore[silent_exceptions] why the table cannot be read says more than why it cannot be looked for
    except WarehouseError:
        return reason
    return reason if is_there else ""


def _unreadable(check: Check, why: str) -> Check:
    """Return a check that is UNKNOWN because what it stands on cannot be read."""

    def judge(*_: object) -> tuple[Finding, ...]:
        raise WarehouseError(why)

    return replace(check, judge=judge)
