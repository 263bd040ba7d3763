"""May the next phase start for a date? The decision an orchestrator asks for before each hand-over.

A game that was not played, or whose stage is not due yet, is taken out of the denominator by name. A required dependency below
its threshold blocks; one that meets it but lies below the coverage warning, or an optional one below its threshold, degrades.
An operator's word stands above all that: a hold blocks, and a release turns a block into proceeding degraded, never into well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from checks.dependencies import NEEDS, DependencyState, sentence_of
from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.gate_overrides import GATE_OVERRIDES, GateOverride
from checks.facts.lineage import LINEAGE, GameLineage
from checks.games import GameState, stage_state
from checks.gate_words import GateWord, Word, word_in_force
from checks.pipeline import Transition, phase
from checks.policy import Policy
from checks.times import utc_and_eastern

__all__ = ["GATE_FACTS", "DependencyState", "ExcludedGame", "GateDecision", "Outcome", "evaluate_gate"]

GATE_FACTS = (LINEAGE, FEATURE_QUALITY)
"""The facts that `evaluate_gate` reads; FEATURE_QUALITY only for phase4_to_phase5, where not loaded counts as not known.

With checks.facts.gate_overrides.GATE_OVERRIDES it takes the operator's word; without it nobody counts as having said anything.
"""


class Outcome(Enum):
    """What the orchestrator does."""

    PROCEED = "proceed"
    PROCEED_DEGRADED = "proceed_degraded"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class ExcludedGame:
    """A game taken out of the denominator, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The decision, with the coverage that decided it: that of the required dependency with the lowest.

    `coverage_percent` is None when nothing was expected. `not_due` is True for a block that only means "too early": the
    orchestrator must not proceed, and nobody needs to be told. `word` is the operator's word in force, None without one.
    """

    transition: Transition
    game_date: date
    outcome: Outcome
    reasons: tuple[str, ...]
    coverage_percent: float | None = None
    expected: int = 0
    present: int = 0
    missing: tuple[str, ...] = ()
    excluded: tuple[ExcludedGame, ...] = ()
    dependencies: tuple[DependencyState, ...] = ()
    not_due: bool = False
    word: GateWord | None = None

    @property
    def is_alarm(self) -> bool:
        """True when the operators must be told: of a block that the data makes, not of one that an operator has asked for."""
        return self.outcome is Outcome.BLOCK and not self.not_due and self.word is None


def evaluate_gate(transition: Transition, facts: Facts, policy: Policy, as_of: datetime) -> GateDecision:
    """Return whether the phase after `transition` may start for the last date of the facts' scope, as known at `as_of` (UTC).

    The operator's word in force at `as_of` is taken: see `with_word`.
    """
    decision = _by_data(transition, facts, policy, as_of)
    return with_word(decision, word_in_force(_overrides(facts), transition, facts.scope.last, as_of))


def with_word(decision: GateDecision, word: GateWord | None) -> GateDecision:
    """Return the decision under an operator's word.

    A hold blocks whatever the data says, and is no alarm. A release turns a block into proceeding degraded; where nothing
    blocks, it changes nothing. The word comes first among the reasons, and those of the data are kept.
    """
    if word is None:
        return decision
    told = replace(decision, word=word, reasons=(word.said, *decision.reasons))
    if word.word is Word.HOLD:
        return replace(told, outcome=Outcome.BLOCK, not_due=False)
    if decision.outcome is Outcome.BLOCK:
        return replace(told, outcome=Outcome.PROCEED_DEGRADED, not_due=False)
    return told


def _overrides(facts: Facts) -> tuple[GateOverride, ...]:
    try:
        return facts[GATE_OVERRIDES]
    except KeyError:
        return ()


def _by_data(transition: Transition, facts: Facts, policy: Policy, as_of: datetime) -> GateDecision:
    """Return the decision that the data makes.

    A game counts from the moment its stage is due, or has arrived before that. With no game due the gate blocks as `not_due`;
    with none played it lets through, for there is nothing to wait for. A date without any scheduled game is let through
    degraded: an empty schedule may be a free day or a schedule that nobody loaded, and is never simply well.
    """
    day = facts.scope.last
    games = sorted((g for g in facts[LINEAGE] if g.game_date == day), key=lambda g: (g.tip_off, g.label))
    if not games:
        reason = f"no game is scheduled on {day.isoformat()}: a free day, or the schedule was not loaded"
        return GateDecision(transition, day, Outcome.PROCEED_DEGRADED, (reason,))
    stage, dependencies_of = NEEDS[transition]
    judged: list[GameLineage] = []
    excluded: list[ExcludedGame] = []
    early: list[datetime] = []
    for game in games:
        standing = stage_state(game, stage, policy, as_of)
        if standing.state is GameState.NOT_PLAYED:
            excluded.append(ExcludedGame(game.label, f"not played: {standing.reason}"))
        elif standing.state is GameState.NOT_DUE:
            early.append(standing.due_at)
            excluded.append(ExcludedGame(game.label, f"not due until {utc_and_eastern(standing.due_at)}"))
        else:
            judged.append(game)
    if judged:
        return _decide(transition, day, dependencies_of(judged, facts, policy, as_of), tuple(excluded), policy)
    if early:
        reason = f"{stage.label} of {day.isoformat()} are not due until {utc_and_eastern(min(early))}: too early, not an alarm"
        return GateDecision(transition, day, Outcome.BLOCK, (reason,), excluded=tuple(excluded), not_due=True)
    reason = f"no game was played on {day.isoformat()}: there is nothing to wait for"
    return GateDecision(transition, day, Outcome.PROCEED, (reason,), excluded=tuple(excluded))


def _decide(
    transition: Transition,
    day: date,
    dependencies: tuple[DependencyState, ...],
    excluded: tuple[ExcludedGame, ...],
    policy: Policy,
) -> GateDecision:
    """Return the decision that the dependencies make: the gravest of theirs."""
    required = [item for item in dependencies if item.required]
    deciding = min(required, key=lambda item: 100.0 if item.percent is None else item.percent)
    blocking = [item for item in required if not item.met]
    degrading = [item for item in dependencies if item not in blocking and _degrades(item, policy)]
    outcome = Outcome.BLOCK if blocking else Outcome.PROCEED_DEGRADED if degrading else Outcome.PROCEED
    reasons = [sentence_of(item) for item in (*blocking, *degrading)]
    if blocking:
        taker = phase(transition.target)
        reasons.append(f"phase {taker.number} ({taker.name}) of {day.isoformat()} must wait: tell the operators")
    if not reasons:
        reasons.append(sentence_of(deciding))
    return GateDecision(
        transition,
        day,
        outcome,
        tuple(reasons),
        coverage_percent=deciding.percent,
        expected=deciding.expected,
        present=deciding.present,
        missing=deciding.missing,
        excluded=excluded,
        dependencies=dependencies,
    )


def _degrades(item: DependencyState, policy: Policy) -> bool:
    """Return whether a dependency that does not block calls for caution."""
    if not item.required:
        return not item.met
    return item.percent is not None and item.percent < policy.coverage_warning_percent
