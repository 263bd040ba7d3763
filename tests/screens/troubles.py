"""Findings, causes and reports for tests of the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.facts.fact import Fact, Row
from checks.loading import NOT_ASKED
from checks.model import (
    CheckResult,
    Fault,
    Finding,
    Report,
    RootCause,
    Scope,
    Severity,
    Subject,
    SubjectKind,
    Suggestion,
    Verdict,
)
from screens.ports import Query
from tests.builders import at

SCOPE = Scope.at(at("2026-01-25T16:00"))


@dataclass
class Told:
    """A look on a report alone."""

    report: Report
    watched_at: datetime | None = None
    untold: int = 0

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        raise AssertionError(f"a report has no {fact.name}")

    def reason(self, fact: Fact[Any]) -> str:
        return NOT_ASKED

    def query(self, fact: str) -> Query:
        raise KeyError(fact)


def finding(name: str, severity: Severity = Severity.ERROR, since: datetime | None = None, **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "check": "test.check",
        "severity": severity,
        "subject": Subject(SubjectKind.GAME, name, SCOPE.last),
        "sentence": f"{name} is wrong",
        "fault": Fault.DATA,
        "since": since,
    }
    return Finding(**{**values, **changes})


def cause(name: str, *evidence: Finding, explains: tuple[Finding, ...] = (), **changes: Any) -> RootCause:
    lead = evidence[0]
    values: dict[str, Any] = {
        "key": f"key of {name}",
        "name": name,
        "severity": lead.severity,
        "sentence": f"{name} is the cause",
        "fault": lead.fault,
        "since": lead.since,
        "until": lead.until,
        "evidence": evidence,
        "symptoms": explains,
        "suggestions": (Suggestion(f"courtside fix {name}", "put it right"),),
    }
    return RootCause(**{**values, **changes})


def told(*causes: RootCause, notes: tuple[Finding, ...] = ()) -> Told:
    results = (CheckResult("test.notes", Severity.OK, notes),)
    return Told(Report(SCOPE, Verdict(Severity.OK, "", None), causes, results, ()))


OLD, NEW = at("2026-01-23T12:00"), at("2026-01-25T15:30")
SILENCE = cause(
    "silence",
    finding("controller", Severity.CRITICAL, OLD, fault=Fault.PIPELINE),
    finding("data", Severity.CRITICAL, OLD),
    explains=(
        finding("LAL@DAL", Severity.WARNING, NEW),
        finding("MIA@UTA", Severity.ERROR, OLD),
        finding("BOS@CHI", Severity.ERROR, NEW),
    ),
)
SMALL = cause("small", finding("one", Severity.WARNING, NEW))
ENDED = cause("ended", finding("gone", Severity.CRITICAL, OLD, until=at("2026-01-25T01:35")))
NOTE = finding("note", Severity.OK, sentence="all is said")
