"""Checks run against a source in one call, as the desk does it."""

from __future__ import annotations

from collections.abc import Sequence

from checks.deadline import DEADLINE_SECONDS
from checks.loading import Loading, Source
from checks.model import Report, Scope
from checks.policy import Policy
from checks.registry import Check
from checks.runner import needed_facts, report_on


def run(
    checks: Sequence[Check],
    source: Source,
    policy: Policy,
    scope: Scope,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Report:
    return report_on(checks, Loading(needed_facts(checks), source, scope).wait(deadline_seconds), policy)
