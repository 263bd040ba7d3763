"""The report of a run that came to nothing: every check is UNKNOWN, for one reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from checks.causes import find_causes
from checks.model import CheckResult, Report, Scope, Severity
from checks.verdict import verdict_of


def blind_report(scope: Scope, checks: Sequence[str], reason: str) -> Report:
    """Return a report in which no check could see, for `reason`."""
    results = [CheckResult(name, Severity.UNKNOWN, reason=reason, unreadable=True) for name in checks]
    causes = find_causes(results)
    return Report(scope, verdict_of(causes, results), causes, tuple(results), ())
