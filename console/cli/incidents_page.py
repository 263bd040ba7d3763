"""Incidents as lines and as fields of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks.incidents.incident import Incident
from checks.keys import cause_of
from checks.times import both_zones, format_utc
from console.document import instant, severity
from console.notify.notice import Notice
from console.notify.standings import Standing
from screens.clean import for_terminal
from screens.lines import BLANK, Line, Span, Tone, flow, severity_word

_MOST_HELD = 5
"""Messages held back that are named."""


def incidents_lines(
    incidents: Sequence[Incident], standings: Sequence[Standing], held: Sequence[Notice], place: str, width: int
) -> list[Line]:
    """Return the incidents, and below them what has not arrived where, and what is held back."""
    lines: list[Line] = []
    for incident in incidents:
        lines.extend((*_incident(incident, width), BLANK))
    if not incidents:
        lines.extend(
            (*flow([f"no incident of {place} is known here: no run of this machine has opened one"], width), BLANK)
        )
    for standing in standings:
        if standing.untold:
            lines.extend(flow([Span(_untold(standing), Tone.WARNING)], width))
    for said in _held_back(held):
        lines.extend(flow([Span(said, Tone.WARNING)], width))
    return lines[:-1] if lines[-1] == BLANK else lines


def incidents_fields(
    incidents: Sequence[Incident], standings: Sequence[Standing], held: Sequence[Notice]
) -> Mapping[str, object]:
    """Return what a document holds: `incidents`, `sinks` with what has not arrived there, and what is `held_back`."""
    return {
        "incidents": [_fields(incident) for incident in incidents],
        "sinks": [
            {
                "sink": item.sink,
                "waiting": item.waiting,
                "refused": item.refused,
                "doubtful": item.doubtful,
                "error": item.error or None,
            }
            for item in standings
        ],
        "held_back": [
            {"kind": item.kind.value, "title": for_terminal(item.title), "at": instant(item.at)} for item in held
        ],
    }


def _incident(incident: Incident, width: int) -> list[Line]:
    hush = f" · {incident.hush.said}" if incident.hush else ""
    lead = severity_word(incident.severity) if incident.is_live else Span(f"{incident.state.value:<8}", Tone.FAINT)
    lines = flow([f"{incident.name} · {incident.state.value}{hush}"], width, first=Span(f"{lead.text} ", lead.tone))
    words = [incident.account, *_times(incident)]
    if incident.flaps:
        words.append(f"it seemed over {incident.flaps} {'time' if incident.flaps == 1 else 'times'}, and was not")
    if incident.absorbed:
        words.append(f"with it: {', '.join(map(cause_of, incident.absorbed))}")
    for sentence in words:
        lines.extend(flow([sentence], width, first=" " * 9))
    return lines


def _times(incident: Incident) -> list[str]:
    began = incident.since or incident.first_seen
    if incident.is_live or incident.ended_at is None:
        return [f"since {both_zones(began)}, worst {incident.worst.name}"]
    return [f"from {format_utc(began)} to {format_utc(incident.ended_at)}, worst {incident.worst.name}"]


def _untold(standing: Standing) -> str:
    refused = f", {standing.refused} refused, and tried again at least every hour" if standing.refused else ""
    doubtful = f", {standing.doubtful} may have arrived, and is posted again" if standing.doubtful else ""
    why = f": {standing.error}" if standing.error else ""
    return f"{standing.sink}: {standing.waiting} not yet delivered{refused}{doubtful}{why}"


def _held_back(held: Sequence[Notice]) -> list[str]:
    """Return what the ceiling of messages an hour, or the minute in which a thread is told one thing, holds back."""
    said = [f"held back, to be told when there is room again: {item.title}" for item in held[:_MOST_HELD]]
    return [*said, *([f"and {len(held) - _MOST_HELD} more are held back"] if len(held) > _MOST_HELD else [])]


def _fields(incident: Incident) -> Mapping[str, object]:
    return {
        "id": incident.id,
        "key": incident.key,
        "state": incident.state.value,
        "severity": severity(incident.severity),
        "worst": severity(incident.worst),
        "sentence": incident.account,
        "since": instant(incident.since),
        "first_seen": instant(incident.first_seen),
        "last_seen": instant(incident.last_seen),
        "opened_at": instant(incident.opened_at),
        "resolved_at": instant(incident.resolved_at),
        "ended_at": instant(incident.ended_at),
        "flaps": incident.flaps,
        "symptoms": incident.symptoms,
        "absorbed": list(incident.absorbed),
        "hush": incident.hush.said if incident.hush else None,
        "next": incident.command,
    }
