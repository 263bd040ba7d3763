"""Silences: the time between one evaluation of the master controller and the next, and how a silence is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from checks.facts.decisions import Decision
from checks.model import Subject, SubjectKind, Suggestion
from checks.times import eastern_date, format_utc, minutes_between, to_minute

MASTER_CONTROLLER = Subject(SubjectKind.CONTROLLER, "master controller")


@dataclass(frozen=True, slots=True)
class Silence:
    """The time from one evaluation to the next, in whole minutes; `end` is None while nobody has decided again.

    `start` and `end` are aware UTC on a whole minute.
    """

    start: datetime
    end: datetime | None
    minutes: int


def silences(decisions: Iterable[Decision], as_of: datetime, since: datetime) -> tuple[Silence, ...]:
    """Return the silences that end after `since`, oldest first; the last one is still running at `as_of`.

    Every action is a sign of life: a SKIP was decided as much as a RUN. Together the silences cover the time from the first
    start to `as_of` without a hole. There are none without a decision, and decisions later than `as_of` are not seen.

    Only the last evaluation before `since` counts, because from that time the fact may hold no more than each workflow's last
    decision. It opens a silence only if a workflow of that evaluation still decides afterwards: where it does not, the row
    tells when that workflow went quiet, not when the controller did.
    """
    as_of, since = to_minute(as_of), to_minute(since)
    seen = [(to_minute(item.decision_time), item.workflow_name) for item in decisions]
    before = [(when, workflow) for when, workflow in seen if when < since]
    inside = [(when, workflow) for when, workflow in seen if since <= when <= as_of]
    times = sorted({when for when, _ in inside})
    if before:
        last = max(when for when, _ in before)
        still_deciding = {workflow for _, workflow in inside}
        if not inside or any(when == last and workflow in still_deciding for when, workflow in before):
            times.insert(0, last)
    if not times:
        return ()
    closed = [Silence(start, end, minutes_between(start, end)) for start, end in pairwise(times)]
    return (*closed, Silence(times[-1], None, minutes_between(times[-1], as_of)))


def last_decision_time(decisions: Iterable[Decision], as_of: datetime) -> datetime | None:
    """Return when the newest decision up to the minute `as_of` was made, to the second; None when there is none."""
    as_of = to_minute(as_of)
    return max((item.decision_time for item in decisions if to_minute(item.decision_time) <= as_of), default=None)


def silence_key(start: datetime | None) -> str:
    """Return what tells one silence from another: the minute in which it began, or `none` when nobody ever decided.

    The same for every check, so that all that is said about one silence becomes one incident.
    """
    return "none" if start is None else format_utc(start)


def controller_suggestions(as_of: datetime) -> tuple[Suggestion, ...]:
    """Return what to type when the controller is in doubt."""
    return (
        Suggestion("courtside gaps --hours 48", "see every silence of the last 48 hours"),
        Suggestion(
            f"courtside diagnose --date {eastern_date(as_of).isoformat()} --issue controller",
            "see what the silence explains and what to do about it",
        ),
    )
