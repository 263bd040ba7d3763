"""When a phase of a game date started and when it was complete, as processor runs and pipeline events tell it.

Only what was logged is judged. The order of phases is not the order of the clock: features of a date are built before its
games, analytics after them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from checks.facts.events import PipelineEvent
from checks.facts.processor_runs import ProcessorRun
from checks.pipeline import PHASES, phase

BEFORE_GAMES = ("upcoming_player_game_context", "upcoming_team_game_context")
"""Analytics of games to come: they run on the morning of the date and are no sign that its box scores were handed over."""

_PHASE_OF = {name: number.number for number in PHASES for name in (*number.required, *number.optional)}
_SPELLED = re.compile(r"phase_?([1-6])(?![0-9])", re.IGNORECASE)
_SIGNS_OF_START = frozenset({"phase_start", "phase_complete", "processor_start", "processor_complete"})


@dataclass(frozen=True, slots=True)
class PhaseTimes:
    """One phase of one game date; times are UTC, None where nothing was logged.

    `started_at` is the first sign that the phase ran, `complete_at` the moment at which the last of its required processors
    had its first success, or the first `phase_complete` event, whichever came first: the rule of the pipeline's own
    completion documents. A phase without required processors (5 and 6) is complete by its event alone.
    `duration_minutes` is what that event says; `waiting_for` the required processors without a success, while incomplete.
    """

    started_at: datetime | None = None
    complete_at: datetime | None = None
    duration_minutes: float | None = None
    waiting_for: tuple[str, ...] = ()


@dataclass(slots=True)
class _Log:
    """What was logged about one phase of one date."""

    starts: list[datetime] = field(default_factory=list)
    successes: dict[str, datetime] = field(default_factory=dict)
    completions: list[PipelineEvent] = field(default_factory=list)


def phase_number(processor: str | None, spelled: str | None) -> int | None:
    """Return the phase of a processor by its name, else as spelled (`phase_2`), else None."""
    if processor in _PHASE_OF:
        return _PHASE_OF[processor]
    match = _SPELLED.match(spelled or "")
    return int(match.group(1)) if match else None


def phase_times(runs: Iterable[ProcessorRun], events: Iterable[PipelineEvent]) -> Mapping[tuple[int, date], PhaseTimes]:
    """Return the times of every (phase, game date) about which something was logged."""
    logs: defaultdict[tuple[int, date], _Log] = defaultdict(_Log)
    for run in runs:
        number = phase_number(run.processor_name, run.phase)
        if number is not None:
            _note_run(logs[number, run.data_date], run)
    for event in events:
        number = phase_number(event.processor_name, event.phase)
        if number is not None and event.game_date is not None:
            _note_event(logs[number, event.game_date], event)
    return {key: _times(key[0], log) for key, log in logs.items()}


def unlogged(number: int) -> PhaseTimes:
    """Return the times of a phase about which nothing was logged."""
    return PhaseTimes(waiting_for=phase(number).required)


def _note_run(log: _Log, run: ProcessorRun) -> None:
    began = run.started_at or run.ended_at
    if began is not None and run.status != "skipped" and run.processor_name not in BEFORE_GAMES:
        log.starts.append(began)
    # A success without any time counts for nothing: nobody could say since when the phase is complete.
    ended = run.ended_at or run.started_at
    if ended is not None and run.status == "success":
        log.successes[run.processor_name] = min(ended, log.successes.get(run.processor_name, ended))


def _note_event(log: _Log, event: PipelineEvent) -> None:
    if event.event_type in _SIGNS_OF_START and event.processor_name not in BEFORE_GAMES:
        log.starts.append(event.timestamp)
    if event.event_type == "phase_complete":
        log.completions.append(event)


def _times(number: int, log: _Log) -> PhaseTimes:
    required = phase(number).required
    lacking = tuple(name for name in required if name not in log.successes)
    first = min(log.completions, key=lambda event: event.timestamp, default=None)
    moments = [first.timestamp] if first else []
    if required and not lacking:
        moments.append(max(log.successes[name] for name in required))
    seconds = first.duration_seconds if first else None
    return PhaseTimes(
        started_at=min(log.starts, default=None),
        complete_at=min(moments, default=None),
        duration_minutes=seconds / 60 if seconds is not None else None,
        waiting_for=() if moments else lacking,
    )
