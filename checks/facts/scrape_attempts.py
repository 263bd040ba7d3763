"""What each attempt to scrape a game's box score saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class ScrapeAttempt:
    """One attempt for one game; teams are tricodes."""

    scrape_timestamp: datetime
    workflow: str | None
    game_date: date
    away: str
    home: str
    was_available: bool
    player_count: int | None
    game_status: str | None


SCRAPE_ATTEMPTS = Fact(
    name="scrape_attempts",
    row=ScrapeAttempt,
    tables=("nba_orchestration.bdl_game_scrape_attempts",),
    partition=Partition.EVENT_TIME,
)
