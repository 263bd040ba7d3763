"""The bodies of the server's documents, made of the objects of `console.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.catalogue import BY_ID
from console import document
from console.cli.command import exit_status
from console.cli.incidents_page import incidents_fields, watcher_fields
from console.cli.watch_page import life_fields
from screens.words import hushes_of

if TYPE_CHECKING:
    from datetime import datetime

    from checks.model import CheckResult
    from checks.policy import Policy
    from console.document import Json
    from console.serving.kept import Kept
    from console.serving.runs import Seen
    from console.serving.service import Service


def standing(seen: Seen, age_seconds: float) -> Json:
    """Return what each document has that stands on a report: scope, verdict, exit status, and how old it is."""
    report = seen.look.report
    return {
        "scope": document.scope(report.scope, seen.frame.warehouse, seen.frame.assumed),
        "verdict": document.verdict(report.verdict),
        "exit_status": exit_status(report.verdict.severity),
        "made_at": document.instant(seen.made_at),
        "age_seconds": int(age_seconds),
    }


def whole_report(seen: Seen, age_seconds: float, *, joined: bool) -> Json:
    """Return the report as `courtside check --json` has it, its age, and whether the run was begun by somebody else."""
    hushes = hushes_of(seen.look)
    body = document.report(seen.look.report, seen.frame.warehouse, seen.frame.assumed, hushes)
    return {**body, "watcher": life_fields(seen.look.watched), **standing(seen, age_seconds), "joined": joined}


def checks(seen: Seen, age_seconds: float) -> Json:
    """Return what each check came to."""
    return {**standing(seen, age_seconds), "checks": [_check(result) for result in seen.look.report.results]}


def one_check(seen: Seen, result: CheckResult, age_seconds: float) -> Json:
    """Return what one check came to, with its findings in full."""
    hushes = hushes_of(seen.look)
    return {
        **standing(seen, age_seconds),
        "check": _check(result),
        "findings": [document.finding(item, hushes) for item in result.findings],
        "hushes_unread": hushes.unread,
    }


def incidents(kept: Kept, policy: Policy, now: datetime) -> Json:
    """Return what `courtside incidents --json` has, when the watcher last ran on this host, and what `watcher.silent` says of it.

    That nothing is known to be wrong means little where nobody looks; UNKNOWN is a watcher whose interval nobody knows.
    """
    return {
        **watcher_fields(kept.watcher, kept.runs, policy, now),
        **incidents_fields(kept.incidents, kept.sinks, kept.held),
    }


def health(service: Service) -> Json:
    """Return how the server itself is."""
    runs, clock = service.runs, service.world.clock
    running = runs.running_since
    return {
        "state": "stuck" if runs.is_stuck else "ok",
        "started_at": document.instant(service.started_at),
        "uptime_seconds": int(clock.monotonic() - service.started),
        "run_seconds": None if running is None else int(clock.monotonic() - running),
        "report_age_seconds": None if runs.known is None else int(runs.age_seconds(runs.known)),
    }


def _check(result: CheckResult) -> Json:
    known = BY_ID.get(result.check)
    return {**document.check(result), "says": known.says if known else ""}
