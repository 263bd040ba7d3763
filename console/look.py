"""A report with the facts that it was made of: what the screens draw, and what an action is planned from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from checks.facts.fact import Fact
from checks.facts.watcher_runs import WATCHER_RUNS, WatcherRun
from checks.loading import Loaded
from checks.model import Report
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from screens.ports import Query

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Look:
    """A report, and the facts that it was made of at the same moment; `untold` messages of this host have not arrived."""

    report: Report
    loaded: Loaded
    sql: Callable[[Fact[Any]], str]
    untold: int = 0

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Return the rows of a fact that the report's checks need. Raises WarehouseError when they could not be had."""
        refuse_unloaded(self.loaded, fact)
        return self.loaded.facts[fact]

    def reason(self, fact: Fact[Any]) -> str:
        """Return why a fact could not be had, or ""."""
        return self.loaded.reason(fact)

    @property
    def watched(self) -> WatcherRun | None:
        """The newest run of a watcher, None where there was none or it was not asked for."""
        from checks.watching import newest_run  # noqa: PLC0415  # a report without one does without

        return newest_run(self.loaded.facts.known(WATCHER_RUNS), self.report.scope.as_of)

    @property
    def watched_at(self) -> datetime | None:
        """When that was (aware UTC)."""
        return None if self.watched is None else self.watched.ran_at

    def query(self, fact: str) -> Query:
        """Return the question behind a fact of this report. Raises KeyError for a fact that there is none of."""
        from checks.facts.catalogue import ALL_FACTS, WORDS  # noqa: PLC0415  # as above
        from screens.ports import Query  # noqa: PLC0415  # asked for on a screen only

        asked = {known.name: known for known in (*ALL_FACTS, *WORDS)}[fact]
        scope = self.report.scope
        return Query(fact, self.sql(asked), asked.window(scope), scope.as_of)


def refuse_unloaded(loaded: Loaded, fact: Fact[Any]) -> None:
    """Raise WarehouseError with the reason when a fact could not be had."""
    if reason := loaded.reason(fact):
        raise WarehouseError(f"{fact.name}: {reason}")
