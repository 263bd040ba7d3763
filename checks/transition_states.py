"""Where each hand-over of each date stands: one answer for the checks and for the screens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from checks.facts.events import EVENTS, PipelineEvent
from checks.facts.fact import Facts
from checks.facts.hand_overs import HAND_OVERS, HandOver
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.phases import PhaseTimes, phase_times, unlogged
from checks.pipeline import Transition, phase
from checks.policy import Policy
from checks.times import minutes_between

HANDED_OVER = frozenset({"started", "complete", "partial"})
"""Statuses of a hand-over row that say that the next phase started."""
ENDED = frozenset({"complete", "partial", "deadline_exceeded"})
"""Statuses of a hand-over row that say that the attempt ended."""


class HandOverStatus(Enum):
    """Where one hand-over of one date stands."""

    DONE = "done"
    RUNNING = "running"
    WAITING = "waiting"
    BLOCKED = "blocked"
    PARTIAL = "partial"
    NOT_DUE = "not due"
    NEVER_LOGGED = "never logged"


@dataclass(frozen=True, slots=True)
class TransitionState:
    """One hand-over of one game date. Times are UTC, None where nothing was logged.

    `ready_at` is when the phase that hands over was complete, `started_at` the first sign that the next one began (of the
    latest attempt where the log has one), `ended_at` its end. `duration_minutes` of a running hand-over counts to as-of.
    """

    transition: Transition
    game_date: date
    status: HandOverStatus
    ready_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_minutes: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class TransitionRows:
    """The rows that states are made of; without runs and events a state is what the hand-over log alone says."""

    hand_overs: Sequence[HandOver]
    runs: Sequence[ProcessorRun] = ()
    events: Sequence[PipelineEvent] = ()

    @classmethod
    def of(cls, facts: Facts) -> TransitionRows:
        """Return the rows of all three facts. Raises KeyError when one was not loaded."""
        return cls(facts[HAND_OVERS], facts[PROCESSOR_RUNS], facts[EVENTS])


@dataclass(frozen=True, slots=True)
class _Span:
    """When an attempt began and ended, and how long it took."""

    started_at: datetime | None
    ended_at: datetime | None
    minutes: float | None


_STATUS = {
    "complete": HandOverStatus.DONE,
    "started": HandOverStatus.RUNNING,
    "blocked": HandOverStatus.BLOCKED,
    "partial": HandOverStatus.PARTIAL,
    "deadline_exceeded": HandOverStatus.PARTIAL,
}

_ANALYTICS = 3

_SAYS = {
    "complete": "handed over",
    "started": "handed over, and the next phase has not reported its end",
    "blocked": "blocked",
    "partial": "handed over in part",
    "deadline_exceeded": "the deadline passed before everything was there",
}


def is_known_status(status: str) -> bool:
    """Return whether the log's word is one that the pipeline defines."""
    return status in _STATUS


def attempts(hand_overs: Iterable[HandOver]) -> dict[tuple[Transition, date], tuple[HandOver, ...]]:
    """Return the rows of each hand-over and date, oldest first; of two at one instant the start comes first.

    Rows of other names (the log is shared) are left out.
    """
    known = {transition.value: transition for transition in Transition}
    grouped: defaultdict[tuple[Transition, date], list[HandOver]] = defaultdict(list)
    for row in hand_overs:
        if row.transition in known:
            grouped[known[row.transition], row.game_date].append(row)
    return {key: tuple(sorted(rows, key=_order)) for key, rows in grouped.items()}


def _order(row: HandOver) -> tuple[datetime, bool, str]:
    return row.execution_timestamp, row.status != "started", row.status


def transition_states(
    rows: TransitionRows, policy: Policy, as_of: datetime, dates: Iterable[date]
) -> tuple[TransitionState, ...]:
    """Return the state of every hand-over of `dates` as known at `as_of` (UTC): newest date first, hand-overs in order."""
    times = phase_times(rows.runs, rows.events)
    logged = attempts(rows.hand_overs)
    states: list[TransitionState] = []
    for day in sorted(set(dates), reverse=True):
        for transition in Transition:
            source = _handing_over(times, transition, day)
            target = times.get((transition.target, day), unlogged(transition.target))
            tries = logged.get((transition, day), ())
            if tries:
                states.append(_logged(transition, tries, source, target, as_of))
            else:
                states.append(_not_logged(transition, day, source, target, policy, as_of))
    return tuple(states)


