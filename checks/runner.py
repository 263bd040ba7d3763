"""Runs checks on loaded facts; what could not be seen becomes UNKNOWN, and UNKNOWN is never green."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from checks.causes import find_causes
from checks.facts.fact import Fact
from checks.loading import Loaded
from checks.model import CheckResult, Report, Severity
from checks.policy import Policy
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
    except Exception as error:  # noqa: BLE001  # a defect of one check must not take the others down, nor pass for health
        reason = f"the check failed: {type(error).__name__}: {error}"
        return CheckResult(check.id, Severity.UNKNOWN, reason=reason, unreadable=True)
    active = (finding.severity for finding in findings if finding.is_active)
    return CheckResult(check.id, max(active, default=Severity.OK), findings)


def needed_facts(checks: Iterable[Check]) -> tuple[Fact[Any], ...]:
    """Return the facts that `checks` need, each once, in order of first need."""
    return tuple({fact.name: fact for check in checks for fact in check.facts}.values())


def report_on(checks: Sequence[Check], loaded: Loaded, policy: Policy) -> Report:
    """Return the report of `checks` on facts that were loaded for them; never raises for what a check does."""
    results = tuple(judge(check, loaded, policy) for check in checks)
    causes = find_causes(results)
    return Report(loaded.facts.scope, verdict_of(causes, results), causes, results, loaded.outcomes)
