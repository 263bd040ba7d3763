"""Box scores, as the live scraper wrote them, and the analytics made from them in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.warehouse.demo.fixture import Fixture, Game, on
from console.warehouse.demo.plan import GamePlan, Player
from console.warehouse.demo.rows import BoxScoreRow, SummaryRow
from console.warehouse.demo.schedule import GAME_LENGTH
from console.warehouse.demo.spread import apportion

_DID_NOT_PLAY = ("00", "", None)
"""The three ways in which a box score says that a player did not play."""
_TEAM_MINUTES = 240


def box_scores_at(fixture: Fixture, game: Game) -> datetime:
    """Return when the box score of a game that was played was written (UTC)."""
    return game.tip_off + GAME_LENGTH + timedelta(minutes=fixture.times.box_score_minutes_after_end)


def box_score_rows(fixture: Fixture, plan: GamePlan) -> Iterator[BoxScoreRow]:
    """Yield a row per listed player: those who appeared have minutes, the others one of the ways to say none."""
    game, written_at, lines = plan.game, box_scores_at(fixture, plan.game), stat_lines(plan.game)
    for n, player in enumerate(plan.players[: plan.box_scores]):
        minutes, points = lines.get(player, (0, 0))
        yield BoxScoreRow(
            game_id=game.bdl_id,
            game_date=game.day,
            season_year=fixture.season_year,
            game_status="Final",
            home_team_abbr=game.home.tricode,
            away_team_abbr=game.away.tricode,
            team_abbr=player.team,
            player_full_name=player.name,
            player_lookup=player.lookup,
            minutes=_minutes(minutes, n),
            points=points,
            data_hash=f"{game.bdl_id}-{player.lookup}-{minutes}-{points}",
            created_at=written_at,
            processed_at=written_at,
        )


def _minutes(minutes: int, n: int) -> str | None:
    """Return minutes as the source spells them: `34`, or `34:12`, or no minutes in one of three ways."""
    if minutes == 0:
        return _DID_NOT_PLAY[n % len(_DID_NOT_PLAY)]
    return f"{minutes}:{n * 7 % 60:02d}" if n % 2 else str(minutes)


def stat_lines(game: Game) -> dict[Player, tuple[int, int]]:
    """Return minutes and points of everyone who appeared; a team's minutes sum to 240 and its points to its score."""
    if game.result is None:
        return {}
    sides = (
        (game.away.tricode, game.result.away_appeared, game.result.away_points),
        (game.home.tricode, game.result.home_appeared, game.result.home_points),
    )
    lines: dict[Player, tuple[int, int]] = {}
    for team, appeared, score in sides:
        minutes = apportion(_TEAM_MINUTES, [2 * (appeared - n) + 5 for n in range(appeared)])
        points = apportion(score, [(appeared - n) ** 2 + 3 * appeared for n in range(appeared)])
        lines |= {Player(team, n + 1): (minutes[n], points[n]) for n in range(appeared)}
    return lines


def summary_rows(fixture: Fixture, plan: GamePlan) -> Iterator[SummaryRow]:
    """Yield a row per player of the analytics, all of them counted as active, whether they appeared or not."""
    game, lines = plan.game, stat_lines(plan.game)
    written_at = on(game.day + timedelta(days=1), fixture.times.analytics)
    for player in plan.players[: plan.analytics]:
        minutes, points = lines.get(player, (0, 0))
        yield SummaryRow(
            player_lookup=player.lookup,
            universal_player_id=f"{player.lookup}_001",
            player_full_name=player.name,
            game_id=game.bdl_id,
            game_date=game.day,
            team_abbr=player.team,
            opponent_team_abbr=game.home.tricode if player.team == game.away.tricode else game.away.tricode,
            points=points,
            minutes_played=float(minutes),
            is_active=True,
            data_quality_tier="gold" if minutes else "silver",
            primary_source_used="bdl_boxscores",
            source_bdl_completeness_pct=100.0,
            processed_with_issues=False,
            created_at=written_at,
            processed_at=written_at,
        )
