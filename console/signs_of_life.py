"""The checks on whoever works beside the pipeline, the watcher and the prediction workers: asked where there are any.

What cannot be known of them is UNKNOWN, and not the same as that there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

from checks.catalogue import ALL_CHECKS, IF_WATCHED, IF_WORKERS
from checks.facts.watcher_runs import REMEMBERED_DAYS, WATCHER_RUNS
from checks.loading import Loading
from checks.times import format_utc
from checks.watching import newest_run
from checks.workers import WORKER_BEATS, of_the_moment
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from datetime import datetime

    from checks.facts.fact import Fact, Window
    from checks.loading import Loaded
    from checks.model import Finding, Scope
    from checks.registry import Check
    from checks.workers import WorkerRecord
    from console.warehouse.protocol import Warehouse

Row = TypeVar("Row")

NO_RUN_KNOWN = (
    f"no run of a watcher is known, from the last {REMEMBERED_DAYS} days in the warehouse or from this host: "
    "`courtside watch --once` makes one"
)
NO_WORKER_KNOWN = (
    "no prediction worker is known: on this host none has ever left a heartbeat, and no project is named by `firestore` under "
    "[workers] in the settings"
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
    scope, runs = loaded.facts.scope, loaded.facts.known(WATCHER_RUNS)
    if newest_run(runs, scope.as_of) if scope.is_chosen else runs:
        return (*checks, *IF_WATCHED) if everything else checks
    why = unread or _why_unseen(loaded, warehouse)
    if everything:
        return (*checks, *(_unreadable(check, why) for check in IF_WATCHED)) if why else checks
    return tuple(_unreadable(check, why or NO_RUN_KNOWN) if check in IF_WATCHED else check for check in checks)


def asked_for(
    checks: tuple[Check, ...], beats: Callable[[], tuple[WorkerRecord, ...]], scope: Scope, *, everything: bool
) -> Loading | None:
    """Return the workers' heartbeats on their way, None where nobody asks for them.

    They are read in a thread of their own beside the warehouse's facts, so that a store that hangs makes no other check wait.
    """
    if everything or not set(IF_WORKERS).isdisjoint(checks):
        return Loading((WORKER_BEATS,), _Store(beats), scope)
    return None


@dataclass(frozen=True, slots=True)
class _Store:
    """The workers' store as a source of one fact; it ends by itself, for it bounds its own requests."""

    beats: Callable[[], tuple[WorkerRecord, ...]]
    concurrency: int = 1

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:  # noqa: ARG002  # it keeps no history
        return cast("tuple[Row, ...]", self.beats())

    def cancel(self) -> None:
        """Nothing can be cancelled."""


def with_workers(
    checks: tuple[Check, ...], loaded: Loaded, found: Loaded, *, everything: bool
) -> tuple[tuple[Check, ...], Loaded]:
    """Return checks and facts with the workers' heartbeats that were `found`.

    Where nothing is known of any worker the whole report says nothing of them, and whoever asks for them by name is told so. To
    name all checks, as the watcher does, is no such question: there it means that what was wrong with a worker is over.
    """
    others = tuple(check for check in checks if check not in IF_WORKERS)
    scope, reason = found.facts.scope, found.reason(WORKER_BEATS)
    rows = of_the_moment(found.facts.known(WORKER_BEATS), scope)
    if everything and not rows and not reason:
        return checks, loaded
    if not rows and not reason and not set(ALL_CHECKS) <= set(others):
        reason = _only_newest_kept(scope.as_of) if found.facts.known(WORKER_BEATS) else NO_WORKER_KNOWN
    if reason:
        return (*others, *(_unreadable(check, reason) for check in IF_WORKERS)), loaded
    return (*others, *IF_WORKERS), replace(loaded, facts=loaded.facts.also(WORKER_BEATS, rows))


def _only_newest_kept(as_of: datetime) -> str:
    return f"how the prediction workers were at {format_utc(as_of)} is not known: only the newest heartbeat of each is kept"


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
