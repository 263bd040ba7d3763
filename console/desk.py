"""The one object that command line, screens, watcher and server share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from checks.deadline import DEADLINE_SECONDS
from checks.facts.catalogue import ALL_FACTS
from checks.facts.fact import Fact, Facts
from checks.loading import Loaded, Loading
from checks.model import Report, Scope
from console.warehouse.opening import open_warehouse
from console.warehouse.protocol import Warehouse, WarehouseError

if TYPE_CHECKING:
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener
    from checks.registry import Check
    from console.settings import Settings
    from console.spending import Account
    from console.warehouse.bigquery.cost import Budget
    from screens.ports import Query

Row = TypeVar("Row")


class UnknownCheckError(LookupError):
    """No check has that id; the message names the nearest ones."""


@dataclass(frozen=True, slots=True)
class Look:
    """A report, and the facts that it was made of at the same moment."""

    report: Report
    loaded: Loaded
    sql: Callable[[Fact[Any]], str]

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Return the rows of a fact that the report's checks need. Raises WarehouseError when they could not be had."""
        _refuse_unloaded(self.loaded, fact)
        return self.loaded.facts[fact]

    def query(self, fact: str) -> Query:
        """Return the question behind a fact of this report. Raises KeyError for a fact that there is none of."""
        from screens.ports import Query  # noqa: PLC0415  # asked for on a screen only

        asked = {known.name: known for known in ALL_FACTS}[fact]
        scope = self.report.scope
        return Query(fact, self.sql(asked), asked.window(scope), scope.as_of)


class Desk:
    """Answers what is wrong, from one warehouse under one policy; `account` is None where asking costs nothing."""

    def __init__(
        self,
        warehouse: Warehouse,
        policy: Policy,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        account: Account | None = None,
    ) -> None:
        self.warehouse = warehouse
        self.policy = policy
        self.account = account
        self._deadline_seconds = deadline_seconds

    def report(self, scope: Scope, check_ids: Sequence[str] = ()) -> Report:
        """Return the report of the named checks, of all of them when none is named. Raises UnknownCheckError."""
        return self.look(scope, check_ids).report

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        """Return that report with the facts it stands on. Raises UnknownCheckError."""
        everything = None if check_ids else Loading(ALL_FACTS, self.warehouse, scope)
        from checks import catalogue, runner  # noqa: PLC0415  # imported while the warehouse answers: a sixth of start-up

        checks = tuple(_check(name, catalogue.BY_ID) for name in check_ids) or catalogue.ALL_CHECKS
        loading = everything or Loading(runner.needed_facts(checks), self.warehouse, scope)
        loaded = loading.wait(self._deadline_seconds)
        return Look(runner.report_on(checks, loaded, self.policy), loaded, self.warehouse.sql)

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        """Return what `look` does, telling of each step in this thread, and stopping soon after `cancelled` says so.

        What had not answered by then is UNKNOWN in the report. Raises UnknownCheckError.
        """
        from checks import catalogue, runner  # noqa: PLC0415  # `courtside --help` must not load the checks

        checks = tuple(_check(name, catalogue.BY_ID) for name in check_ids) or catalogue.ALL_CHECKS
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
        loaded = Loading(facts, self.warehouse, scope).wait(self._deadline_seconds)
        for fact in facts:
            _refuse_unloaded(loaded, fact)
        return loaded.facts

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


def _refuse_unloaded(loaded: Loaded, fact: Fact[Any]) -> None:
    if reason := loaded.reason(fact):
        raise WarehouseError(f"{fact.name}: {reason}")


def _check(name: str, known: Mapping[str, Check]) -> Check:
    found = known.get(name)
    if found is None:
        import difflib  # noqa: PLC0415  # only a slip of the pen needs it

        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
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
    )


def _account(warehouse: Warehouse, settings: Settings, now: Callable[[], datetime]) -> Account | None:
    if warehouse.meter is None:
        return None
    from console.spending import Account  # noqa: PLC0415  # an embedded warehouse costs nothing

    return Account(warehouse.meter, warehouse.name, settings.daily_gb, settings.state_dir, now)
