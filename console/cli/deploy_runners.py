"""What runs the checks of the deployment checklist for a command: on its warehouse, its project and a checkout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from checks.model import CheckResult, Severity
from console.audits.infra.running import INFRA_CHECKS, World
from console.cli.command import Job
from console.deploying.checklist import Runner
from console.deploying.running import Run


def runners(job: Job, world: World, checkout: Path) -> dict[Runner, Run]:
    """Return what runs each kind of check; `checkout` is the folder of the pipeline's repository."""
    return {
        Runner.CHECK: partial(_checks, job),
        Runner.INFRA: partial(_infra, world),
        Runner.AUDIT: partial(_audits, checkout),
    }


def _checks(job: Job, ids: Sequence[str]) -> Sequence[CheckResult]:
    return job.report(job.frame(None).scope, ids).results


def _infra(world: World, ids: Sequence[str]) -> Sequence[CheckResult]:
    return [INFRA_CHECKS[name](world) for name in ids]


def _audits(checkout: Path, ids: Sequence[str]) -> Sequence[CheckResult]:
    """Return what audits come to; of one that had nothing to look at it is not known."""
    from console.audits.checkout import audited

    outcome = audited(checkout, ids)
    idle = dict(outcome.idle)
    return [
        replace(result, severity=max(result.severity, Severity.UNKNOWN), reason=idle[result.check], unreadable=True)
        if result.check in idle
        else result
        for result in outcome.results
    ]
