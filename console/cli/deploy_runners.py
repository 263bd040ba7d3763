"""What runs the checks of the deployment checklist for a command: on its warehouse, its project and a checkout."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from checks.model import CheckResult
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
    """Return what is new in the checkout; what its own baseline knows fails nothing, as with `courtside audit`."""
    from console.audits.audit import audit
    from console.audits.baseline import held_against, read_baseline
    from console.audits.options import read_options

    options = read_options(checkout)
    outcome = audit(checkout, ids, options)
    if options.baseline:
        outcome = held_against(outcome, read_baseline(checkout / options.baseline))
    return outcome.results
