"""The one object that command line, screens, watcher and server share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from checks.deadline import DEADLINE_SECONDS
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.catalogue import WHOLE_LOOK, WORDS
from checks.facts.fact import Fact, Facts
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.lineage import LINEAGE
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.loading import Loaded, Loading
from checks.model import Report, Scope
from console.look import Look, refuse_unloaded
from console.warehouse.opening import open_warehouse
from console.warehouse.protocol import Warehouse, WarehouseError

if TYPE_CHECKING:
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener
    from checks.registry import Check
    from checks.workers import WorkerRecord
    from console.settings import Settings
    from console.spending import Account
    from console.warehouse.bigquery.cost import Budget

Row = TypeVar("Row")


class UnknownCheckError(LookupError):
    """No check has that id; the message names the nearest ones."""


class Desk:
    """Answers what is wrong, from one warehouse under one policy; `account` is None where asking costs nothing.

    `watched` gives the runs of a watcher that this host knows of, beside those that the warehouse has; it raises WarehouseError.
    `beats` gives the heartbeats of prediction workers, and may take its time; it raises WarehouseError. `untold` gives how many
    messages of this host have not arrived.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        policy: Policy,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        account: Account | None = None,
        watched: Callable[[], tuple[WatcherRun, ...]] = tuple,
        beats: Callable[[], tuple[WorkerRecord, ...]] = tuple,
        untold: Callable[[], int] = int,
    ) -> None:
        self.warehouse = warehouse
        self.policy = policy
        self.account = account
        self._deadline_seconds = deadline_seconds
        self._watched = watched
        self._beats = beats
        self._untold = untold

    def report(self, scope: Scope, check_ids: Sequence[str] = ()) -> Report:
        """Return the report of the named checks, of all of them when none is named. Raises UnknownCheckError."""
        return self.look(scope, check_ids).report

    def look(
        self,
        scope: Scope,
        check_ids: Sequence[str] = (),
        *,
        words: bool = False,
        on_loaded: Callable[[Loaded], object] = lambda _: None,
    ) -> Look:
        """Return that report with the facts it stands on. Raises UnknownCheckError.

        What operators have said is loaded beside them: about findings with the whole report, or where `words` asks for it, and
        about gates with the facts of gates. The report does not stand on it, and no trouble with it is in the report. The
        whole report of a pipeline that was ever watched also says whether it still is. `on_loaded` is given the facts before the
        report is made of them.
        """
        everything = None if check_ids else Loading(WHOLE_LOOK, self.warehouse, scope)
        from checks import catalogue, runner  # noqa: PLC0415  # imported while the warehouse answers: a sixth of start-up
        from console.signs_of_life import asked_for, told_by, with_watcher, with_workers  # noqa: PLC0415  # as above

        checks = tuple(check_named(name) for name in check_ids) or catalogue.ALL_CHECKS
        asks_for_watcher = not check_ids or _asks_for_watcher(checks)
        loading = everything or Loading(facts_of_look(check_ids, words=words), self.warehouse, scope)
        beats = asked_for(checks, self._beats, scope, everything=not check_ids)
        watched, unread = told_by(self._watched) if asks_for_watcher else ((), "")  # while the warehouse answers
        loaded = loading.wait(self._deadline_seconds)
        if asks_for_watcher:
            loaded = replace(loaded, facts=loaded.facts.also(WATCHER_RUNS, watched))
            checks = with_watcher(checks, loaded, unread, self.warehouse, everything=not check_ids)
        if beats is not None:
            found = beats.wait(self._deadline_seconds)
            checks, loaded = with_workers(checks, loaded, found, everything=not check_ids)
        on_loaded(loaded)
        untold = self._untold() if asks_for_watcher else 0
        return Look(runner.report_on(checks, loaded.without(WORDS), self.policy), loaded, self.warehouse.sql, untold)

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        """Return what `look` does, telling of each step in this thread, and stopping soon after `cancelled` says so.

        What had not answered by then is UNKNOWN in the report. Raises UnknownCheckError.
        """
        from checks import catalogue, runner  # noqa: PLC0415  # `courtside --help` must not load the checks

        checks = tuple(check_named(name) for name in check_ids) or catalogue.ALL_CHECKS
        report, loaded = runner.report_while_loading(
            checks,
            Loading(runner.needed_facts(checks), self.warehouse, scope),
            self.policy,
            on_progress,
            cancelled,
            deadline_seconds=self._deadline_seconds,
        )
        return Look(report, loaded, self.warehouse.sql)

    def facts(self, scope: Scope, *facts: Fact[Any]) -> Facts:
        """Return `facts` loaded for `scope`. Raises WarehouseError when one of them cannot be had."""
        loaded = self.load(scope, *facts)
        for fact in facts:
            refuse_unloaded(loaded, fact)
        return loaded.facts

    def load(self, scope: Scope, *facts: Fact[Any]) -> Loaded:
        """Return `facts` as far as they can be had, with the reasons of those that cannot."""
        return Loading(facts, self.warehouse, scope).wait(self._deadline_seconds)

    @property
    def bytes_billed(self) -> int | None:
        """Bytes billed since this process started; None where asking costs nothing."""
        return None if self.account is None else self.account.bytes_billed

    def budget(self) -> Budget | None:
        """Return the day's budget with what all processes have spent of it; None where there is none. Never fails."""
        return None if self.account is None else self.account.budget()

    def close(self) -> None:
        """Let go of the warehouse, and book what it has cost."""
        self.warehouse.close()
        if self.account is not None:
            self.account.settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def facts_of_look(check_ids: Sequence[str], *, words: bool = False) -> tuple[Fact[Any], ...]:
    """Return what a look of the named checks is loaded with, of all of them when none is named. Raises UnknownCheckError.

    That is the facts that they need, the words of operators that belong to them, and the runs of a watcher where it is asked for.
    """
    from checks import runner  # noqa: PLC0415  # as in `look`

    if not check_ids:
        return WHOLE_LOOK
    checks = tuple(check_named(name) for name in check_ids)
    facts = runner.needed_facts(checks)
    about_gates = (GATE_OVERRIDES,) if {LINEAGE, FEATURE_QUALITY} <= set(facts) else ()
    about_findings = (ACKNOWLEDGEMENTS,) if words else ()
    return (*facts, *about_gates, *about_findings, *((WATCHER_RUNS,) if _asks_for_watcher(checks) else ()))


