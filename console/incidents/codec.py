"""An incident as JSON text and back, for the journal."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from checks.hushes import Hush, HushKind
from checks.incidents.incident import Incident, State
from checks.severity import Severity

_INSTANTS = ("since", "first_seen", "last_seen", "changed_at", "counted_at", "opened_at", "resolved_at", "ended_at")
_LISTS = ("checks", "signs", "days", "explains", "explains_checks", "absorbed", "blind")
_SINCE_OF_LATE: dict[str, Any] = {"blind": [], "word": None, "word_at": None, "outgrown": None}
"""What an incident of an earlier version does not have."""


class IncidentCodecError(ValueError):
    """A text is no incident that this version can read."""


def text_of_incident(incident: Incident) -> str:
    """Return an incident as JSON in one line."""
    return json.dumps({field.name: _plain(getattr(incident, field.name)) for field in fields(incident)})


def incident_of_text(text: str) -> Incident:
    """Return the incident that `text_of_incident` wrote. Raises IncidentCodecError."""
    try:
        raw: dict[str, Any] = {**_SINCE_OF_LATE, **json.loads(text)}
        values = {
            **raw,
            **{name: datetime.fromisoformat(raw[name]) if raw[name] else None for name in _INSTANTS},
            **{name: tuple(raw[name]) for name in _LISTS},
            "state": State(raw["state"]),
            "severity": Severity[raw["severity"]],
            "worst": Severity[raw["worst"]],
            "hush": _hush(raw["hush"]),
            "word": _hush(raw["word"]),
            "outgrown": _hush(raw["outgrown"]),
            "word_at": Severity[raw["word_at"]] if raw["word_at"] else None,
        }
        return Incident(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise IncidentCodecError(f"this is no incident that this version can read: {error}") from error


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Severity):
        return value.name
    if isinstance(value, State | HushKind):
        return value.value
    if isinstance(value, Hush):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _hush(raw: dict[str, Any] | None) -> Hush | None:
    """Return a word; an earlier version did not keep when and of what it was said."""
    if raw is None:
        return None
    said_at = datetime.fromisoformat(raw["said_at"]) if raw.get("said_at") else None
    until = datetime.fromisoformat(raw["until"])
    return Hush(HushKind(raw["kind"]), raw["by"], until, raw["reason"], said_at, raw.get("about", ""))
