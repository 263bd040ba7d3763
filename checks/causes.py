"""Root causes: which trouble explains which, so that one outage is one incident and not forty-five.

Findings are grouped under the first rule that claims them (`checks.cause_rules`); everything a rule explains is inhibited by
it: still listed, no longer shouting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from itertools import compress
from operator import not_

from checks.cause_rules import RULES, Rule, weight
from checks.keys import cause_key
from checks.model import CheckResult, Fault, Finding, RootCause, Severity, Suggestion


class Issue(Enum):
    """The kinds of trouble that can be asked for by name."""

    ALL = "all"
    LOW_COVERAGE = "low_coverage"
    GRADING_LAG = "grading_lag"
    MISSING_BOXSCORES = "missing_boxscores"
    MISSING_ANALYTICS = "missing_analytics"
    LOW_FEATURE_QUALITY = "low_feature_quality"
    CONTROLLER = "controller"
    RETRIER = "retrier"


STANDING_THREAD = "standing"
"""The one notification thread that all lesser troubles of an environment share."""

BLIND = "blind"
"""The cause behind checks whose source could not be read, and their notification thread: "we cannot see"."""

LOG_SILENT = "log_silent"
"""The cause behind checks whose source answered with an emptiness that cannot be believed."""


def find_causes(results: Sequence[CheckResult]) -> tuple[RootCause, ...]:
    """Return the root causes behind `results`: going on before over, worst first, aftermath after what lasts, newest first."""
    pending = [finding for result in results for finding in result.findings if finding.severity is not Severity.OK]
    causes: list[RootCause] = []
    for rule in RULES:
        groups = _grouped(rule, pending)
        pending = [finding for finding in pending if not rule.establishes(finding)]
        for evidence in groups:
            explained = [rule.explains(finding, evidence) for finding in pending]
            causes.append(_cause(rule, evidence, tuple(compress(pending, explained))))
            pending = list(compress(pending, map(not_, explained)))
    causes.extend(_unexplained(pending))
    causes.extend(_blind(results))
    return tuple(sorted(causes, key=_urgency))


def _urgency(cause: RootCause) -> tuple[bool, int, bool, float]:
    """Return what sorts causes; one that cannot be dated stands after those that can."""
    is_aftermath = bool(cause.evidence) and not any(finding.is_active for finding in cause.evidence)
    newest = -cause.since.timestamp() if cause.since else float("inf")
    return (cause.until is not None, -cause.severity, is_aftermath, newest)


def _grouped(rule: Rule, findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Return the findings that establish `rule`, in groups of the same key, in order of appearance."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if rule.establishes(finding):
            groups[rule.key(finding)].append(finding)
    return tuple(tuple(group) for group in groups.values())


def _cause(rule: Rule, evidence: tuple[Finding, ...], symptoms: tuple[Finding, ...]) -> RootCause:
    """Return the cause that `evidence` establishes.

    It is over when all its evidence is; symptoms that outlive it (yesterday's features) keep their own severity in it.
    """
    evidence = tuple(sorted(evidence, key=weight, reverse=True))
    going_on = [finding.severity for finding in (*evidence, *symptoms) if finding.is_active]
    over = all(not finding.is_active for finding in evidence)
    ends = [finding.until for finding in evidence if finding.until is not None]
    return RootCause(
        key=rule.key(evidence[0]),
        name=rule.name,
        severity=max(going_on) if going_on else max(finding.severity for finding in evidence),
        sentence=rule.sentence(evidence) + (_left_behind(symptoms) if over and going_on else ""),
        fault=evidence[0].fault,
        since=_earliest(evidence),
        until=max(ends) if over and not going_on else None,
        evidence=evidence,
        symptoms=symptoms,
        suggestions=_suggestions(evidence),
    )


def _left_behind(symptoms: Sequence[Finding]) -> str:
    """Return, as a clause, what still stands after the trouble itself is over."""
    standing = [finding for finding in symptoms if finding.is_active]
    worst = max(standing, key=lambda finding: finding.severity)
    return f"; it is over and left {len(standing)} behind: {worst.sentence}"


def _earliest(findings: Iterable[Finding]) -> datetime | None:
    return min((finding.since for finding in findings if finding.since is not None), default=None)


def _suggestions(findings: Iterable[Finding]) -> tuple[Suggestion, ...]:
    """Return the first three different commands that the findings suggest."""
    distinct = {suggestion.command: suggestion for finding in findings for suggestion in finding.suggestions}
    return tuple(distinct.values())[:3]


def _unexplained(findings: Sequence[Finding]) -> list[RootCause]:
    """Return one cause per check for what no rule claims, so that nothing is lost."""
    by_check: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_check[finding.check].append(finding)
    return [_cause(Rule(name=check, checks=(check,)), tuple(group), ()) for check, group in by_check.items()]


def _blind(results: Iterable[CheckResult]) -> list[RootCause]:
    """Return one cause per reason for the checks that could not be evaluated."""
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for result in results:
        if result.reason:
            by_reason[(BLIND if result.unreadable else LOG_SILENT), result.reason].append(result.check)
    return [
        RootCause(
            key=cause_key(name, reason),
            name=name,
            severity=Severity.UNKNOWN,
            sentence=f"{', '.join(checks)} cannot be judged: {reason}",
            # A log that nobody writes is no fault of who reads it.
            fault=Fault.CHECK if name == BLIND else Fault.PIPELINE,
            since=None,
            until=None,
            evidence=(),
            symptoms=(),
            suggestions=(Suggestion("courtside doctor", "see which tables can be read"),),
        )
        for (name, reason), checks in by_reason.items()
    ]


def causes_of(issue: Issue, causes: Sequence[RootCause]) -> tuple[RootCause, ...]:
    """Return the causes of one kind; all of them for `Issue.ALL`."""
    if issue is Issue.ALL:
        return tuple(causes)
    names = {rule.name for rule in RULES if rule.issue == issue.value}
    return tuple(cause for cause in causes if cause.name in names)


def thread_key(cause: RootCause) -> str:
    """Return the notification thread a cause belongs to.

    A warehouse that cannot be read has one, whatever the reasons. Broken machinery has its own, because somebody must act on
    it now. Defects of data, however many, share one: 1,037 alerts in 36 hours, 831 of them the same sentence, is what people
    were sent in the week of the January 2026 outage.
    """
    if cause.name == BLIND:
        return BLIND
    machinery = {rule.name for rule in RULES if rule.is_machinery}
    return cause.key if cause.name in machinery and cause.severity >= Severity.ERROR else STANDING_THREAD
