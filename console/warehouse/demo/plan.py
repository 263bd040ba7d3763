"""Shares the recorded counts of each date out over its games and players.

Every stage holds the first players of one order per game: those who appeared, then those who did not. So a stage's count of a
game says which players it holds, features are of players who appear where possible, and predictions are a part of features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.warehouse.demo.fixture import DateCounts, Fixture, Game, GameCounts
from console.warehouse.demo.spread import apportion, evenly, fill

ROSTER = 20
"""Placeholder players per team; box scores list up to 18 of a team and the inflated analytics 19."""
USUAL_APPEARED = 10
"""Players per side who were expected to appear in a game that was not played."""
SYSTEMS = ("catboost_v8", "moving_average", "zone_matchup", "similarity", "xgboost_v1", "ensemble_v1")
"""The prediction systems, the production system first."""


@dataclass(frozen=True, slots=True)
class Player:
    """A placeholder: the number is the rank in the team's rotation."""

    team: str
    number: int

    @property
    def lookup(self) -> str:
        """`lalplayer01`."""
        return f"{self.team.lower()}player{self.number:02d}"

    @property
    def name(self) -> str:
        """`LAL Player 01`."""
        return f"{self.team} Player {self.number:02d}"


@dataclass(frozen=True, slots=True)
class GamePlan:
    """One game with its players in order, and how many of them (or how many rows) each stage holds.

    `features` counts all feature rows, the first `production_ready` of which are ready; `predictions` and `graded` are rows
    over all systems and versions.
    """

    game: Game
    players: tuple[Player, ...]
    appeared: int
    box_scores: int
    analytics: int
    production_ready: int
    features: int
    predicted: int
    predictions: int
    graded: int


def make_plans(fixture: Fixture) -> tuple[GamePlan, ...]:
    """Return the plan of every game, in the fixture's order."""
    return tuple(
        plan for day in fixture.dates for plan in _plan_date(fixture, fixture.games_on(day), fixture.dates[day])
    )


def _plan_date(fixture: Fixture, games: tuple[Game, ...], counts: DateCounts) -> list[GamePlan]:
    recorded = [fixture.game_counts[game.nba_id] for game in games if game.nba_id in fixture.game_counts]
    by_game_recorded = len(recorded) == len(games)
    weights = [rows.predictions for rows in recorded] if by_game_recorded else [1] * len(games)
    predicted = apportion(counts.predicted, weights)
    by_game = recorded if by_game_recorded else _shared_out(games, counts, predicted)
    expected = _expected(games, counts.expected)
    extra = evenly(fixture.quality[games[0].day].rows - counts.expected, len(games))
    return [
        GamePlan(
            game=game,
            players=_order(game),
            appeared=sum(_appeared(game)) if game.result else 0,
            box_scores=rows.box_scores,
            analytics=rows.analytics,
            production_ready=expected[n],
            features=expected[n] + extra[n],
            predicted=predicted[n],
            predictions=rows.predictions,
            graded=rows.graded,
        )
        for n, (game, rows) in enumerate(zip(games, by_game, strict=True))
    ]


def _order(game: Game) -> tuple[Player, ...]:
    """Return the game's players: those who appeared (or were expected to) by rank, then the others by rank."""
    ranked = [
        (number > appeared, number, side, team.tricode)
        for side, (team, appeared) in enumerate(zip((game.away, game.home), _appeared(game), strict=True))
        for number in range(1, ROSTER + 1)
    ]
    return tuple(Player(team, number) for _, number, _, team in sorted(ranked))


def _appeared(game: Game) -> tuple[int, int]:
    if game.result is None:
        return USUAL_APPEARED, USUAL_APPEARED
    return game.result.away_appeared, game.result.home_appeared


def _shared_out(games: Sequence[Game], counts: DateCounts, predicted: Sequence[int]) -> list[GameCounts]:
    """Return the counts per game of a date for which only totals were recorded; `predicted` are players per game."""
    played = [game for game in games if game.result]
    listed = _over(games, evenly(counts.box_scores, len(played)))
    appeared = [sum(_appeared(game)) if game.result else 0 for game in games]
    analytics = [0] * len(games)
    if counts.analytics:
        surplus = fill(counts.analytics - sum(appeared), [a - b for a, b in zip(listed, appeared, strict=True)])
        analytics = [a + b for a, b in zip(appeared, surplus, strict=True)]
    predictions = apportion(counts.predictions, predicted)
    graded = _graded(counts.graded, [n if game.result else 0 for n, game in zip(predicted, games, strict=True)])
    return [GameCounts(*row) for row in zip(listed, analytics, predictions, graded, strict=True)]


def _over(games: Sequence[Game], shares: Sequence[int]) -> list[int]:
    """Return the shares of the games that were played, and 0 for the others."""
    left = iter(shares)
    return [next(left) if game.result else 0 for game in games]


def _graded(total: int, predicted: Sequence[int]) -> list[int]:
    """Return graded rows per game: the production system's players of all games first, then one system after another."""
    rows = [0] * len(predicted)
    for _ in SYSTEMS:
        taken = fill(total, predicted)
        rows = [a + b for a, b in zip(rows, taken, strict=True)]
        total -= sum(taken)
    return rows


def _expected(games: Sequence[Game], total: int) -> list[int]:
    """Return feature players per game: all who appear and an even share of the others; where those are too many, a part."""
    appeared = [sum(_appeared(game)) for game in games]
    if total < sum(appeared):
        return apportion(total, appeared)
    return [a + b for a, b in zip(appeared, evenly(total - sum(appeared), len(games)), strict=True)]