def _asks_for_watcher(checks: Sequence[Check]) -> bool:
    from checks.catalogue import IF_WATCHED  # noqa: PLC0415  # as in `look`

    return not set(IF_WATCHED).isdisjoint(checks)


def check_named(name: str) -> Check:
    """Return the check of that id. Raises UnknownCheckError."""
    from checks.catalogue import BY_ID  # noqa: PLC0415  # `courtside --help` must not load the checks

    found = BY_ID.get(name)
    if found is None:
        import difflib  # noqa: PLC0415  # only a slip of the pen needs it

        near = difflib.get_close_matches(name, BY_ID, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`courtside check --list` names them all"
        raise UnknownCheckError(f"there is no check {name!r}: {hint}")
    return found


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def open_desk(settings: Settings, *, now: Callable[[], datetime] = _wall_clock) -> Desk:
    """Return a desk on the warehouse that the settings name. Raises WarehouseError.

    `now` returns aware UTC; it only says which day's budget is spent.
    """
    warehouse = open_warehouse(settings.warehouse, settings.data_dir, deadline_seconds=settings.deadline_seconds)
    return Desk(
        warehouse,
        settings.policy,
        deadline_seconds=settings.deadline_seconds,
        account=_account(warehouse, settings, now),
        watched=lambda: _watched(settings, now),
        beats=lambda: _beats(settings),
        untold=lambda: _untold(settings, now),
    )


def _watched(settings: Settings, now: Callable[[], datetime]) -> tuple[WatcherRun, ...]:
    """Return the last run of the watcher on this host; none where there was never one.

    Raises WarehouseError where the journal cannot be read.
    """
    from console.heartbeat import watcher_runs  # noqa: PLC0415  # `courtside --help` needs no journal
    from console.journal import JournalError  # noqa: PLC0415  # as above
    from console.memory import known_journal  # noqa: PLC0415  # as above

    try:
        return watcher_runs(known_journal(settings.state_dir, now=now), settings.warehouse)
    except JournalError as error:
        raise WarehouseError(f"it is not known when a watcher of this host last ran: {error}") from error


def _untold(settings: Settings, now: Callable[[], datetime]) -> int:
    """Return how many messages of this host about the warehouse have not arrived; 0 where the journal cannot be read."""
    from console.journal import JournalError  # noqa: PLC0415  # `courtside --help` needs no journal
    from console.memory import known_journal  # noqa: PLC0415  # as above
    from console.notify.standings import standings_of  # noqa: PLC0415  # as above

    try:
        journal = known_journal(settings.state_dir, now=now)
        if journal is None:
            return 0
        with journal.reading() as connection:
            standings = standings_of(connection, settings.warehouse, settings.notify.sinks)
        return sum(standing.untold for standing in standings)
    except (
        JournalError
    ):  # courtside: ignore[silent_exceptions] that of the watcher's last run is read before it, and says so
        return 0


def _beats(settings: Settings) -> tuple[WorkerRecord, ...]:
    """Return the heartbeats of prediction workers: in Firestore where the settings say so, else in this host's file.

    The demo has none: this host's workers are no part of its story. Raises WarehouseError where they cannot be known.
    """
    if settings.is_demo:
        return ()
    from console.workers.opening import known_workers  # noqa: PLC0415  # `courtside --help` needs no workers

    return known_workers(settings.state_dir, firestore=settings.workers_firestore)


def _account(warehouse: Warehouse, settings: Settings, now: Callable[[], datetime]) -> Account | None:
    if warehouse.meter is None:
        return None
    from console.spending import Account  # noqa: PLC0415  # an embedded warehouse costs nothing

    return Account(warehouse.meter, warehouse.name, settings.daily_gb, settings.state_dir, now)
