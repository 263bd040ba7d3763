"""What a day of refreshing costs: each query that the console repeats is tried out, unbilled, and counted at its cadence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from checks.facts.fact import Fact
from checks.model import Scope, Severity
from console.warehouse.bigquery import batch as batching
from console.warehouse.bigquery.batch import Group
from console.warehouse.bigquery.cost import WARNING_SHARE, estimated_bill
from console.warehouse.bigquery.examine_asking import Outcome
from console.warehouse.bigquery.query import Question
from console.warehouse.examined import Refresh
from screens.text.amount import GIBIBYTE, gigabytes, megabytes
from screens.text.doctor import Observation

PART = "cost"
_DAY_SECONDS = 86_400.0
_DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Repeated:
    """One query that is asked `times` a day; `of_report` when it belongs to the refresh that reads the most."""

    question: Question
    times: float
    of_report: bool


def repeated(refreshes: Iterable[Refresh], sql: Callable[[Fact[Any]], str], scope: Scope) -> tuple[Repeated, ...]:
    """Return the queries of a day, each once; what several panels ask alike is counted together."""
    refreshes = tuple(refreshes)
    widest = max(refreshes, key=lambda refresh: len(refresh.facts), default=None)
    report = batching.batches(widest.facts) if widest is not None else ()
    times: dict[Group, float] = {}
    for refresh in refreshes:
        for group in batching.batches(refresh.facts):
            times[group] = times.get(group, 0.0) + _DAY_SECONDS / refresh.cadence
    return tuple(Repeated(_question(group, sql, scope), count, group in report) for group, count in times.items())


def _question(group: Group, sql: Callable[[Fact[Any]], str], scope: Scope) -> Question:
    batch = [(fact, fact.window(scope)) for fact in group]
    return batching.question(batch, [(fact.name, sql(fact)) for fact in group], scope.as_of)


def cost(asked: Sequence[tuple[Repeated, Outcome[int]]], daily_gb: float | None) -> Observation:
    """Return what a day of refreshing bills at most, against the day's budget in GB of 2^30 bytes, None without one.

    Bytes that a dry run says, at least 10 MB a table; a query that could not be tried out counts with that minimum, and makes
    the estimate UNKNOWN. The cache may make it less.
    """
    if not asked:
        return Observation(PART, Severity.UNKNOWN, "nothing is refreshed, so there is nothing to estimate")
    bills = [(item, estimated_bill(outcome.value or 0, item.question.tables)) for item, outcome in asked]
    day = round(sum(item.times * bill for item, bill in bills))
    report = sum(bill for item, bill in bills if item.of_report)
    reasons = [outcome.reason for _, outcome in asked if outcome.value is None]
    said = f"a report bills {megabytes(report)} MB, a console that stays open up to {gigabytes(day)} GB a day"
    severity, budget = _against(day, daily_gb)
    if not reasons:
        return Observation(PART, severity, f"{said}; {budget}")
    why = f"{len(reasons)} of them could not be tried out and count with their minimum charge: {reasons[0]}"
    return Observation(PART, max(severity, Severity.UNKNOWN), f"{said}; {budget}; {why}")


def _against(day: int, daily_gb: float | None) -> tuple[Severity, str]:
    """Return how a day's bytes stand against the budget."""
    if daily_gb is None:
        return Severity.OK, "no budget is set, `[cost] daily_gb` sets one"
    budget = daily_gb * GIBIBYTE
    if day < WARNING_SHARE * budget:
        return Severity.OK, f"within the budget of {daily_gb:g} GB"
    hours = _DAY_HOURS * WARNING_SHARE * budget / day
    spent = f"{WARNING_SHARE:.0%} of the budget of {daily_gb:g} GB is spent after {hours:.1f} h"
    return Severity.WARNING, f"{spent}, from then on it refreshes more slowly"
