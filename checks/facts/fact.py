"""What a fact is: a question with a name, the type of its rows, and the partitions that it reads.

A fact is data. Loading one is the business of a warehouse; turning what comes back into rows is `checks.facts.rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from checks.model import Scope

Row = TypeVar("Row")


class Partition(Enum):
    """Which calendar a fact's partitions follow."""

    GAME_DATE = "game_date"
    """Eastern game dates: the window is the scope's dates."""
    EVENT_TIME = "event_time"
    """UTC dates of the event: the window runs from the scope's first date to the date of `as_of`."""
    DECISIONS = "decisions"
    """UTC dates of the last `lookback` before `as_of`."""


@dataclass(frozen=True, slots=True)
class Window:
    """The partition dates a query may read, inclusive: `@first` and `@last`."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Fact(Generic[Row]):
    """One question put to the warehouse; its SQL is `checks/facts/<name>.sql` with parameters @as_of, @first, @last.

    `row` is a frozen dataclass whose fields are the query's columns, in order. `suspect_when_empty` says why an empty answer
    cannot be believed; it is "" where nothing to report is normal. `days_before` widens the window into the past.
    """

    name: str
    row: type[Row]
    tables: tuple[str, ...]
    partition: Partition
    days_before: int = 0
    suspect_when_empty: str = ""

    def window(self, scope: Scope) -> Window:
        """Return the partitions to read for `scope`."""
        as_of_date = scope.as_of.astimezone(UTC).date()
        if self.partition is Partition.DECISIONS:
            return Window((scope.as_of - scope.lookback).date() - timedelta(days=self.days_before), as_of_date)
        first = scope.first - timedelta(days=self.days_before)
        if self.partition is Partition.GAME_DATE:
            return Window(first, scope.last)
        return Window(min(first, as_of_date), max(scope.last, as_of_date))


class Facts:
    """The loaded rows of one report, by fact, with the scope they were loaded for."""

    def __init__(self, scope: Scope, rows: Mapping[str, tuple[object, ...]]) -> None:
        self.scope = scope
        self._rows = dict(rows)

    @classmethod
    def of(cls, scope: Scope, *loaded: tuple[Fact[Any], Iterable[object]]) -> Facts:
        """Return facts made of (fact, rows) pairs; for tests and for callers that hold rows already."""
        return cls(scope, {fact.name: tuple(rows) for fact, rows in loaded})

    def __getitem__(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Return the rows of `fact`. Raises KeyError when the check did not declare that it needs it."""
        return cast("tuple[Row, ...]", self._rows[fact.name])

    def known(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Return the rows of a fact that may not have been loaded, none then; for what is not judged by its absence."""
        return self[fact] if fact.name in self._rows else ()

    def also(self, fact: Fact[Row], rows: Iterable[Row]) -> Facts:
        """Return these facts with more rows of one, from another source."""
        return Facts(self.scope, {**self._rows, fact.name: (*self.known(fact), *rows)})
