"""A retry queue of 100,000 rows costs what is on screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from checks.facts.fact import Fact, Row
from checks.facts.retry_queue import QueueRow
from checks.model import Report
from checks.policy import Policy
from screens.lines import Span, text_of
from screens.ports import Query
from screens.table import Table
from screens.views.options import Options
from screens.views.queue import queue_view
from tests.screens.queued import SCOPE, many, queue_look


class Big:
    """A look on a queue whose rows count how often they are drawn."""

    watched_at = None
    untold = 0

    def __init__(self, rows: tuple[QueueRow, ...], report: Report) -> None:
        self._rows = rows
        self.report = report

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        return self._rows  # type: ignore[return-value]  # the queue is all that is asked for

    def reason(self, fact: Fact[Any]) -> str:
        return ""

    def query(self, fact: str) -> Query:
        raise KeyError(fact)


@pytest.fixture(scope="module")
def big() -> Big:
    return Big(many(100_000), queue_look().report)


@pytest.mark.parametrize(
    "options",
    [Options(118), Options(118, sort="phase"), Options(118, filter="processor_7"), Options(118, filter="overdue")],
)
def test_a_hundred_thousand_rows_are_sorted_and_filtered_without_drawing_one(
    big: Big, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    clean = Span.__post_init__

    def counted(span: Span) -> None:
        made.append(span.text)
        clean(span)

    monkeypatch.setattr(Span, "__post_init__", counted)
    table = queue_view(big, SCOPE, Policy(), options)
    assert table.count > 1_000
    assert len(made) < 60
    table.item(table.count - 1)
    assert len(made) < 80


@pytest.mark.parametrize(
    "work",
    [
        lambda big: queue_view(big, SCOPE, Policy(), Options(118)),
        lambda big: queue_view(big, SCOPE, Policy(), Options(118, sort="game")),
        lambda big: queue_view(big, SCOPE, Policy(), Options(118, filter="no such row")),
    ],
)
def test_a_hundred_thousand_rows_are_sorted_and_filtered_before_a_key_feels_slow(
    big: Big, work: Callable[[Big], Table]
) -> None:
    # About 100 ms here; the bound leaves room for a machine that does something else as well.
    spent = []
    for _ in range(3):
        started = time.thread_time()
        work(big)
        spent.append(time.thread_time() - started)
    assert min(spent) < 0.5


def test_rows_of_a_big_queue_are_drawn_where_the_order_says(big: Big) -> None:
    table = queue_view(big, SCOPE, Policy(), Options(118, sort="attempts"))
    assert "3/3" in text_of(table.item(0).line)
    assert table.keys()[0] == table.item(0).key
