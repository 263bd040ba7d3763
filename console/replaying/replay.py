"""Runs a stretch of the past through incidents and notification, a report at each moment of a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from console.replaying.operator import ANSWERED_AFTER, Operator


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed, and how: the thresholds by name, and the deadline of each fact in seconds.

    `acknowledged_after` supposes that somebody acknowledges each critical incident so long after people were told of it. Without
    it the courses have nobody, and count beside it what would have been told with somebody who does after `ANSWERED_AFTER`.
    """

    place: str
    period: Period
    policies: Mapping[str, Policy]
    rules: Rules
    manner: Manner
    deadline_seconds: float
    acknowledged_after: timedelta | None = None

    def lives(self, name: str) -> tuple[Life, ...]:
        """Return the life under the thresholds of a name, and behind one with nobody that with somebody who acknowledges."""
        after = self.acknowledged_after
        supposed = (None, Operator(ANSWERED_AFTER)) if after is None else (Operator(after),)
        return tuple(Life(name, self.place, self.rules, self.manner, operator) for operator in supposed)


def replay(
    asked: Replay, source: Source, on_moment: Callable[[datetime], None], cancelled: Cancelled
) -> tuple[Course, ...]:
    """Return one course for each set of thresholds; of a replay that was cancelled, up to there, and nothing before its first.

    `on_moment` is told of each moment before it is loaded.
    """
    lives = {name: asked.lives(name) for name in asked.policies}
    done = False
    for moment in asked.period.moments:
        if cancelled():
            break
        on_moment(moment)
        loaded = _load(asked, source, moment, cancelled)
        if cancelled():
            break  # what was stopped half way looks like a source that fails
        hushes = _hushes(loaded)
        for name, policy in asked.policies.items():
            report = report_on(ALL_CHECKS, loaded.without(WORDS), policy)
            for life in lives[name]:
                life.sees(report, hushes)
        done = True
    return tuple(_course(*of_name) for of_name in lives.values()) if done else ()


def _course(life: Life, answered: Life | None = None) -> Course:
    course = life.course()
    return course if answered is None else replace(course, answered=answered.course().counts)


def _load(asked: Replay, source: Source, moment: datetime, cancelled: Cancelled) -> Loaded:
    loading = Loading((*ALL_FACTS, ACKNOWLEDGEMENTS), source, Scope.at(moment))
    for _ in loading.arrivals(asked.deadline_seconds, cancelled):
        pass
    return loading.loaded()


def _hushes(loaded: Loaded) -> Hushes:
    if reason := loaded.reason(ACKNOWLEDGEMENTS):
        return Hushes(unread=reason)
    return hushes_in_force(loaded.facts[ACKNOWLEDGEMENTS], loaded.facts.scope.as_of)
