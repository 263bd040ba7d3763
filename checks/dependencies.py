"""What each phase needs from the ones before it: coverage of games and players, and the quality of features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.lineage import GameLineage
from checks.games import GameState, stage_state
from checks.pipeline import Stage, Transition
from checks.policy import Policy


@dataclass(frozen=True, slots=True)
class DependencyState:
    """One input of the next phase. Percentages are 0 to 100; quality is the mean score, which has the same range.

    `percent` is None when nothing is known. `met` is False below `threshold`; a met dependency may still lack something.
    `missing` names what is lacking, `surplus` what is there and should not be; a surplus never makes up for what is missing.
    """

    name: str
    required: bool
    percent: float | None
    threshold: float
    met: bool
    unit: str = "games"
    expected: int = 0
    present: int = 0
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()


def _complete(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> bool:
    return stage_state(game, stage, policy, as_of).state is GameState.COMPLETE


def _games_with(stage: Stage, games: Sequence[GameLineage], policy: Policy, as_of: datetime) -> DependencyState:
    """Return the required dependency on games that a stage holds."""
    missing = tuple(sorted(game.label for game in games if not _complete(game, stage, policy, as_of)))
    return _covered(f"games with {stage.label}", "games", len(games) - len(missing), len(games), policy, missing)


def _covered(
    name: str, unit: str, present: int, expected: int, policy: Policy, missing: tuple[str, ...]
) -> DependencyState:
    """Return a required dependency on coverage. `expected` is above 0."""
    percent = 100 * present / expected
    threshold = policy.gate_block_percent
    return DependencyState(
        name,
        required=True,
        percent=percent,
        threshold=threshold,
        met=percent >= threshold,
        unit=unit,
        expected=expected,
        present=present,
        missing=missing,
    )


def _raw_to_analytics(
    games: Sequence[GameLineage], _: Facts, policy: Policy, as_of: datetime
) -> tuple[DependencyState, ...]:
    return (_games_with(Stage.BOX_SCORES, games, policy, as_of),)


def _analytics_to_features(
    games: Sequence[GameLineage], _: Facts, policy: Policy, as_of: datetime
) -> tuple[DependencyState, ...]:
    """Return analytics' players and box scores (required), and that analytics counts nobody who did not play (optional)."""
    boxes = _games_with(Stage.BOX_SCORES, games, policy, as_of)
    complete = [game for game in games if _complete(game, Stage.BOX_SCORES, policy, as_of)]
    if not complete:
        return (boxes,)
    expected = sum(game.box_scores.appeared for game in complete)
    present = sum(_players_in_both(game) for game in complete)
    missing = tuple(sorted(name for game in complete for name in game.analytics.missing))
    players = _covered("players in analytics", "players", present, expected, policy, missing)
    return (players, boxes, *_genuine_players(complete))


def _players_in_both(game: GameLineage) -> int:
    """Return how many players who appeared are in analytics: a set's size, never more than appeared.

    Where the names do not bear the counts out, the lower count is believed.
    """
    analytics = game.analytics
    return max(0, min(game.box_scores.appeared - len(analytics.missing), analytics.listed - len(analytics.extra)))


def _genuine_players(games: Sequence[GameLineage]) -> tuple[DependencyState, ...]:
    """Return the optional dependency that every player in analytics appeared; nothing while analytics is empty."""
    listed = sum(game.analytics.listed for game in games)
    surplus = tuple(sorted(name for game in games for name in game.analytics.extra))
    if listed == 0:
        return ()
    present = max(0, listed - len(surplus))
    state = DependencyState(
        "analytics players who appeared",
        required=False,
        percent=100 * present / listed,
        threshold=100.0,
        met=not surplus,
        unit="players",
        expected=listed,
        present=present,
        surplus=surplus,
    )
    return (state,)


def _features_to_predictions(
    games: Sequence[GameLineage], facts: Facts, policy: Policy, as_of: datetime
) -> tuple[DependencyState, ...]:
    """Return features (required) and their mean quality (optional).

    Quality never blocks: a prediction from poor features, marked as such, is worth more to the business than none.
    """
    mean = _mean_quality(facts)
    threshold = policy.feature_quality_warning_score
    met = mean is not None and mean >= threshold
    quality = DependencyState(
        "mean feature quality", required=False, percent=mean, threshold=threshold, met=met, unit="score"
    )
    return (_games_with(Stage.FEATURES, games, policy, as_of), quality)


def _mean_quality(facts: Facts) -> float | None:
    try:
        rows = facts[FEATURE_QUALITY]
    except KeyError:
        return None
    return next((row.mean_score for row in rows if row.game_date == facts.scope.last), None)


def _predictions_to_grading(
    games: Sequence[GameLineage], _: Facts, policy: Policy, as_of: datetime
) -> tuple[DependencyState, ...]:
    return (_games_with(Stage.BOX_SCORES, games, policy, as_of), _games_with(Stage.PREDICTIONS, games, policy, as_of))


Dependencies = Callable[[Sequence[GameLineage], Facts, Policy, datetime], tuple[DependencyState, ...]]

NEEDS: dict[Transition, tuple[Stage, Dependencies]] = {
    Transition.PHASE2_TO_PHASE3: (Stage.BOX_SCORES, _raw_to_analytics),
    Transition.PHASE3_TO_PHASE4: (Stage.ANALYTICS, _analytics_to_features),
    Transition.PHASE4_TO_PHASE5: (Stage.FEATURES, _features_to_predictions),
    Transition.PHASE5_TO_PHASE6: (Stage.BOX_SCORES, _predictions_to_grading),
}
"""For each hand-over: the stage whose due time counts, and what the next phase depends on."""


def sentence_of(item: DependencyState) -> str:
    """Return what a dependency came to."""
    if item.percent is None:
        return f"{item.name}: not known"
    if item.unit == "score":
        return f"{item.name} is {item.percent:.2f}, and should be at least {item.threshold:g}"
    counted = f"{item.name}: {item.present} of {item.expected} {item.unit} ({item.percent:.1f} %)"
    listed = f"; missing: {_few(item.missing)}" if item.missing else ""
    surplus = f"; surplus: {_few(item.surplus)}" if item.surplus else ""
    needed = (
        "" if item.met else f", and at least {item.threshold:g} % are {'required' if item.required else 'expected'}"
    )
    return f"{counted}{needed}{listed}{surplus}"


def _few(names: tuple[str, ...]) -> str:
    """Return the first eight names and how many more there are; the dependency has them all."""
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"{', '.join(names[:8])}{more}"
