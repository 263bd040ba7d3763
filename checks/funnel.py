"""The funnel's numbers: what each stage holds of what it should hold, and what explains the rest.

Schedule → box scores → analytics → features → predictions → grading, as sets and never as differences of counts: a stage that
lost three players and invented three is not whole. Checks, the command line and the screens all read these numbers.

A game is held to account at a stage only when it was played, the stage is due (or there already), and the stage before handed
something over, so that one loss is counted once, where it happened.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from checks.facts.lineage import GameLineage
from checks.games import GameState, late_and_missing_at, stage_state, tip_off
from checks.model import Severity
from checks.pipeline import Stage
from checks.policy import Policy

NOT_PLAYED = "games not played"
NOT_DUE = "games not due"
AWAITED = "games still awaited"
NOTHING_BEFORE = "games with nothing from the stage before"
PLAYERS_NOT_DUE = "players not due"
DID_NOT_PLAY = "players who did not play"
LOST_GAMES = "games lost"
LOST_PLAYERS = "players lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePart:
    """One game's part in a stage.

    `held` is False when the stage is not held to account for the game, and `explained` then says why. `expected` counts the
    players that the stage should hold by now, `lost` names those of them that it lacks (at the box scores: the game itself).
    `surplus` are players that it holds and should not. `settled` is True once the lost ones are missing, not merely due
    (which they are from `due_at`, UTC).
    """

    game: GameLineage
    stage: Stage
    state: GameState
    due_at: datetime
    held: bool = True
    expected: int = 0
    lost: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    settled: bool = False
    explained: tuple[tuple[str, int], ...] = ()

    @property
    def is_present(self) -> bool:
        """True when the stage holds this game."""
        return self.held and self.state is GameState.COMPLETE

    @property
    def players(self) -> int:
        """Return the distinct players held; at the box scores those who appeared."""
        if not self.is_present or self.stage is Stage.SCHEDULE:
            return 0
        counts = self.game.stage(self.stage)
        return counts.appeared if self.stage is Stage.BOX_SCORES else counts.listed

    @property
    def present(self) -> int:
        """Return how many of the expected players are there; never more than expected."""
        return max(self.expected - len(self.lost), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTotal:
    """One stage over a date or a range.

    `games` of `expected_games` are there. `players` are the distinct players per game that the stage holds, `expected_players`
    those that the stage before says it should hold by now, `lost` the names it lacks: `LAL@DAL` at the box scores,
    `player (LAL@DAL)` after them. `surplus` names what it holds and should not. `explained` says what became of the rest:
    reason and count.
    """

    stage: Stage
    games: int
    expected_games: int
    players: int
    expected_players: int
    lost: tuple[str, ...]
    surplus: tuple[str, ...]
    explained: tuple[tuple[str, int], ...]

    @property
    def percentage(self) -> float | None:
        """Return the share that is there, 0 to 100, of players where known and else of games; None when nothing was expected."""
        if self.expected_players:
            return percent(max(self.expected_players - len(self.lost), 0), self.expected_players)
        return percent(self.games, self.expected_games)


@dataclass(frozen=True, slots=True)
class DateFunnel:
    """The funnel of one Eastern game date."""

    game_date: date
    totals: tuple[StageTotal, ...]


def percent(part: int, whole: int) -> float | None:
    """Return `part` of `whole` in percent, at most 100; None when `whole` is 0."""
    return min(100 * part / whole, 100.0) if whole else None


def format_percent(value: float | None) -> str:
    """Return `85.7 %`, rounded down so that 99.97 % never reads as whole; `-` when nothing was expected."""
    return "-" if value is None else f"{math.floor(value * 10 + 1e-9) / 10:.1f} %"


def coverage_severity(
    present: int, expected: int, policy: Policy, *, settled: bool, error_percent: float | None = None
) -> Severity:
    """Return how bad it is that `present` of `expected` are there.

    None at all is CRITICAL once it is `settled` that nothing comes any more, and before that as bad as any low share.
    `error_percent` stands in for the policy's own limit between warning and error.
    """
    if present >= expected:
        return Severity.OK
    if present <= 0 and settled:
        return Severity.CRITICAL
    if 100 * present < (policy.coverage_error_percent if error_percent is None else error_percent) * expected:
        return Severity.ERROR
    return Severity.WARNING if 100 * present < policy.coverage_warning_percent * expected else Severity.OK


def in_order(games: Iterable[GameLineage]) -> list[GameLineage]:
    """Return games by date, tip-off and label."""
    return sorted(games, key=lambda game: (game.game_date, tip_off(game), game.label, game.nba_game_id))


def by_date(games: Iterable[GameLineage]) -> list[tuple[date, list[GameLineage]]]:
    """Return games in order, grouped by date."""
    return [(day, list(group)) for day, group in groupby(in_order(games), key=lambda game: game.game_date)]


def with_game(names: Iterable[str], game: GameLineage) -> tuple[str, ...]:
    """Return `player (LAL@DAL)` for each name, sorted."""
    return tuple(f"{name} ({game.label})" for name in sorted(names))


def stage_part(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> StagePart:
    """Return what `stage` holds of `game`, what it lacks, and what explains the rest."""
    standing = stage_state(game, stage, policy, as_of)
    part = StagePart(game=game, stage=stage, state=standing.state, due_at=standing.due_at)
    if reason := _excuse(game, stage, part.state, policy, as_of):
        return replace(part, held=False, explained=((reason, 1),))
    if stage is Stage.SCHEDULE:
        return part
    settled = as_of >= late_and_missing_at(game, stage, policy)[1]
    if stage is Stage.BOX_SCORES:
        if part.state is not GameState.COMPLETE:
            return replace(part, lost=(game.label,), settled=settled)
        return replace(part, explained=_counted((DID_NOT_PLAY, game.box_scores.listed - game.box_scores.appeared)))
    missing, expected, idle = _wanted(game, stage)
    early = 0
    if stage is not Stage.ANALYTICS and as_of < part.due_at:
        missing, expected, early = (), max(expected - len(missing), 0), len(missing)
    return replace(
        part,
        expected=expected,
        lost=missing,
        surplus=() if stage is Stage.FEATURES else tuple(sorted(game.stage(stage).extra)),
        settled=settled,
        explained=_counted((PLAYERS_NOT_DUE, early), (DID_NOT_PLAY, idle)),
    )


def _excuse(game: GameLineage, stage: Stage, state: GameState, policy: Policy, as_of: datetime) -> str:
    """Return why the stage is not held to account for the game, or "".

    A stage that is due is awaited, and counts neither way until it is late. Box scores arrive all through the night: only
    when the last post-game window has passed is it settled that one is missing.
    """
    if state is GameState.NOT_PLAYED:
        return NOT_PLAYED
    if state is GameState.NOT_DUE:
        return NOT_DUE
    if state is GameState.DUE or (stage is Stage.BOX_SCORES and state is GameState.LATE):
        return AWAITED
    is_judged_alone = state is GameState.COMPLETE and stage is not Stage.ANALYTICS
    return "" if is_judged_alone or _has_source(game, stage, policy, as_of) else NOTHING_BEFORE


def _has_source(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> bool:
    """Return whether the stage before has handed something over; features are made without waiting for the game."""
    has_box_score = stage_state(game, Stage.BOX_SCORES, policy, as_of).state is GameState.COMPLETE
    if stage is Stage.ANALYTICS:
        return has_box_score
    if stage is Stage.PREDICTIONS:
        return game.features.listed > 0
    return stage is not Stage.GRADING or (has_box_score and game.predictions.listed > 0)


def _wanted(game: GameLineage, stage: Stage) -> tuple[tuple[str, ...], int, int]:
    """Return who is missing at a player stage, how many it should hold, and how many are excused as not having played.

    Features are judged against the analytics players who really appeared: those whom analytics invented need none. Players
    with production-ready features are the predicted ones among them and those without a prediction.
    """
    counts = game.stage(stage)
    if stage is Stage.ANALYTICS:
        return tuple(sorted(counts.missing)), max(game.box_scores.appeared, len(counts.missing)), 0
    if stage is Stage.FEATURES:
        invented = set(game.analytics.extra)
        missing = set(counts.missing) - invented
        expected = max(game.analytics.listed - len(invented), len(missing))
        return tuple(sorted(missing)), expected, len(set(counts.missing) & invented)
    if stage is Stage.GRADING:
        return tuple(sorted(counts.missing)), max(game.predictions.appeared, len(counts.missing)), 0
    ready = max(counts.listed - len(counts.extra), 0) + len(counts.missing)
    return tuple(sorted(counts.missing)), ready, 0


def _counted(*reasons: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((reason, count) for reason, count in reasons if count > 0)


def stage_total(games: Sequence[GameLineage], stage: Stage, policy: Policy, as_of: datetime) -> StageTotal:
    """Return one stage over `games`."""
    parts = [stage_part(game, stage, policy, as_of) for game in in_order(games)]
    explained: Counter[str] = Counter()
    for part in parts:
        for reason, count in part.explained:
            explained[reason] += count
    lost = _named(parts, [part.lost for part in parts])
    explained[LOST_GAMES if stage is Stage.BOX_SCORES else LOST_PLAYERS] += len(lost)
    return StageTotal(
        stage=stage,
        games=len(parts) if stage is Stage.SCHEDULE else sum(part.is_present for part in parts),
        expected_games=len(parts) if stage is Stage.SCHEDULE else sum(part.held for part in parts),
        players=sum(part.players for part in parts),
        expected_players=sum(part.expected for part in parts),
        lost=lost,
        surplus=_named(parts, [part.surplus for part in parts]),
        explained=_counted(*explained.items()),
    )


def _named(parts: Sequence[StagePart], names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of all parts, sorted; players with their game."""
    found: list[str] = []
    for part, some in zip(parts, names, strict=True):
        found.extend(some if part.stage is Stage.BOX_SCORES else with_game(some, part.game))
    return tuple(sorted(found))


def funnel(games: Sequence[GameLineage], policy: Policy, as_of: datetime) -> tuple[StageTotal, ...]:
    """Return the six stages over all of `games`, a date's or a range's, in the order of the pipeline."""
    return tuple(stage_total(games, stage, policy, as_of) for stage in Stage)


def funnel_by_date(games: Iterable[GameLineage], policy: Policy, as_of: datetime) -> tuple[DateFunnel, ...]:
    """Return a funnel for each date that has games, oldest first."""
    return tuple(DateFunnel(day, funnel(group, policy, as_of)) for day, group in by_date(games))
