"""Findings as SARIF 2.1.0, which code hosts show beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from checks.model import Severity
from console.audits.audit import Outcome
from console.audits.catalogue import AUDITS
from console.audits.values import Spot

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {
    Severity.OK: "note",
    Severity.WARNING: "warning",
    Severity.UNKNOWN: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}


def sarif(outcome: Outcome) -> Mapping[str, object]:
    """Return the document of an audit; findings of a baseline are marked as unchanged."""
    results = [*_results(outcome.spots, "new"), *_results(outcome.known, "unchanged")]
    titles = {audit.id: (audit.title, audit.why) for audit in AUDITS}
    ids = sorted({*outcome.checks, *(str(result["ruleId"]) for result in results)})
    rules = [
        {
            "id": one,
            "shortDescription": {"text": titles.get(one, (one, ""))[0]},
            "fullDescription": {"text": titles.get(one, ("", ""))[1] or one},
        }
        for one in ids
    ]
    driver = {"name": "courtside audit", "informationUri": "https://pypi.org/project/courtside/", "rules": rules}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _results(spots: Iterable[Spot], state: str) -> list[dict[str, object]]:
    return [
        {
            "ruleId": spot.hit.check,
            "level": _LEVEL[spot.hit.severity],
            "message": {"text": f"{spot.hit.sentence}{f'. Remedy: {spot.hit.remedy}' if spot.hit.remedy else ''}"},
            "locations": [{"physicalLocation": _place(spot)}],
            "partialFingerprints": {"courtside/v1": spot.finding.fingerprint},
            "baselineState": state,
        }
        for spot in spots
    ]


def _place(spot: Spot) -> dict[str, object]:
    hit = spot.hit
    return {
        "artifactLocation": {"uri": quote(hit.path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": max(hit.line, 1), "endLine": max(hit.line, hit.end_line, 1)},
    }
