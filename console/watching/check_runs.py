"""A run of the checks as a row of `nba_orchestration.console_check_runs`. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.model import Report, RootCause
from checks.times import format_utc
from console.cli.command import exit_status
from console.outbox.rows import OutboxRow

TABLE = "nba_orchestration.console_check_runs"
MOST_CAUSES = 20
LONGEST_SENTENCE = 500
"""Causes that a row names, and characters of what each says: a row a quarter of an hour is kept for months."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A report with how it was made: when its run began and ended (aware UTC), by whom, and how often it is meant to be made.

    `journal` is an id of the journal that the watcher keeps, `chosen` the checks that it was told to run, as
    `checks.facts.watcher_runs` writes them.
    """

    report: Report
    began: datetime
    ended: datetime
    journal: str
    host: str
    every: timedelta
    version: str
    chosen: str = ""


def check_run_row(run: CheckRun) -> OutboxRow:
    """Return the row of a run. Its key is the moment, the journal and the choice of checks: one of each, however often put."""
    report = run.report
    choice = f"-{hashlib.sha256(run.chosen.encode()).hexdigest()[:8]}" if run.chosen else ""
    key = f"{format_utc(report.scope.as_of)}-{run.journal}{choice}"
    return OutboxRow(
        key,
        {
            "run_id": key,
            "as_of": report.scope.as_of,
            "first_date": report.scope.first,
            "last_date": report.scope.last,
            "verdict": report.verdict.severity.name,
            "exit_status": exit_status(report.verdict.severity),
            "findings": sum(finding.is_active and finding.severity > 0 for finding in report.findings),
            "report": {**_abridged(report), "chosen": run.chosen},  # no table that stands already gets a column
            "duration_seconds": (run.ended - run.began).total_seconds(),
            "version": run.version,
            "host": run.host,
            "created_at": run.ended,
            "every_seconds": int(run.every.total_seconds()),
        },
    )


def _abridged(report: Report) -> Mapping[str, object]:
    """Return verdict, causes and how many checks came to what; the findings themselves can be had again by `--at`."""
    counts = Counter(result.severity.name for result in report.results)
    unknown = {result.check: result.reason[:LONGEST_SENTENCE] for result in report.results if result.reason}
    return {
        "verdict": report.verdict.sentence[:LONGEST_SENTENCE],
        "checks": dict(counts),
        "causes": [_cause(cause) for cause in report.causes[:MOST_CAUSES]],
        "more_causes": max(len(report.causes) - MOST_CAUSES, 0),
        "unknown": unknown,
    }


def _cause(cause: RootCause) -> Mapping[str, object]:
    return {
        "key": cause.key[:LONGEST_SENTENCE],
        "severity": cause.severity.name,
        "sentence": cause.sentence[:LONGEST_SENTENCE],
        "since": cause.since and format_utc(cause.since),
        "until": cause.until and format_utc(cause.until),
        "symptoms": len(cause.symptoms),
    }
