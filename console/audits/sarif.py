"""Findings as SARIF 2.1.0, which code hosts show beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from checks.model import Severity
from console.audits.audit import Outcome
from console.audits.catalogue import AUDITS
from console.audits.values import Spot
from screens.clean import for_terminal

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What SARIF calls the folder that paths are relative to; where it lies on this machine is nobody's business."""
_LONGEST = 2_000
_LEVEL = {
    Severity.OK: "note",
    Severity.WARNING: "warning",
    Severity.UNKNOWN: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}


def sarif(outcome: Outcome, version: str) -> Mapping[str, object]:
    """Return the document of an audit by courtside of this version; findings of a baseline are marked as unchanged."""
    ids = sorted({*outcome.checks, *(spot.hit.check for spot in (*outcome.spots, *outcome.known))})
    results = [*_results(outcome.spots, "new", ids), *_results(outcome.known, "unchanged", ids)]
    run = {
        "tool": {"driver": {"name": "courtside audit", "version": version, "rules": [_rule(one) for one in ids]}},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the audited folder"}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, object]:
    title, why = next(((audit.title, audit.why) for audit in AUDITS if audit.id == name), (name, name))
    texts = {"shortDescription": title, "fullDescription": why, "help": f"courtside audit --explain {name} PATH"}
    return {"id": name, **{key: {"text": text} for key, text in texts.items()}}


def _results(spots: Iterable[Spot], state: str, ids: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "ruleId": spot.hit.check,
            "ruleIndex": ids.index(spot.hit.check),
            "level": _LEVEL[spot.hit.severity],
            "message": {"text": _message(spot)},
            "locations": [{"physicalLocation": _place(spot)}],
            # GitHub knows a finding again by the second name only.
            "partialFingerprints": dict.fromkeys(("courtside/v1", "primaryLocationLineHash"), spot.finding.fingerprint),
            "baselineState": state,
        }
        for spot in spots
    ]


def _message(spot: Spot) -> str:
    """Return the sentence with its remedy. Words of the code in it make no link: SARIF's are written as `[text](address)`."""
    remedy = f". Remedy: {spot.hit.remedy}" if spot.hit.remedy else ""
    return for_terminal(f"{spot.hit.sentence}{remedy}", _LONGEST).replace("](", "] (")


def _place(spot: Spot) -> dict[str, object]:
    hit = spot.hit
    return {
        "artifactLocation": {"uri": quote(hit.path, errors="surrogateescape"), "uriBaseId": _ROOT},
        "region": {"startLine": max(hit.line, 1), "endLine": max(hit.line, hit.end_line, 1)},
    }
