"""A source for many moments one after the other, which asks again only where the answer can have changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from checks.facts.fact import Fact, Window
from checks.loading import Source
from console.warehouse.duckdb_instants import microseconds

Row = TypeVar("Row")
_MINUTE = timedelta(minutes=1)
"""Moments are whole minutes, and some questions include the minute that has begun."""


class SteadySource:
    """Answers as `source` does, whose tables hold `instants`: between two of them, and for the same dates, from memory.

    A fact whose answer a memory holds is not asked for again; the last answer of each fact is kept. Failures are never kept.
    """

    def __init__(self, source: Source, instants: Mapping[str, frozenset[int]]) -> None:
        self._source = source
        self._instants = instants
        self._sorted: dict[str, Sequence[int]] = {}
        self._last: dict[str, tuple[object, tuple[Any, ...]]] = {}
        self.asked = 0

    @property
    def concurrency(self) -> int:
        """As the source's."""
        return self._source.concurrency

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        """Return the fact's rows, or raise what the source raises."""
        age = (window, *self._age(fact, as_of))
        known = self._last.get(fact.name)
        if known is not None and known[0] == age:
            return cast("tuple[Row, ...]", known[1])
        self.asked += 1
        rows = self._source.load(fact, window, as_of)
        self._last[fact.name] = (age, rows)
        return rows

    def cancel(self) -> None:
        """Stop what is running."""
        self._source.cancel()

    def _age(self, fact: Fact[Any], as_of: datetime) -> tuple[int, int]:
        """Return how many instants of a fact's tables lie before a moment, and before the end of its minute."""
        if fact.name not in self._sorted:
            empty: frozenset[int] = frozenset()
            self._sorted[fact.name] = sorted(empty.union(*(self._instants.get(table, empty) for table in fact.tables)))
        instants = self._sorted[fact.name]
        return bisect_right(instants, microseconds(as_of)), bisect_left(instants, microseconds(as_of + _MINUTE))
