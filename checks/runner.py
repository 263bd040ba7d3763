"""Runs checks on loaded facts; what could not be seen becomes UNKNOWN, and UNKNOWN is never green."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from checks.aiming import causes_aimed, results_aimed
from checks.causes import find_causes
from checks.deadline import DEADLINE_SECONDS
from checks.facts.fact import Fact
from checks.loading import Loaded, Loading
from checks.model import CheckResult, Report, Severity
from checks.policy import Policy
from checks.progress import Cancelled, Listener, Progress, never
from checks.registry import Check
from checks.verdict import verdict_of


def judge(check: Check, loaded: Loaded, policy: Policy) -> CheckResult:
    """Return what `check` comes to; UNKNOWN when it lacks a fact, when an answer is suspect, or when it fails itself."""
    for fact in check.facts:
        if reason := loaded.reason(fact):
            return CheckResult(check.id, Severity.UNKNOWN, reason=f"{fact.name}: {reason}", unreadable=True)
    for fact in check.needs:
        if fact.suspect_when_empty and not loaded.facts[fact]:
            return CheckResult(check.id, Severity.UNKNOWN, reason=f"{fact.name}: {fact.suspect_when_empty}")
    try:
        findings = check(loaded.facts, policy, loaded.facts.scope.as_of)
    # courtside: ignore[silent_exceptions] a defect of one check must not take the others down, nor pass for health
    except Exception as error:  # noqa: BLE001  # see above
        reason = f"the check failed: {type(error).__name__}: {error}"
        return CheckResult(check.id, Severity.UNKNOWN, reason=reason, unreadable=True)
    active = (finding.severity for finding in findings if finding.is_active)
    return CheckResult(check.id, max(active, default=Severity.OK), findings)


def needed_facts(checks: Iterable[Check]) -> tuple[Fact[Any], ...]:
    """Return the facts that `checks` need, each once, in order of first need."""
    return tuple({fact.name: fact for check in checks for fact in check.facts}.values())


def report_on(checks: Sequence[Check], loaded: Loaded, policy: Policy) -> Report:
    """Return the report of `checks` on facts that were loaded for them; never raises for what a check does."""
    return _report([judge(check, loaded, policy) for check in checks], loaded)


def report_while_loading(
    checks: Sequence[Check],
    loading: Loading,
    policy: Policy,
    on_progress: Listener,
    cancelled: Cancelled = never,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> tuple[Report, Loaded]:
    """Return that report and its facts, judging each check as soon as its facts are there, and telling of every step.

    When `cancelled` says so, what is running is stopped, and the checks that lack a fact are UNKNOWN for that reason.
    """
    facts = needed_facts(checks)
    results: dict[str, CheckResult] = {}
    there: set[str] = set()

    def judge_ready(loaded: Loaded, ready: Iterable[Check]) -> None:
        for check in ready:
            results[check.id] = judge(check, loaded, policy)
            on_progress(Progress(results[check.id], len(results), len(checks)))

    for outcome in loading.arrivals(deadline_seconds, cancelled):
        there.add(outcome.fact)
        on_progress(Progress(outcome, len(there), len(facts)))
        ready = [c for c in checks if c.id not in results and all(fact.name in there for fact in c.facts)]
        judge_ready(loading.loaded(), ready)
    loaded = loading.loaded()
    late = [outcome for outcome in loaded.outcomes if outcome.fact not in there]
    for done, outcome in enumerate(late, len(there) + 1):
        on_progress(Progress(outcome, done, len(facts)))
    judge_ready(loaded, [check for check in checks if check.id not in results])
    return _report([results[check.id] for check in checks], loaded), loaded


def _report(results: Sequence[CheckResult], loaded: Loaded) -> Report:
    scope = loaded.facts.scope
    results = results_aimed(results, scope)
    causes = causes_aimed(find_causes(results), scope)
    return Report(scope, verdict_of(causes, results), causes, tuple(results), loaded.outcomes)
