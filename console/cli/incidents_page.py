"""Incidents as lines and as fields of a document, with the sign of life of who is to see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.aiming import aimed
from checks.facts.watcher_runs import WatcherRun
from checks.incidents.incident import Incident, State
from checks.keys import cause_of
from checks.model import Scope, Severity, Suggestion
from checks.policy import Policy
from checks.times import both_zones
from checks.watching import last_runs, silence_of
from console.cli.watch_page import life_line
from console.document import instant, severity
from console.heartbeat import Heartbeat
from console.incidents.wordless import WORDLESS, is_wordless
from console.notify.notice import Notice
from console.notify.standings import Standing
from console.notify.wording import ack_command, lasted, seemed_over
from screens.clean import for_terminal
from screens.lines import BLANK, Line, Span, Tone, flow, severity_word

_MOST_HELD = 5
"""Messages held back that are named."""
_INDENT = " " * 9


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal of this host knows of a warehouse's incidents: in order, how each sink stands, and what is held back.

    `heartbeat` is the last run of a watcher, None where there never was one, and `runs` are the last of each choice of checks.
    """

    incidents: tuple[Incident, ...] = ()
    standings: tuple[Standing, ...] = ()
    held: tuple[Notice, ...] = ()
    heartbeat: Heartbeat | None = None
    runs: tuple[WatcherRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """By whom, when and where it is looked at: `scope` names the place where commands must, `is_watched` is False of the demo."""

    place: str
    scope: Scope
    policy: Policy
    now: datetime
    is_watched: bool = True


def silence(runs: Iterable[WatcherRun], policy: Policy, now: datetime) -> Severity:
    """Return how bad it is that watchers last ran when they did, as `watcher.silent` has it.

    It is UNKNOWN where none has run, and where nobody knows how often it is to run: that nothing is open means little then.
    """
    return max((silence_of(run, policy, now) for run in last_runs(runs, now)), default=Severity.UNKNOWN)


def incidents_lines(known: Known, seen: Circumstances, width: int) -> list[Line]:
    """Return when a watcher last ran, the incidents, and below them what has not arrived where, and what is held back."""
    lines: list[Line] = [*_watcher(known, seen, width), BLANK] if seen.is_watched else []
    for incident in known.incidents:
        lines.extend((*_incident(incident, seen, width), BLANK))
    if not known.incidents:
        said = f"no incident of {seen.place} is known here: no run of this machine has opened one"
        lines.extend((*flow([said], width), BLANK))
    for standing in known.standings:
        if standing.untold:
            lines.extend(flow([Span(_untold(standing), Tone.WARNING)], width))
    for said in _held_back(known.held):
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


def watcher_fields(
    heartbeat: Heartbeat | None, runs: Iterable[WatcherRun], policy: Policy, now: datetime
) -> Mapping[str, object]:
    """Return what a document holds of the watcher: its last run on this host, null for none, and how bad its silence is."""
    last = heartbeat and {"at": instant(heartbeat.at), "host": heartbeat.host, "says": heartbeat.says}
    return {"heartbeat": last, "watcher_silent": severity(silence(runs, policy, now))}


def _watcher(known: Known, seen: Circumstances, width: int) -> list[Line]:
    """Return when each watcher last ran, and what it means that none did, or one did not of late."""
    worst = silence(known.runs, seen.policy, seen.now)
    runs = last_runs(known.runs, seen.now)
    lines: list[Line] = []
    for run in runs:
        found = silence_of(run, seen.policy, seen.now)
        lines.extend(life_line(run, seen.now, width, Tone.FAINT if found is Severity.OK else Tone.of(found)))
    if worst is not Severity.OK:
        lead = _INDENT if lines else Span("watcher  ", Tone.of(worst))
        lines.extend(flow([Span(_unwatched(known, worst), Tone.of(worst))], width, first=lead))
        silent = [run.checks for run in runs if silence_of(run, seen.policy, seen.now) is not Severity.OK]
        which = f" --checks {silent[0]}" if silent and silent[0] else ""
        lines.extend(flow([f"next: {_aimed(f'courtside watch --once{which}', seen)}"], width, first=_INDENT))
    return lines


def _unwatched(known: Known, worst: Severity) -> str:
    """Return what it means that nobody has looked, or not of late: nothing that is not shown is known to be well."""
    means = "what does not stand here may be wrong all the same"
    if known.heartbeat is None:
        return f"none is known on this host: nobody has looked, and {means}"
    if worst is Severity.UNKNOWN:
        return f"last ran {both_zones(known.heartbeat.at)}, and nobody knows how often it is to: {means}"
    return f"{worst.name}: nobody has looked since, and {means}"


def _incident(incident: Incident, seen: Circumstances, width: int) -> list[Line]:
    hush = f" · {incident.hush.said}" if incident.hush else ""
    lead = severity_word(incident.severity) if incident.is_live else Span(f"{incident.state.value:<8}", Tone.FAINT)
    lines = flow([f"{incident.name} · {incident.state.value}{hush}"], width, first=Span(f"{lead.text} ", lead.tone))
    known_until = incident.last_seen if incident.since else seen.now
    words = [incident.account, lasted(incident, known_until), _times(incident)]
    if incident.flaps:
        words.append(seemed_over(incident))
    if incident.absorbed:
        words.append(f"with it: {', '.join(map(cause_of, incident.absorbed))}")
    if incident.is_live:
        words.append(f"next: {_aimed(incident.command, seen)}")
    if incident.state is State.OPEN:
        words.append(f"ack: {WORDLESS if is_wordless(incident) else _aimed(ack_command(incident), seen)}")
    for sentence in words:
        lines.extend(flow([sentence], width, first=_INDENT))
    return lines


def _times(incident: Incident) -> str:
    opened = f"opened {both_zones(incident.opened_at)}, " if incident.opened_at else ""
    return f"{opened}last seen {both_zones(incident.last_seen)}, worst {incident.worst.name}"


def _aimed(command: str, seen: Circumstances) -> str:
    """Return a command so that it is about the warehouse that is looked at."""
    return aimed((Suggestion(command, ""),), seen.scope)[0].command


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
