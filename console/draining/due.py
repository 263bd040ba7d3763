"""What one round of the drainer would do with each active row, in which order, and why it leaves the others alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from checks.breaker import BreakerState
from checks.facts.breakers import BreakerRow
from checks.facts.lineage import GameLineage
from checks.facts.processor_runs import ProcessorRun
from checks.facts.retry_queue import QueueRow
from checks.games import not_played_reason, tip_off
from checks.policy import Policy
from checks.queue_rows import due_at, explain, is_at_maximum, is_stale
from checks.times import format_utc, to_minute
from console.draining.budget import HourBudget, hour_budget, item_of, tries_by_item
from console.draining.tries import Try

_BEFORE_TIP = frozenset({"phase_4", "phase_5"})
"""Phases whose work of a date is worth nothing once its games have begun; PIPELINE.md, "Phases"."""


class Step(StrEnum):
    """What is to be done with a row; the value is the word for it."""

    POST = "post"
    TAKE_BACK = "take back"
    GIVE_UP = "give up"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be done with one row, and why, as a clause."""

    row: QueueRow
    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides about the rows besides themselves.

    `addressed` are the phases whose processor has an address, `quiet` until when (aware UTC) a phase's processor has asked to be
    left alone. `tries` are this host's of the last 24 h.
    """

    rows: Sequence[QueueRow]
    games: Sequence[GameLineage]
    runs: Sequence[ProcessorRun]
    breakers: Sequence[BreakerRow]
    tries: Sequence[Try]
    addressed: Collection[str]
    quiet: Mapping[str, datetime]


def rulings(situation: Situation, policy: Policy, now: datetime) -> tuple[Ruling, ...]:
    """Return a ruling for each active row: first what is done, in the order in which it is done, then what is left alone.

    `now` is aware UTC. Rows to post come in the order of value: games before tip-off first, then by first failure.
    """
    tips = _tips_ahead(situation.games, policy, now)
    order = sorted(
        (row for row in situation.rows if row.is_active),
        key=lambda row: (not _is_before_tip(row, tips), row.first_failure_at, row.id),
    )
    judge = _Judge(
        situation,
        policy,
        now,
        tries_by_item(situation.rows, situation.tries, now),
        hour_budget(situation.rows, situation.tries, situation.runs, policy, now),
        {item_of(row) for row in order if row.status == "retrying"},
    )
    judged = [judge.ruling(row) for row in order]
    steps = list(Step)
    tidy = (Step.TAKE_BACK, Step.GIVE_UP)  # before the posts: it takes no time, and others see the queue as it is
    return tuple(sorted(judged, key=lambda ruling: (ruling.step not in tidy, steps.index(ruling.step))))


@dataclass(slots=True)
class _Judge:
    """Rules on one row after the other, and knows what the rows before have used up."""

    situation: Situation
    policy: Policy
    now: datetime
    tried: Mapping[str, int]
    budget: HourBudget
    busy: set[str]
    posts: int = 0
    trials: set[str] = field(default_factory=set)

    def ruling(self, row: QueueRow) -> Ruling:
        """Return what to do with an active row."""
        if row.status == "retrying":
            return self._of_retrying(row)
        if is_at_maximum(row):
            return Ruling(row, Step.GIVE_UP, f"at its maximum of {row.max_retries} tries")
        due = due_at(row)
        if due is not None and due > self.now:
            return Ruling(row, Step.LEAVE, explain(row, self.policy, to_minute(self.now)))
        why_not = self._why_not(row)
        if why_not:
            return Ruling(row, Step.LEAVE, why_not)
        self.posts += 1
        self.busy.add(item_of(row))
        self.trials.update(breaker.processor_name for breaker in self._breakers(row, BreakerState.HALF_OPEN))
        return Ruling(row, Step.POST, explain(row, self.policy, to_minute(self.now)))

    def _of_retrying(self, row: QueueRow) -> Ruling:
        why = explain(row, self.policy, to_minute(self.now))
        if not is_stale(row, self.policy, to_minute(self.now)):
            return Ruling(row, Step.LEAVE, why)
        return Ruling(row, Step.GIVE_UP if is_at_maximum(row) else Step.TAKE_BACK, why)

    def _why_not(self, row: QueueRow) -> str:
        """Return why a due row is not posted now, or ""."""
        return self._has_no_way(row) or self._is_broken(row) or self._is_tried_enough(row) or self._is_over_the_limit()

    def _has_no_way(self, row: QueueRow) -> str:
        if row.phase not in self.situation.addressed:
            return f"the processor of {row.phase} has no address: set {row.phase} under [processors]"
        until = self.situation.quiet.get(row.phase)
        if until is not None and until > self.now:
            return f"the processor of {row.phase} wants to be left alone until {format_utc(until)}"
        if item_of(row) in self.busy:
            return "another row of the queue is for the same work, and is being tried"
        return ""

    def _is_broken(self, row: QueueRow) -> str:
        for breaker in self._breakers(row, BreakerState.OPEN):
            since = f" since {format_utc(breaker.opened_at)}" if breaker.opened_at else ""
            return f"the breaker of {breaker.processor_name} is open{since}"
        for breaker in self._breakers(row, BreakerState.HALF_OPEN):
            if breaker.processor_name in self.trials:
                return f"the breaker of {breaker.processor_name} is half open: one trial a round"
        return ""

    def _is_tried_enough(self, row: QueueRow) -> str:
        tried, most = self.tried.get(item_of(row), 0), self.policy.retries_per_item_a_day
        return f"its retry budget is used up: tried {tried} times in 24 h, at most {most}" if tried >= most else ""

    def _is_over_the_limit(self) -> str:
        if self.posts >= self.policy.retries_per_round:
            return f"over the limit of {self.policy.retries_per_round} rows a round"
        if self.posts >= self.budget.left:
            share = f"{self.policy.retries_of_runs_percent:g} % of the last hour's {self.budget.runs} runs"
            return (
                f"the hour's retry budget is used up: {self.budget.allowed} allowed, which is {share} or 1 at least, "
                f"{self.budget.used} were made before this round"
            )
        return ""

    def _breakers(self, row: QueueRow, state: BreakerState) -> Sequence[BreakerRow]:
        """Return the breakers in a state that stand before a row: its processor's and its phase's."""
        names = (row.processor_name, row.phase)
        return [
            breaker
            for breaker in self.situation.breakers
            if breaker.processor_name in names and _stands(breaker, self.now) == state.value
        ]


def _stands(breaker: BreakerRow, now: datetime) -> str:
    """Return a breaker's state as time alone leaves it.

    Past its end an open one is half open, as a plan has it, or nobody would ever try what has to close it.
    """
    state, since = breaker.state.upper(), breaker.opened_at or breaker.updated_at
    if state != BreakerState.OPEN.value or since is None or breaker.timeout_seconds is None:
        return state
    return BreakerState.HALF_OPEN.value if now >= since + timedelta(seconds=breaker.timeout_seconds) else state


@dataclass(frozen=True, slots=True)
class _Tips:
    """What is still to be played: games by date and label, and the dates that have any."""

    games: frozenset[tuple[date, str]]
    dates: frozenset[date]


def _tips_ahead(games: Iterable[GameLineage], policy: Policy, now: datetime) -> _Tips:
    ahead = [game for game in games if tip_off(game) > now and not_played_reason(game, policy, now) is None]
    return _Tips(frozenset((game.game_date, game.label) for game in ahead), frozenset(game.game_date for game in ahead))


def _is_before_tip(row: QueueRow, tips: _Tips) -> bool:
    """Return whether a row's work is needed before a game that has yet to begin."""
    if row.game_key:
        return (row.game_date, row.game_key) in tips.games
    return row.phase in _BEFORE_TIP and row.game_date in tips.dates
