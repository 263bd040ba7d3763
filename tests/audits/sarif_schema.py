"""What the published JSON schema of SARIF 2.1.0 (OASIS, errata 01) says of the objects that an audit writes.

Each object: its properties that must be there, and all that may be, with the kind of each. Every object of SARIF refuses further
properties. A kind is a type, another object's name, a list of one kind, a set of words, or a least number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_Kind = Any

SCHEMA: Mapping[str, tuple[frozenset[str], Mapping[str, _Kind]]] = {
    "sarifLog": (frozenset({"version", "runs"}), {"$schema": "uri", "version": {"2.1.0"}, "runs": ["run"]}),
    "run": (
        frozenset({"tool"}),
        {
            "tool": "tool",
            "originalUriBaseIds": "bases",
            "columnKind": {"utf16CodeUnits", "unicodeCodePoints"},
            "results": ["result"],
        },
    ),
    "tool": (frozenset({"driver"}), {"driver": "toolComponent"}),
    "toolComponent": (
        frozenset({"name"}),
        {"name": str, "version": str, "rules": ["reportingDescriptor"], "informationUri": "uri"},
    ),
    "reportingDescriptor": (
        frozenset({"id"}),
        {"id": str, "shortDescription": "text", "fullDescription": "text", "help": "text"},
    ),
    "text": (frozenset({"text"}), {"text": str}),
    "result": (
        frozenset({"message"}),
        {
            "ruleId": str,
            "ruleIndex": -1,
            "level": {"none", "note", "warning", "error"},
            "message": "text",
            "locations": ["location"],
            "partialFingerprints": "strings",
            "baselineState": {"new", "unchanged", "updated", "absent"},
        },
    ),
    "location": (frozenset(), {"physicalLocation": "physicalLocation"}),
    # either an address or an artifactLocation; a region needs one of its ways to say where it begins
    "physicalLocation": (frozenset({"artifactLocation"}), {"artifactLocation": "artifactLocation", "region": "region"}),
    "artifactLocation": (frozenset(), {"uri": "uri", "uriBaseId": str, "description": "text"}),
    "region": (frozenset({"startLine"}), {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}),
}
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")


def faults(value: Any, kind: _Kind = "sarifLog", at: str = "") -> list[str]:
    """Return what is not as the schema has it, each with where; nothing for a document that is valid."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{at}: no list"]
        return [fault for n, item in enumerate(value) for fault in faults(item, kind[0], f"{at}[{n}]")]
    if isinstance(kind, str) and kind in SCHEMA:
        return _faults_of_object(value, kind, at)
    return [] if _is(value, kind) else [f"{at}: {value!r} is no {kind}"]


def _faults_of_object(value: Any, kind: str, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: no object"]
    needed, allowed = SCHEMA[kind]
    found = [f"{at}: lacks {name}" for name in needed - set(value)]
    found += [f"{at}: {name} is not allowed" for name in set(value) - set(allowed)]
    for name in set(value) & set(allowed):
        found += faults(value[name], allowed[name], f"{at}.{name}")
    return found


def _is(value: Any, kind: _Kind) -> bool:
    if kind is str:
        return isinstance(value, str)
    if isinstance(kind, int):
        return type(value) is int and value >= kind
    if isinstance(kind, (set, frozenset)):
        return value in kind
    if kind == "uri":
        return isinstance(value, str) and _URI.fullmatch(value) is not None
    if kind == "strings":
        return isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair)
    assert kind == "bases"
    return isinstance(value, dict) and not any(faults(item, "artifactLocation") for item in value.values())
