"""The runner: every fact once, all at the same time, and whatever cannot be seen is UNKNOWN."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.fact import Fact, Facts, Window
from checks.facts.hand_overs import HAND_OVERS
from checks.facts.retry_queue import RETRY_QUEUE
from checks.loading import Loading, PartlyLoadedError
from checks.model import CheckResult, FactOutcome, Fault, Finding, Report, Severity, Subject, SubjectKind
from checks.policy import Policy
from checks.progress import Cancelled, Progress, never
from checks.registry import Check, check
from checks.runner import needed_facts, report_while_loading
from console.desk import Desk, UnknownCheckError
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


# Progress, and stopping


@dataclass
class Told:
    """What a run told on its way."""

    steps: list[Progress] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [p.step.fact if isinstance(p.step, FactOutcome) else p.step.check for p in self.steps]


def run_telling(checks: tuple[Check, ...], source: Source, told: Told, cancelled: Cancelled = never) -> Report:
    loading = Loading(needed_facts(checks), source, SCOPE)
    report, _ = report_while_loading(checks, loading, Policy(), told.steps.append, cancelled, deadline_seconds=5)
    return report


def test_a_run_tells_of_every_fact_and_every_check_with_its_outcome() -> None:
    told = Told()
    source = Source({"decisions": lambda: (decision(at("2026-01-22T10:00")),)})
    report = run_telling((counts_decisions, tolerates_empty_queue), source, told)
    assert sorted(told.names) == ["decisions", "retry_queue", "test.decisions", "test.queue"]
    assert {p.step for p in told.steps} == {*report.facts, *report.results}
    assert [(p.done, p.total) for p in told.steps if isinstance(p.step, FactOutcome)] == [(1, 2), (2, 2)]
    assert [(p.done, p.total) for p in told.steps if isinstance(p.step, CheckResult)] == [(1, 2), (2, 2)]


def test_a_run_that_tells_comes_to_what_a_silent_one_comes_to() -> None:
    checks = (counts_decisions, tolerates_empty_queue, broken, over, answers_for_empty)
    source = Source({"decisions": failing})
    told, silent = run_telling(checks, source, Told()), run(checks, source, Policy(), SCOPE)
    assert told.results == silent.results
    assert (told.causes, told.verdict) == (silent.causes, silent.verdict)


def test_a_check_is_judged_as_soon_as_its_facts_are_there() -> None:
    told, judged = Told(), threading.Event()

    def after_the_other_check() -> tuple[Any, ...]:
        assert judged.wait(timeout=5)
        return ()

    def hear(progress: Progress) -> None:
        told.steps.append(progress)
        if isinstance(progress.step, CheckResult):
            judged.set()

    checks = (answers_for_empty, tolerates_empty_queue)
    loading = Loading(needed_facts(checks), Source({"decisions": after_the_other_check}), SCOPE)
    report, _ = report_while_loading(checks, loading, Policy(), hear)
    assert told.names == ["retry_queue", "test.queue", "decisions", "test.own_answer"]
    assert [result.check for result in report.results] == ["test.own_answer", "test.queue"]


def test_a_run_that_is_cancelled_stops_its_source_and_what_it_lacks_is_unknown() -> None:
    source, told = Source(), Told()

    def hang() -> tuple[Any, ...]:
        source.cancelled.wait(timeout=30)
        raise OSError("interrupted")

    source.answers["decisions"] = hang
    report = run_telling((counts_decisions, tolerates_empty_queue), source, told, lambda: len(told.steps) >= 2)
    assert source.cancelled.is_set()
    assert report.results[0].severity is Severity.UNKNOWN
    assert report.results[0].reason == "decisions: the run was stopped before it answered"
    assert report.results[1].severity is Severity.OK
    assert told.names == ["retry_queue", "test.queue", "decisions", "test.decisions"]


def test_a_run_that_is_cancelled_at_once_asks_for_nothing_more() -> None:
    source = Source(concurrency=1)
    started = threading.Event()

    def slow() -> tuple[Any, ...]:
        started.set()
        source.cancelled.wait(timeout=30)
        return ()

    source.answers = {"decisions": slow, "retry_queue": slow}
    report = run_telling((counts_decisions, tolerates_empty_queue), source, Told(), started.is_set)
    assert {result.severity for result in report.results} == {Severity.UNKNOWN}
    assert len(source.asked) == 1


def test_after_the_deadline_no_further_fact_is_asked_for() -> None:
    source = Source(concurrency=1)

    def hang() -> tuple[Any, ...]:
        source.cancelled.wait(timeout=30)
        return ()

    source.answers = {"decisions": hang, "retry_queue": hang}
    run((counts_decisions, tolerates_empty_queue), source, Policy(), SCOPE, deadline_seconds=0.05)
    assert len(source.asked) == 1


def test_the_desk_runs_the_named_checks_on_its_warehouse_and_tells_of_them(desk: Desk) -> None:
    told = Told()
    scope = scope_at("2026-01-25T16:00")
    look = desk.run(scope, ("queue.overdue", "queue.retrier_dead"), told.steps.append, never)
    assert told.names == ["retry_queue", "queue.overdue", "queue.retrier_dead"]
    assert look.report == replace(desk.report(scope, ("queue.overdue", "queue.retrier_dead")), facts=look.report.facts)
    assert len(look.rows(RETRY_QUEUE)) == 1


def test_the_desk_runs_all_checks_when_none_is_named(desk: Desk) -> None:
    scope = scope_at("2026-01-25T01:30")
    look = desk.run(scope, (), Told().steps.append, never)
    assert look.report.results == desk.report(scope).results


def test_the_desk_refuses_to_run_a_check_that_there_is_not(desk: Desk) -> None:
    with pytest.raises(UnknownCheckError, match="did you mean"):
        desk.run(SCOPE, ("queue.overdu",), Told().steps.append, never)


@dataclass
class BatchingSource(Source):
    """Answers decisions and queue with one question."""

    trouble: Exception | None = None
    groups: list[tuple[str, ...]] = field(default_factory=list)

    def batches(self, facts: Sequence[Fact[Any]]) -> Sequence[Sequence[Fact[Any]]]:
        return [tuple(facts)]

    def load_batch(self, batch: Sequence[tuple[Fact[Any], Window]], as_of: datetime) -> Mapping[str, tuple[Any, ...]]:
        self.groups.append(tuple(fact.name for fact, _ in batch))
        if self.trouble is not None:
            raise self.trouble
        return {fact.name: self.load(fact, window, as_of) for fact, window in batch}


def test_a_source_that_answers_several_facts_at_once_is_asked_in_its_own_groups() -> None:
    source = BatchingSource({"decisions": lambda: (decision(at("2026-01-22T17:00")),)})
    report = run((counts_decisions, tolerates_empty_queue), source, Policy(), SCOPE)
    assert source.groups == [("decisions", "retry_queue")]
    assert report.verdict.severity is Severity.OK


def test_of_a_group_that_is_partly_answered_only_the_others_are_unknown() -> None:
    source = BatchingSource(trouble=PartlyLoadedError({"retry_queue": ()}, {"decisions": KeyError("no such table")}))
    report = run((counts_decisions, tolerates_empty_queue), source, Policy(), SCOPE)
    assert [(r.severity, r.reason) for r in report.results] == [
        (Severity.UNKNOWN, "decisions: 'no such table'"),
        (Severity.OK, ""),
    ]


def test_a_group_that_fails_as_a_whole_is_unknown_as_a_whole() -> None:
    report = run((counts_decisions, tolerates_empty_queue), BatchingSource(trouble=OSError("refused")), Policy(), SCOPE)
    assert [r.reason for r in report.results] == ["decisions: refused", "retry_queue: refused"]
