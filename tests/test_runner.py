"""The runner: every fact once, all at the same time, and whatever cannot be seen is UNKNOWN."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.fact import Fact, Facts, Window
from checks.facts.hand_overs import HAND_OVERS
from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Fault, Finding, Severity, Subject, SubjectKind
from checks.policy import Policy
from checks.registry import check
from tests.builders import at, decision, scope_at
from tests.running import run

SCOPE = scope_at("2026-01-22T18:00")


@dataclass
class Source:
    """Answers with what the test says: rows, or a function that is called in the loading thread."""

    answers: dict[str, Callable[[], tuple[Any, ...]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    concurrency: int = 4

    def load(self, fact: Fact[Any], window: Window, as_of: datetime) -> tuple[Any, ...]:
        self.asked.append(fact.name)
        return self.answers.get(fact.name, tuple)()

    def cancel(self) -> None:
        self.cancelled.set()


def finding(severity: Severity, until: datetime | None = None) -> Finding:
    return Finding("test.one", severity, Subject(SubjectKind.TABLE, "t"), "something", Fault.DATA, until=until)


@check("test.decisions", "counts decisions", needs=(DECISIONS,))
def counts_decisions(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    if len(facts[DECISIONS]) > 1:
        yield finding(Severity.ERROR)


@check("test.queue", "tolerates an empty queue", needs=(RETRY_QUEUE,))
def tolerates_empty_queue(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    yield from ()


@check("test.own_answer", "answers for empty decisions itself", may_be_empty=(DECISIONS,))
def answers_for_empty(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    if not facts[DECISIONS]:
        yield finding(Severity.CRITICAL)


@check("test.broken", "fails", needs=(RETRY_QUEUE,))
def broken(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    yield finding(Severity.OK)
    raise ZeroDivisionError("seven by nothing")


@check("test.over", "says what is over", needs=(RETRY_QUEUE,))
def over(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    yield finding(Severity.CRITICAL, until=at("2026-01-22T12:00"))


def failing() -> tuple[Any, ...]:
    raise ConnectionError("warehouse not reachable")


def test_each_fact_is_asked_once_however_many_checks_need_it() -> None:
    source = Source({"decisions": lambda: (decision(at("2026-01-22T17:00")),)})
    run((counts_decisions, answers_for_empty, tolerates_empty_queue), source, Policy(), SCOPE)
    assert sorted(source.asked) == ["decisions", "retry_queue"]


def test_facts_load_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=5)

    def meet() -> tuple[Any, ...]:
        both.wait()
        return ()

    source = Source({"decisions": meet, "retry_queue": meet})
    report = run((answers_for_empty, tolerates_empty_queue), source, Policy(), SCOPE)
    assert [outcome.reason for outcome in report.facts] == ["", ""]


def test_a_source_that_fails_makes_its_checks_unknown_with_the_reason_and_leaves_the_others_alone() -> None:
    report = run((counts_decisions, tolerates_empty_queue), Source({"decisions": failing}), Policy(), SCOPE)
    assert [(r.severity, r.reason) for r in report.results] == [
        (Severity.UNKNOWN, "decisions: warehouse not reachable"),
        (Severity.OK, ""),
    ]
    assert report.verdict.severity is Severity.UNKNOWN


def test_a_source_that_never_answers_is_cancelled_at_the_deadline_and_is_unknown() -> None:
    source = Source()

    def hang() -> tuple[Any, ...]:
        source.cancelled.wait(timeout=30)
        return ()

    source.answers["decisions"] = hang
    report = run((counts_decisions, tolerates_empty_queue), source, Policy(), SCOPE, deadline_seconds=0.05)
    assert source.cancelled.is_set()
    assert report.results[0].severity is Severity.UNKNOWN
    assert report.results[0].reason == "decisions: no answer within 0.05 s"
    assert report.results[1].severity is Severity.OK


def test_an_empty_answer_that_cannot_be_believed_is_unknown() -> None:
    report = run((counts_decisions,), Source(), Policy(), SCOPE)
    assert report.results[0].severity is Severity.UNKNOWN
    assert report.results[0].reason.startswith("decisions: no workflow decision")


def test_an_empty_answer_that_is_normal_is_ok() -> None:
    assert run((tolerates_empty_queue,), Source(), Policy(), SCOPE).verdict.severity is Severity.OK


def test_a_check_may_have_its_own_answer_to_an_empty_fact() -> None:
    assert run((answers_for_empty,), Source(), Policy(), SCOPE).verdict.severity is Severity.CRITICAL


def test_a_check_that_fails_is_unknown_and_says_how() -> None:
    (result,) = run((broken,), Source(), Policy(), SCOPE).results
    assert (result.severity, result.findings) == (Severity.UNKNOWN, ())
    assert result.reason == "the check failed: ZeroDivisionError: seven by nothing"


def test_what_is_over_does_not_alarm() -> None:
    report = run((over,), Source(), Policy(), SCOPE)
    assert report.verdict.severity is Severity.OK
    assert "over since 2026-01-22T12:00Z" in report.verdict.sentence


def test_no_checks_at_all_is_not_health() -> None:
    assert run((), Source(), Policy(), SCOPE).verdict.severity is Severity.UNKNOWN


@pytest.mark.parametrize("rows", [1, 2])
def test_the_report_tells_how_many_rows_each_fact_gave(rows: int) -> None:
    source = Source({"decisions": lambda: tuple(decision(at(f"2026-01-22T1{n}:00")) for n in range(rows))})
    (outcome,) = run((counts_decisions,), source, Policy(), SCOPE).facts
    assert (outcome.fact, outcome.rows, outcome.reason) == ("decisions", rows, "")


def test_hand_overs_are_suspect_when_empty() -> None:
    assert HAND_OVERS.suspect_when_empty
