"""The schedule as each scrape saw it, and what the self-healing job made of games that were not played."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.times import EASTERN
from console.warehouse.demo.fixture import Fixture, Game
from console.warehouse.demo.rows import ScheduleRow

GAME_LENGTH = timedelta(hours=2, minutes=45)
SCHEDULED, IN_PROGRESS, FINAL = 1, 2, 3


def schedule_rows(fixture: Fixture) -> Iterator[ScheduleRow]:
    """Yield one row per game and scrape, and one per game that the self-healing job set to Final, oldest first."""
    for seen_at in fixture.scrapes:
        for game in fixture.games:
            if _is_listed(game, seen_at):
                yield _scraped(fixture, game, seen_at)
    for game in fixture.games:
        if game.healed_at:
            yield _row(fixture, game, game.tip_off, game.healed_at, FINAL, "Final", (None, None), "self_heal")


def _is_listed(game: Game, seen_at: datetime) -> bool:
    begun = game.listed_from is None or seen_at >= game.listed_from
    return begun and (game.listed_until is None or seen_at <= game.listed_until)


def _scraped(fixture: Fixture, game: Game, seen_at: datetime) -> ScheduleRow:
    is_planned = game.retimed_at is not None and seen_at < game.retimed_at
    tip_off = game.planned_tip_off if is_planned else game.tip_off
    status, text, scores = _state(game, tip_off, seen_at)
    return _row(fixture, game, tip_off, seen_at, status, text, scores)


def _state(game: Game, tip_off: datetime, seen_at: datetime) -> tuple[int, str, tuple[int | None, int | None]]:
    """Return status, text, and away and home score so far."""
    if game.postponed_from and seen_at >= game.postponed_from:
        return SCHEDULED, "Postponed", (None, None)
    if seen_at < tip_off or game.result is None:
        return SCHEDULED, tip_off.astimezone(EASTERN).strftime("%-I:%M %p ET").replace("PM", "pm"), (None, None)
    if seen_at >= tip_off + GAME_LENGTH:
        return FINAL, "Final", (game.result.away_points, game.result.home_points)
    share = (seen_at - tip_off) / GAME_LENGTH
    return (
        IN_PROGRESS,
        f"Q{int(share * 4) + 1}",
        (int(game.result.away_points * share), int(game.result.home_points * share)),
    )


def _row(
    fixture: Fixture,
    game: Game,
    tip_off: datetime,
    seen_at: datetime,
    status: int,
    text: str,
    scores: tuple[int | None, int | None],
    data_source: str = "nbac_schedule_api",
) -> ScheduleRow:
    return ScheduleRow(
        game_id=game.nba_id,
        game_code=f"{game.day:%Y%m%d}/{game.away.tricode}{game.home.tricode}",
        season_year=fixture.season_year,
        game_date=game.day,
        game_date_est=tip_off,
        game_status=status,
        game_status_text=text,
        home_team_id=game.home.id,
        home_team_tricode=game.home.tricode,
        home_team_name=game.home.name,
        away_team_id=game.away.id,
        away_team_tricode=game.away.tricode,
        away_team_name=game.away.name,
        is_regular_season=True,
        is_playoffs=False,
        is_all_star=False,
        arena_timezone=game.home.arena_timezone,
        home_team_score=scores[1],
        away_team_score=scores[0],
        data_source=data_source,
        created_at=seen_at,
        processed_at=seen_at,
    )