def _handing_over(times: Mapping[tuple[int, date], PhaseTimes], transition: Transition, day: date) -> PhaseTimes:
    """Return the times of what hands over: the phase before, and for grading also analytics.

    Predictions are made before the games of a date, and nothing can be graded until analytics of those games are there.
    """
    source = times.get((transition.source, day), unlogged(transition.source))
    if transition is not Transition.PHASE5_TO_PHASE6 or source.complete_at is None:
        return source
    played = times.get((_ANALYTICS, day), unlogged(_ANALYTICS))
    if played.complete_at is None:
        return replace(source, complete_at=None, waiting_for=played.waiting_for)
    return replace(source, complete_at=max(source.complete_at, played.complete_at))


def _logged(
    transition: Transition, tries: Sequence[HandOver], source: PhaseTimes, target: PhaseTimes, as_of: datetime
) -> TransitionState:
    """Return the state that the latest attempt in the log tells."""
    latest = tries[-1]
    status = _STATUS.get(latest.status, HandOverStatus.WAITING)
    span = _span(tries, target)
    reason = _SAYS.get(latest.status, f"the log says {latest.status!r}, which is no known status")
    if latest.reason:
        reason = f"{reason}: {latest.reason}"
    if status is HandOverStatus.RUNNING and span.ended_at is not None:
        status, reason = HandOverStatus.DONE, "handed over; the next phase's own log tells its end"
    elif status is HandOverStatus.RUNNING and span.started_at is not None:
        span = _Span(span.started_at, None, float(minutes_between(span.started_at, as_of)))
    return TransitionState(
        transition=transition,
        game_date=latest.game_date,
        status=status,
        ready_at=source.complete_at,
        started_at=span.started_at,
        ended_at=span.ended_at,
        duration_minutes=span.minutes,
        reason=reason,
    )


def _span(tries: Sequence[HandOver], target: PhaseTimes) -> _Span:
    """Return when the latest attempt began and ended.

    A start that the log never closed ended when the next phase was complete, if that was after it.
    """
    latest = tries[-1]
    begun = next((row for row in reversed(tries) if row.status in HANDED_OVER), None)
    started = _start(begun, tries) if begun else target.started_at
    if latest.status not in ENDED:
        over = target.complete_at
        closed = latest.status == "started" and started is not None and over is not None and over >= started
        return _Span(started, over, _minutes(started, over)) if closed else _Span(started, None, None)
    seconds = latest.duration_seconds
    began = latest.start_time or started
    if seconds is None:
        return _Span(started, latest.execution_timestamp, _minutes(began, latest.execution_timestamp))
    ended = latest.start_time + timedelta(seconds=seconds) if latest.start_time else latest.execution_timestamp
    return _Span(started, ended, seconds / 60)


def _start(begun: HandOver, tries: Sequence[HandOver]) -> datetime:
    """Return when an attempt began: as it says, else when its `started` row was logged, else by its duration."""
    if begun.start_time is not None:
        return begun.start_time
    opened = next((row for row in reversed(tries) if row.status == "started" and _order(row) <= _order(begun)), None)
    if opened is not None:
        return opened.start_time or opened.execution_timestamp
    return begun.execution_timestamp - timedelta(seconds=begun.duration_seconds or 0)


def _minutes(earlier: datetime | None, later: datetime | None) -> float | None:
    """Return the minutes between, or None when one is not known or the order is impossible."""
    if earlier is None or later is None or later < earlier:
        return None
    return (later - earlier) / timedelta(minutes=1)


def _not_logged(
    transition: Transition, day: date, source: PhaseTimes, target: PhaseTimes, policy: Policy, as_of: datetime
) -> TransitionState:
    """Return the state of a hand-over without a row in the log.

    A next phase that has only just begun is running: its row may be on the way. Once it ran that long ago that a hand-over
    would be late, the log is what is missing.
    """
    taker = phase(transition.target)
    began = target.started_at
    if began is None and source.complete_at is None:
        lacking = ", ".join(source.waiting_for) or "its phase_complete event"
        status, reason = (
            HandOverStatus.NOT_DUE,
            f"what phase {taker.number} ({taker.name}) needs is not complete: {lacking}",
        )
    elif began is None:
        status, reason = HandOverStatus.WAITING, f"phase {taker.number} ({taker.name}) has not started"
    elif minutes_between(began, as_of) < policy.transition_warning_minutes:
        status, reason = HandOverStatus.RUNNING, f"phase {taker.number} ({taker.name}) has begun"
    else:
        status, reason = HandOverStatus.NEVER_LOGGED, f"phase {taker.number} ({taker.name}) ran, but no row says so"
    return TransitionState(
        transition=transition,
        game_date=day,
        status=status,
        ready_at=source.complete_at,
        started_at=began,
        ended_at=target.complete_at if began is not None else None,
        duration_minutes=target.duration_minutes,
        reason=reason,
    )
