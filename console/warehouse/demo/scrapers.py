"""What the scrapers logged: schedule, lines, and the live box scores with each attempt for each game."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from checks.times import eastern_date
from console.warehouse.demo.box_scores import box_scores_at
from console.warehouse.demo.fixture import Fixture, on
from console.warehouse.demo.orchestration_rows import AttemptRow, ScraperRow
from console.warehouse.demo.plan import GamePlan

LIVE = "live_box_scores"
ESTIMATED_LENGTH = timedelta(hours=2, minutes=30)
_WEST_COAST = "America/Los_Angeles"
_FIRST_BDL_ID = 18_447_300
_HTTP_403 = "blocked at the source (HTTP 403)"
_ATTEMPTS_AFTER_ESTIMATED_END = (timedelta(), timedelta(minutes=20), timedelta(minutes=40))


def scraper_rows(fixture: Fixture, plans: Sequence[GamePlan]) -> Iterator[ScraperRow]:
    """Yield the runs of the schedule's, the lines' and the live box scores' scrapers."""
    for seen_at in fixture.scrapes:
        yield _success("nbac_schedule_api", None, eastern_date(seen_at), seen_at, "CONTROLLER")
    by_hand = fixture.times.game_lines_by_hand
    yield _success("oddsa_game_lines", None, by_hand.date(), by_hand, "MANUAL")
    for day in fixture.dates:
        source = "MANUAL" if day in fixture.times.lines_by_hand else "CONTROLLER"
        for snapshot in fixture.times.lines:
            yield _success("oddsa_player_props", None, day, on(day, snapshot), source)
    for plan in plans:
        if plan.game.result:
            written_at = box_scores_at(fixture, plan.game)
            yield _success(f"bdl_box_scores_{plan.game.bdl_id}", LIVE, plan.game.day, written_at, "LIVE_SCHEDULER")
        elif plan.game.blocked_at_source:
            yield _blocked(plan)


def _success(scraper: str, workflow: str | None, day: date, completed_at: datetime, source: str) -> ScraperRow:
    seconds = 12.0
    return ScraperRow(
        execution_id=f"{scraper}-{completed_at:%Y%m%dT%H%M}",
        scraper_name=scraper if workflow is None else "bdl_player_box_scores",
        workflow=workflow,
        game_date=day,
        status="success",
        triggered_at=completed_at - timedelta(seconds=seconds),
        completed_at=completed_at,
        duration_seconds=seconds,
        source=source,
        error_type=None,
        error_message=None,
        retry_count=0,
    )


def _blocked(plan: GamePlan) -> ScraperRow:
    """Return the failed run of a game that was postponed, as it was recorded then: as blocked."""
    failed_at = plan.game.tip_off + ESTIMATED_LENGTH + _ATTEMPTS_AFTER_ESTIMATED_END[-1]
    row = _success(f"bdl_box_scores_{plan.game.bdl_id}", LIVE, plan.game.day, failed_at, "LIVE_SCHEDULER")
    return row._replace(status="failed", error_type="http_403", error_message=_HTTP_403)


def attempt_rows(plan: GamePlan, number: int) -> Iterator[AttemptRow]:
    """Yield the three attempts to scrape a game's box score; the last one finds it when the game was played.

    `number` tells the games apart in the source's own ids.
    """
    game = plan.game
    estimated_end = game.tip_off + ESTIMATED_LENGTH
    for n, after in enumerate(_ATTEMPTS_AFTER_ESTIMATED_END):
        available = game.result is not None and after == _ATTEMPTS_AFTER_ESTIMATED_END[-1]
        yield AttemptRow(
            scrape_timestamp=estimated_end + after,
            execution_id=f"bdl_box_scores_{game.bdl_id}-{n + 1}",
            workflow=LIVE,
            game_date=game.day,
            home_team=game.home.tricode,
            away_team=game.away.tricode,
            was_available=available,
            player_count=plan.box_scores if available else 0,
            game_status=_status(plan, available=available),
            bdl_game_id=_FIRST_BDL_ID + number,
            was_expected=True,
            expected_start_time=game.tip_off,
            estimated_end_time=estimated_end,
            is_west_coast=game.home.arena_timezone == _WEST_COAST,
        )


def _status(plan: GamePlan, *, available: bool) -> str:
    if available:
        return "Final"
    if plan.game.blocked_at_source:
        return _HTTP_403
    return "4th Qtr" if plan.game.result else "Scheduled"
