"""What a report says of each finding that was seen before: it goes on, it is over, or it has come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from checks.model import Finding, Report
from checks.severity import Severity
from console import journal_statements as sql
from console.journal import LONGEST_WORDS, instant_text
from screens.clean import for_terminal


def note_findings(connection: sqlite3.Connection, environment: str, report: Report, now: str) -> None:
    """Update the sightings of an environment by what a report says, inside a transaction; `now` is an instant as text."""
    seen = instant_text(report.scope.as_of)
    columns = ("fingerprint", "id", "check_id", "game_date", "first_seen", "last_seen", "ended_at")
    rows = connection.execute(sql.LATEST_SIGHTINGS, (environment,))
    known = {row[0]: dict(zip(columns, row, strict=False)) for row in rows}
    found = {finding.fingerprint: finding for finding in report.findings}
    for fingerprint, finding in found.items():
        values = {"environment": environment, **_values(finding), "seen": seen, "now": now}
        before = known.get(fingerprint)
        if before is None or _came_back(before, finding, seen):
            connection.execute(sql.NEW_SIGHTING, values)
        else:
            ended_at = values["ended_at"] or before["ended_at"]
            connection.execute(sql.SEEN_AGAIN, {**values, "id": before["id"], "ended_at": ended_at})
    for fingerprint, before in known.items():
        if fingerprint not in found and _is_ended_by(report, before, seen):
            connection.execute(sql.ENDED, {"id": before["id"], "ended_at": seen, "now": now})


def _values(finding: Finding) -> dict[str, object]:
    day = finding.subject.game_date
    return {
        "fingerprint": finding.fingerprint,
        "check_id": finding.check,
        "game_date": day.isoformat() if day else None,
        "sentence": for_terminal(finding.sentence, LONGEST_WORDS),
        "severity": finding.severity.name,
        "rank": int(finding.severity),
        "ended_at": instant_text(finding.until) if finding.until else None,
    }


def _came_back(before: Mapping[str, Any], finding: Finding, seen: str) -> bool:
    """Return whether a finding is going on that had ended before."""
    ended_at = before["ended_at"]
    return finding.until is None and ended_at is not None and seen > max(ended_at, before["last_seen"])


def _is_ended_by(report: Report, before: Mapping[str, Any], seen: str) -> bool:
    """Return whether a report without a finding means that it is over: it is later, it covers it, and its check could see."""
    if before["ended_at"] is not None or seen <= before["last_seen"]:
        return False
    day, scope = before["game_date"], report.scope
    if day is not None and not scope.first.isoformat() <= day <= scope.last.isoformat():
        return False
    evaluated = {
        result.check for result in report.results if result.severity is not Severity.UNKNOWN or not result.reason
    }
    return before["check_id"] in evaluated
