"""Runs a stretch of the past through incidents and notification, a report at each moment of a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.catalogue import ALL_CHECKS
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.hushes import Hushes, hushes_in_force
from checks.incidents.incident import Rules
from checks.loading import Loaded, Loading, Source
from checks.model import Scope
from checks.policy import Policy
from checks.progress import Cancelled
from checks.runner import report_on
from console.notify.notice import Manner
from console.replaying.course import Course, Life, Period
from console.replaying.operator import Operator


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed, and how: the thresholds by name, and the deadline of each fact in seconds.

    `acknowledged_after` supposes that somebody acknowledges each critical incident so long after people were told of it.
    """

    place: str
    period: Period
    policies: Mapping[str, Policy]
    rules: Rules
    manner: Manner
    deadline_seconds: float
    acknowledged_after: timedelta | None = None

    def operator(self) -> Operator | None:
        """Return who is supposed to have been there, another one each time; None where nobody is."""
        return Operator(self.acknowledged_after) if self.acknowledged_after is not None else None


def replay(
    asked: Replay, source: Source, on_moment: Callable[[datetime], None], cancelled: Cancelled
) -> tuple[Course, ...]:
    """Return one course for each set of thresholds; of a replay that was cancelled, up to there, and nothing before its first.

    `on_moment` is told of each moment before it is loaded.
    """
    lives = [Life(name, asked.place, asked.rules, asked.manner, asked.operator()) for name in asked.policies]
    done = False
    for moment in asked.period.moments:
        if cancelled():
            break
        on_moment(moment)
        loaded = _load(asked, source, moment, cancelled)
        if cancelled():
            break  # what was stopped half way looks like a source that fails
        hushes = _hushes(loaded)
        for life, policy in zip(lives, asked.policies.values(), strict=True):
            life.sees(report_on(ALL_CHECKS, loaded.without(WORDS), policy), hushes)
        done = True
    return tuple(life.course() for life in lives) if done else ()


def _load(asked: Replay, source: Source, moment: datetime, cancelled: Cancelled) -> Loaded:
    loading = Loading((*ALL_FACTS, ACKNOWLEDGEMENTS), source, Scope.at(moment))
    for _ in loading.arrivals(asked.deadline_seconds, cancelled):
        pass
    return loading.loaded()


def _hushes(loaded: Loaded) -> Hushes:
    if reason := loaded.reason(ACKNOWLEDGEMENTS):
        return Hushes(unread=reason)
    return hushes_in_force(loaded.facts[ACKNOWLEDGEMENTS], loaded.facts.scope.as_of)
